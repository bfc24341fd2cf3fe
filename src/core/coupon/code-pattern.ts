import { TributaryError } from '../errors.js';

/** No two of these are taken for each other: neither 0 and O, nor 1, I and L, nor U and V. */
export const CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Of so many guesses, one may be a code: the space must be that many times as large as what is made of it. */
export const GUESSES_PER_CODE = 1_000_000;
/** Bytes of randomness for each place: so many that the remainder favours no symbol by more than a billionth. */
const BYTES_PER_PLACE = 4;

const PATTERN = /^[A-Z0-9_-]*#[A-Z0-9_#-]*$/;
const PATTERN_CHARS_MAX = 64;

/** How codes look that are made on demand. */
export interface CodePattern {
  readonly text: string;
  /** Places that are left to chance, as `#` in the text. */
  readonly places: number;
  /** Codes that may be made before they could be guessed. */
  readonly codesMax: number;
}

/**
 * Reads a pattern such as `SUMMER-########`: capital letters, digits, `-` and `_` stand for themselves, each `#` for a symbol of
 * `CODE_ALPHABET`.
 * @param codes how many are to be made; undefined is as many as can be.
 * @throws TributaryError `request_invalid` when it is none, or when that many codes of it could be guessed.
 */
export function readCodePattern(text: string, codes?: number): CodePattern {
  if (!PATTERN.test(text) || text.length > PATTERN_CHARS_MAX) {
    throw new TributaryError(
      'request_invalid',
      `pattern: give up to ${PATTERN_CHARS_MAX} capital letters, digits, - and _, with # where chance decides, such as SUMMER-########.`,
    );
  }
  const places = text.split('#').length - 1;
  const space = CODE_ALPHABET.length ** places;
  const codesMax = Math.min(Math.floor(space / GUESSES_PER_CODE), Number.MAX_SAFE_INTEGER);
  if (codesMax < (codes ?? 1)) {
    const needed = Math.ceil(Math.log((codes ?? 1) * GUESSES_PER_CODE) / Math.log(CODE_ALPHABET.length));
    throw new TributaryError(
      'request_invalid',
      `pattern: ${codes ?? 1} codes of ${places} places could be guessed: give at least ${needed} places (#).`,
    );
  }
  return { text, places, codesMax };
}

/** Bytes that one code takes. */
export function codeBytes({ places }: CodePattern): number {
  return places * BYTES_PER_PLACE;
}

/** Makes a code. @param random `codeBytes` bytes that nobody can foresee. */
export function makeCode({ text }: CodePattern, random: Uint8Array): string {
  const view = new DataView(random.buffer, random.byteOffset, random.byteLength);
  let at = 0;
  return text.replaceAll('#', () => {
    const symbol = CODE_ALPHABET.charAt(view.getUint32(at) % CODE_ALPHABET.length);
    at += BYTES_PER_PLACE;
    return symbol;
  });
}
