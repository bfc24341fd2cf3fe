import { isObject, type JsonObject } from '../../json.js';
import { LIMITS } from '../../limits.js';
import { refuse } from '../../segments/read.js';
import { boundedText } from '../bounded-text.js';
import { parseLiquid } from '../liquid.js';
import { type Made, MappingFault, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Reads `@liquid`: a text made by a Liquid template, without its loops and the filters that go through lists. */
export function readLiquid({ value, at }: Unread, reading: Reading): Part {
  if (typeof value !== 'string') refuse(at, 'must be a text.');
  if (value.length > LIMITS.liquidCharsMax)
    refuse(at, `must have at most ${LIMITS.liquidCharsMax} characters.`);
  const template = parseLiquid(value, at);
  for (const keys of template.reads) reading.reads(keys);
  return {
    evaluate(given: Made) {
      try {
        return boundedText(template.render((isObject(given) ? given : {}) as JsonObject), at);
      } catch (error) {
        if (error instanceof MappingFault) throw error;
        // The library's errors quote the template, and not what the event holds.
        throw new MappingFault(`${at}: ${(error as Error).message}`, { cause: error });
      }
    },
    late: false,
  };
}
