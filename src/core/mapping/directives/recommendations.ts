import { LIMITS } from '../../limits.js';
import { Fields } from '../../segments/read.js';
import { Late } from '../late.js';
import type { Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Reads `@recommendations`: products for the person whom the event is about. Ours; known when it is sent. */
export function readRecommendations({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const limit = fields.whole('limit', { min: 1, max: LIMITS.recommendationsMax });
  const category = fields.has('category') ? reading.textOrDirective(fields.raw('category')) : undefined;
  fields.end();
  return {
    evaluate(given, tools) {
      const of = category?.evaluate(given, tools);
      return new Late({
        kind: 'recommendations',
        limit,
        ...(typeof of === 'string' && of !== '' ? { category: of } : {}),
      });
    },
    late: true,
  };
}
