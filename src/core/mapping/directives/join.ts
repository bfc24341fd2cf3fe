import { isObject } from '../../json.js';
import { Fields, refuse } from '../../segments/read.js';
import { boundedText } from '../bounded-text.js';
import { Late } from '../late.js';
import type { Made, Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { textOf } from '../text-of.js';

/** Reads `@join`: the texts of several values behind each other, those that are empty or missing left out. Ours. */
export function readJoin({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const separator = fields.has('separator') ? fields.anyText('separator') : '';
  const raw = fields.raw('values');
  fields.end();
  if (!Array.isArray(raw.value) && !isObject(raw.value))
    refuse(raw.at, 'must be a list, or a directive that makes one.');
  const part = reading.part(raw);
  return {
    evaluate(given, tools) {
      const made = part.evaluate(given, tools);
      const values: readonly Made[] = Array.isArray(made) ? made : [made];
      if (part.late && values.some(holdsLate)) return new Late({ kind: 'join', separator, values });
      return boundedText(values.map(textOf).filter(isText).join(separator), at);
    },
    late: part.late,
  };
}

function holdsLate(made: Made): boolean {
  if (typeof made !== 'object' || made === null) return false;
  return made instanceof Late || Object.values(made).some(holdsLate);
}

function isText(text: string): boolean {
  return text !== '';
}
