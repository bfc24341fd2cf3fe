import { LIMITS } from '../limits.js';
import { MappingFault } from './part.js';

/** A text that a directive made, where it is not over the limit. @throws MappingFault when it is. */
export function boundedText(text: string, at: string): string {
  if (text.length > LIMITS.mappedCharsMax) {
    throw new MappingFault(`${at}: makes a text of more than ${LIMITS.mappedCharsMax} characters.`);
  }
  return text;
}
