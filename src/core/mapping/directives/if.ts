import { Fields, refuse } from '../../segments/read.js';
import { type Made, NOTHING, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { textOf } from '../text-of.js';

/** Reads `@if`: one of two values, by whether another is there. */
export function readIf({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const exists = fields.raw('exists');
  const blank = fields.raw('blank');
  const then = fields.raw('then');
  const otherwise = fields.raw('else');
  fields.end();
  if (exists.value !== undefined && blank.value !== undefined)
    refuse(at, 'must have either exists or blank.');
  if (!exists.value && !blank.value) refuse(at, 'needs exists, or blank, with what is to be looked at.');
  const holds = exists.value === undefined ? isFilled : isThere;
  const looked = reading.known(exists.value === undefined ? blank : exists);
  const yes = then.value === undefined ? NOTHING : reading.part(then);
  // The library takes false, 0, null and the empty text here for nothing.
  const no = otherwise.value ? reading.part(otherwise) : NOTHING;
  return {
    evaluate: (given, tools) => (holds(looked.evaluate(given, tools)) ? yes : no).evaluate(given, tools),
    late: yes.late || no.late,
  };
}

function isThere(value: Made): boolean {
  return value !== undefined && value !== null;
}

/** Not blank: `blank` is the library's word. As there, 0, false, and lists without a text are blank too. */
function isFilled(value: Made): boolean {
  if (value === 0 || value === false) return false;
  return isThere(value) && textOf(value) !== '';
}
