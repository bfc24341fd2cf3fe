import type { Made, MadeObject, Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';
import { setOwn } from '../set-own.js';
import { asMadeObject } from '../settle.js';

/** Reads `@excludeWhenNull`: the value without what is null; lists stay as they are. */
export function readExcludeWhenNull(options: Unread, reading: Reading): Part {
  const part = reading.part(options);
  return { evaluate: (given, tools) => withoutNull(part.evaluate(given, tools)), late: part.late };
}

function withoutNull(made: Made): Made {
  if (made === null) return undefined;
  const object = asMadeObject(made);
  if (object === undefined) return made;
  const cleaned: MadeObject = {};
  for (const [key, value] of Object.entries(object)) setOwn(cleaned, key, withoutNull(value));
  return cleaned;
}
