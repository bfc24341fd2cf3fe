import { isObject } from '../../json.js';
import { Fields, refuse } from '../../segments/read.js';
import { isDirective } from '../is-directive.js';
import type { Made, MadeObject, Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { setOwn } from '../set-own.js';

const OBJECTS_MAX = 100;

/** Reads `@merge`: one object of several. To the `right`, later ones win; to the `left`, earlier ones. Also nothing wins. */
export function readMerge({ value, at }: Unread, reading: Reading): Part {
  const fields = new Fields(value, at);
  const direction = fields.oneOf('direction', ['left', 'right'] as const);
  const given = fields.list('objects', { min: 0, max: OBJECTS_MAX });
  fields.end();
  const parts = given.map((one) => {
    if (!isObject(one.value)) refuse(one.at, 'must be an object or a directive.');
    // A late value is no object yet; the fields of one may be late.
    return isDirective(one.value) ? reading.known(one) : reading.part(one);
  });
  if (direction === 'left') parts.reverse();
  return {
    evaluate(event, tools) {
      const merged: MadeObject = {};
      for (const { evaluate } of parts) assign(merged, evaluate(event, tools));
      return merged;
    },
    late: parts.some(({ late }) => late),
  };
}

/** Texts and lists give their items by number, as in the library; other plain values nothing. */
function assign(merged: MadeObject, made: Made): void {
  if (made === null || made === undefined) return;
  for (const [key, value] of Object.entries(made)) setOwn(merged, key, value);
}
