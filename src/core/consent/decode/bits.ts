const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** Reads numbers from the bits of base64url text. */
export class Bits {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** The next so many bits, at most 30, as a number. @throws RangeError behind the end, and at what is no base64url. */
  take(bits: number): number {
    let value = 0;
    for (let n = 0; n < bits; n += 1) {
      const six = ALPHABET.indexOf(this.#text.charAt(Math.floor(this.#at / 6)) || ' ');
      if (six < 0) throw new RangeError('The text ends too early, or is no base64url.');
      value = value * 2 + ((six >> (5 - (this.#at % 6))) & 1);
      this.#at += 1;
    }
    return value;
  }

  /** Goes over so many bits. */
  skip(bits: number): void {
    this.#at += bits;
  }
}
