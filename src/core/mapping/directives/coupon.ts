import { Fields } from '../../segments/read.js';
import { Late } from '../late.js';
import { MappingFault, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Reads `@coupon`: a code of a pool, for the person whom the event is about. Ours; known when it is sent. */
export function readCoupon({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const pool = reading.textOrDirective(fields.raw('pool'));
  const campaign = fields.has('campaign') ? reading.textOrDirective(fields.raw('campaign')) : undefined;
  fields.end();
  return {
    evaluate(given, tools) {
      const from = pool.evaluate(given, tools);
      if (typeof from !== 'string' || from === '')
        throw new MappingFault(`${at}.pool: must be given a text for this event.`);
      const of = campaign?.evaluate(given, tools);
      return new Late({
        kind: 'coupon',
        pool: from,
        ...(typeof of === 'string' && of !== '' ? { campaign: of } : {}),
      });
    },
    late: true,
  };
}
