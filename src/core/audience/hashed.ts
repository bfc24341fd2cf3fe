import { NORMALISERS, type Normaliser } from './normalisers.js';

const SHA256_HEX = /^[0-9a-f]{64}$/;
const SHA256_BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** How a value is hashed. */
export interface Hashing {
  /** What is done to it before; without, it is hashed as it is. */
  readonly normalise: Normaliser | undefined;
  readonly encoding: 'hex' | 'base64';
  readonly sha256: (text: string, encoding: 'hex' | 'base64') => string;
}

/**
 * The SHA-256 of a value; undefined when nothing is left of it: the hash of nothing would match everybody without one. What is a
 * hash already is not hashed again where there is a normaliser, since none of the values that have one looks so.
 */
export function hashed(value: string, { normalise, encoding, sha256 }: Hashing): string | undefined {
  if (normalise === undefined) return value === '' ? undefined : sha256(value, encoding);
  const given = value.trim();
  if (
    (encoding === 'hex' ? SHA256_HEX : SHA256_BASE64).test(encoding === 'hex' ? given.toLowerCase() : given)
  ) {
    return encoding === 'hex' ? given.toLowerCase() : given;
  }
  const text = NORMALISERS[normalise](value);
  return text === '' ? undefined : sha256(text, encoding);
}
