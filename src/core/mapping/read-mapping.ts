import type { JsonValue } from '../json.js';
import type { Tools } from './part.js';
import { Reading } from './reading.js';
import { settle } from './settle.js';
import { writtenOut } from './written-out.js';

/** A mapping, compiled: how what is sent is made of an event. See docs/mapping.md. */
export interface Mapping {
  /**
   * What it makes of an event; undefined when nothing. Parts of the event are in it as they are: change neither.
   * @throws MappingFault when it cannot be made.
   */
  readonly evaluate: (given: JsonValue, tools: Tools) => JsonValue | undefined;
  /** The paths that it reads of an event, such as `properties.total`; `$` is all of it. */
  readonly pathsRead: readonly string[];
  /** True when what it makes holds late values, to be filled by `fillLate` and by nothing else. To be stored beside it. */
  readonly holdsLate: boolean;
  /** What it makes, when that is the same for all events. */
  readonly constant?: JsonValue;
}

/**
 * Reads a mapping.
 * @param at how it is called where it is wrong.
 * @throws TributaryError `definition_invalid` with the path of what is wrong, and the fix.
 */
export function readMapping(value: unknown, at = 'mapping'): Mapping {
  const reading = new Reading();
  const { evaluate, late, constant } = reading.part({ value: writtenOut(value, at), at });
  return {
    evaluate: (given, tools) => settle(evaluate(given, tools), late),
    pathsRead: [...reading.paths],
    holdsLate: late,
    ...(constant === undefined ? {} : { constant }),
  };
}
