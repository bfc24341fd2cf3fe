import { LIMITS } from '../limits.js';

/** Control characters, lone surrogates, and U+FFFD, which stands where bytes were not UTF-8. */
const BROKEN_TEXT = /[\p{Cc}\p{Cs}\uFFFD]/u;
const PLAIN_TEXT = /^[\x20-\x7e]*$/;
/** Marks of direction, soft hyphens and spaces without width: they come along when an address or a number is pasted. */
const INVISIBLE = /[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069\uFEFF]/g;

/** Text as it is compared: trimmed, in Unicode's composed form (NFC); empty when it cannot be an identifier. */
export function normaliseText(value: string): string {
  const text = value.trim();
  if (text.length > LIMITS.identifierCharsMax) return '';
  if (isPlain(text)) return text;
  return BROKEN_TEXT.test(text) ? '' : bounded(text.normalize('NFC'));
}

/** The same in lower case. */
export function normaliseLower(value: string): string {
  const lower = normaliseText(value).toLowerCase();
  // Lower case may fall apart: that of İ is an i with a dot above it.
  return isPlain(lower) ? lower : bounded(lower.normalize('NFC'));
}

/** Text without the characters that nobody sees, and that never tell two values apart. */
export function visible(value: string): string {
  return isPlain(value) ? value : value.replace(INVISIBLE, '');
}

function isPlain(text: string): boolean {
  return PLAIN_TEXT.test(text);
}

/** Some characters become more of them. */
function bounded(text: string): string {
  return text.length > LIMITS.identifierCharsMax ? '' : text;
}
