import { Fields } from '../../segments/read.js';
import { NOTHING, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Reads `@case`: a text in lower or upper case; what is no text stays as it is. */
export function readCase({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const operator = fields.oneOf('operator', ['lower', 'upper'] as const);
  const text = fields.raw('value');
  fields.end();
  if (text.value === undefined || text.value === '') return NOTHING;
  const part = reading.textOrDirective(text);
  return {
    evaluate(given, tools) {
      const made = part.evaluate(given, tools);
      if (typeof made !== 'string') return made;
      return operator === 'lower' ? made.toLowerCase() : made.toUpperCase();
    },
    late: false,
  };
}
