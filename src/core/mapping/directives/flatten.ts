import { LIMITS } from '../../limits.js';
import { Fields } from '../../segments/read.js';
import { type Made, type MadeObject, MappingFault, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { setOwn } from '../set-own.js';
import { asMadeObject } from '../settle.js';

/** Reads `@flatten`: an object of objects as one, whose keys are the paths. */
export function readFlatten({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const separator = fields.text('separator');
  const ofLists = !(fields.has('omitArrays') && fields.flag('omitArrays'));
  const part = reading.known(fields.raw('value'));
  fields.end();
  return {
    evaluate(given, tools) {
      const flat: MadeObject = {};
      let chars = 0;
      const add = (prefix: string, made: Made) => {
        const inner = ofLists && Array.isArray(made) ? made : asMadeObject(made);
        if (inner === undefined) {
          chars += prefix.length;
          if (chars > LIMITS.mappedCharsMax)
            throw new MappingFault(`${at}: makes keys of more than ${LIMITS.mappedCharsMax} characters.`);
          setOwn(flat, prefix, made);
          return;
        }
        for (const [key, one] of Object.entries(inner))
          add(prefix === '' ? key : `${prefix}${separator}${key}`, one);
      };
      add('', part.evaluate(given, tools));
      return flat;
    },
    late: false,
  };
}
