import { mix } from './random.js';

const HEX = Uint8Array.from('0123456789abcdef', (digit) => digit.charCodeAt(0));
const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';

/** Writes four words as the 36 characters of a version 4 UUID. */
export function writeUuid(into: Uint8Array, at: number, a: number, b: number, c: number, d: number): void {
  writeHex(into, at, a >>> 16);
  writeHex(into, at + 4, a);
  into[at + 8] = 45;
  writeHex(into, at + 9, b);
  into[at + 13] = 45;
  writeHex(into, at + 14, ((b >>> 16) & 0x0fff) | 0x4000);
  into[at + 18] = 45;
  writeHex(into, at + 19, (c & 0x3fff) | 0x8000);
  into[at + 23] = 45;
  writeHex(into, at + 24, c >>> 16);
  writeHex(into, at + 28, d >>> 16);
  writeHex(into, at + 32, d);
}

/** Writes the lower 16 bits as four digits. */
function writeHex(into: Uint8Array, at: number, word: number): void {
  into[at] = HEX[(word >>> 12) & 15] as number;
  into[at + 1] = HEX[(word >>> 8) & 15] as number;
  into[at + 2] = HEX[(word >>> 4) & 15] as number;
  into[at + 3] = HEX[word & 15] as number;
}

/** Writes a whole number in this many digits, with leading zeros. */
export function writeDigits(into: Uint8Array, at: number, width: number, value: number): void {
  for (let to = at + width - 1, rest = value; to >= at; to--) {
    const left = (rest / 10) | 0;
    into[to] = 48 + rest - left * 10;
    rest = left;
  }
}

/** Writes cents as `123.45`: six characters. */
export function writeCents(into: Uint8Array, at: number, cents: number): void {
  writeDigits(into, at, 3, (cents / 100) | 0);
  into[at + 3] = 46;
  writeDigits(into, at + 4, 2, cents % 100);
}

/** Writes the lower half of an IPv4 address, `1xx.1xx`, drawn from a hash. */
export function writeIp(into: Uint8Array, at: number, hash: number): void {
  writeDigits(into, at, 3, 100 + (hash & 127));
  into[at + 3] = 46;
  writeDigits(into, at + 4, 3, 100 + ((hash >>> 8) & 127));
}

/** Writes a name of six letters that can be spoken, drawn from a hash. */
export function writeName(into: Uint8Array, at: number, hash: number): void {
  for (let pair = 0, rest = hash >>> 0; pair < 3; pair++) {
    into[at + 2 * pair] = CONSONANTS.charCodeAt(rest % CONSONANTS.length);
    into[at + 2 * pair + 1] = VOWELS.charCodeAt((rest >>> 8) % VOWELS.length);
    rest = mix(rest) >>> 0;
  }
}

/** Writes ASCII text from the start. */
export function writeText(into: Uint8Array, text: string): void {
  for (let index = 0; index < text.length; index++) into[index] = text.charCodeAt(index);
}

/** For a few bytes a loop is faster than `set`. */
export function copy(into: Uint8Array, at: number, from: Uint8Array): void {
  for (let index = 0; index < from.length; index++) into[at + index] = from[index] as number;
}
