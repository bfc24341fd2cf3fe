import { isObject } from '../../json.js';
import { Fields, refuse } from '../../segments/read.js';
import { MappingFault, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { asMadeObject, settle } from '../settle.js';
import { writtenOut } from '../written-out.js';

/** Reads `@transform`: first makes something of the event (`apply`), then maps that as if it were the event (`mapping`). */
export function readTransform({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const apply = fields.raw('apply');
  const mapping = fields.raw('mapping');
  fields.end();
  for (const one of [apply, mapping])
    if (!isObject(one.value)) refuse(one.at, 'must be an object or a directive.');
  const first = reading.known({ value: writtenOut(apply.value, apply.at), at: apply.at });
  const second = reading.within(() => reading.part(mapping));
  return {
    evaluate(given, tools) {
      if (asMadeObject(given) === undefined)
        throw new MappingFault(`${at}: must be given an object, which this event does not have here.`);
      return second.evaluate(settle(first.evaluate(given, tools), false, 'kept'), tools);
    },
    late: second.late,
  };
}
