import type { Part } from '../part.js';
import type { Reading, Unread } from '../reading.js';

/** Reads `@literal`: the value as it stands, with directives inside of it carried out. */
export function readLiteral(options: Unread, reading: Reading): Part {
  return reading.part(options);
}
