import { mappedPathKeys, readKeys, readMappedPath } from '../mapped-path.js';
import { MappingFault, type Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Reads `@path`: what stands at a path of the event. A directive may tell which. */
export function readPath(options: Unread, reading: Reading): Part {
  const path = reading.textOrDirective(options);
  if (typeof path.constant === 'string') {
    const keys = mappedPathKeys(path.constant.replace('$.', ''));
    reading.reads(keys);
    return { evaluate: readKeys(keys), late: false };
  }
  reading.reads([]);
  return {
    evaluate(given, tools) {
      const told = path.evaluate(given, tools);
      if (typeof told !== 'string')
        throw new MappingFault(`${options.at}: must be given a text for this event.`);
      return readMappedPath(told)(given);
    },
    late: false,
  };
}
