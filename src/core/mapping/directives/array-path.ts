import { isObject } from '../../json.js';
import { refuse } from '../../segments/read.js';
import { Late } from '../late.js';
import { mappedPathKeys, readKeys } from '../mapped-path.js';
import type { Made, Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Reads `@arrayPath`: a list, each item of it in a shape of its own, whose paths begin at the item. */
export function readArrayPath({ value, at }: Unread, reading: Reading): Part {
  if (!Array.isArray(value) || value.length < 1 || value.length > 2) {
    refuse(at, 'must be a list of a path and, if wished, the shape of an item.');
  }
  const list = listPart({ value: value[0] as unknown, at: `${at}[0]` }, reading);
  const shape: unknown = value[1];
  if (!isObject(shape) || Object.keys(shape).length === 0) return list;
  const item = reading.within(() => reading.part({ value: shape, at: `${at}[1]` }));
  return {
    evaluate(given, tools) {
      const found = list.evaluate(given, tools);
      if (typeof found !== 'object' || found === null || found instanceof Late) return found;
      const items: readonly Made[] = Array.isArray(found) ? found : [found];
      return items.map((one) => item.evaluate(one, tools));
    },
    late: item.late,
  };
}

function listPart(path: Unread, reading: Reading): Part {
  if (typeof path.value !== 'string') return reading.textOrDirective(path);
  const keys = mappedPathKeys(path.value.replace('$.', ''));
  reading.reads(keys);
  return { evaluate: readKeys(keys), late: false };
}
