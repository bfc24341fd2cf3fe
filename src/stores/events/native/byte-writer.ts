const CAPACITY_MIN = 64 * 1024;
/** Up to this many characters a loop is faster than a call into Node. */
const SHORT_CHARS_MAX = 40;
/** UTF-8 takes at most three bytes for a UTF-16 unit; a length takes at most five. */
const BYTES_PER_UNIT_MAX = 3;
const LENGTH_BYTES_MAX = 5;
const TWO_32 = 2 ** 32;
/** Units from here on take more than one byte in UTF-8. */
const ASCII_END = 0x80;

/** A list of numbers, of whichever kind. */
export type Numbers = readonly number[] | Float64Array | Uint32Array | Uint8Array;

/** Bytes that grow at the end: little-endian numbers, and texts and lengths as ClickHouse's binary formats have them. */
export class ByteWriter {
  #buffer = Buffer.allocUnsafe(CAPACITY_MIN);
  #view = viewOf(this.#buffer);
  #at = 0;

  /** What was written. It stays valid until `clear`. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  /** Bytes that are held, used or not. */
  get capacity(): number {
    return this.#buffer.length;
  }

  /** Begins anew in the same memory. */
  clear(): void {
    this.#at = 0;
  }

  u8(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#at++] = value;
  }

  /** A length: seven bits a byte, the low ones first. @param value an integer from 0 to 2^32 - 1 */
  varint(value: number): void {
    this.#reserve(LENGTH_BYTES_MAX);
    this.#at = putVarint(this.#buffer, this.#at, value);
  }

  /** A 64-bit integer. @param value an integer of less than 2^53 to either side */
  int64(value: number): void {
    this.#reserve(8);
    this.#view.setUint32(this.#at, value, true);
    this.#view.setInt32(this.#at + 4, Math.floor(value / TWO_32), true);
    this.#at += 8;
  }

  /**
   * 64-bit integers. One beyond 2^53 is written as the digits that JavaScript prints for it, as in its JSON.
   * @param values integers that are less than 2^63 to either side
   */
  int64s(values: Numbers): void {
    this.#reserve(values.length * 8);
    const view = this.#view;
    let at = this.#at;
    for (let index = 0; index < values.length; index += 1) {
      const value = values[index] as number;
      if (Number.isSafeInteger(value)) {
        view.setUint32(at, value, true);
        view.setInt32(at + 4, Math.floor(value / TWO_32), true);
      } else {
        view.setBigInt64(at, BigInt(String(value)), true);
      }
      at += 8;
    }
    this.#at = at;
  }

  /** Floating-point numbers. There is one zero, as in JavaScript's JSON. */
  float64s(values: Numbers): void {
    this.#reserve(values.length * 8);
    const view = this.#view;
    let at = this.#at;
    for (let index = 0; index < values.length; index += 1) {
      view.setFloat64(at, (values[index] as number) + 0, true); // -0 + 0 is 0
      at += 8;
    }
    this.#at = at;
  }

  u8s(values: Numbers): void {
    this.#reserve(values.length);
    this.#buffer.set(values, this.#at);
    this.#at += values.length;
  }

  u16s(values: Numbers): void {
    this.#reserve(values.length * 2);
    const view = this.#view;
    let at = this.#at;
    for (let index = 0; index < values.length; index += 1) {
      view.setUint16(at, values[index] as number, true);
      at += 2;
    }
    this.#at = at;
  }

  u32s(values: Numbers): void {
    this.#reserve(values.length * 4);
    const view = this.#view;
    let at = this.#at;
    for (let index = 0; index < values.length; index += 1) {
      view.setUint32(at, values[index] as number, true);
      at += 4;
    }
    this.#at = at;
  }

  /** `count` times the same byte, for the caller to change some of them before anything else is written. */
  filled(count: number, byte: number): Buffer {
    this.#reserve(count);
    const start = this.#at;
    this.#at += count;
    return this.#buffer.subarray(start, this.#at).fill(byte);
  }

  /** A text, after its length in bytes. */
  string(value: string): void {
    this.strings([value]);
  }

  /** Texts one after the other, each after its length in bytes. */
  strings(values: readonly string[]): void {
    let buffer = this.#buffer;
    let at = this.#at;
    for (const value of values) {
      const { length } = value;
      const most = length * BYTES_PER_UNIT_MAX + LENGTH_BYTES_MAX;
      if (at + most > buffer.length) {
        this.#at = at;
        this.#reserve(most);
        buffer = this.#buffer;
      }
      at = length <= SHORT_CHARS_MAX ? putShort(buffer, at, value) : putLong(buffer, at, value);
    }
    this.#at = at;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
    this.#view = viewOf(grown);
  }
}

function viewOf(buffer: Buffer): DataView {
  return new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
}

function putVarint(buffer: Buffer, at: number, value: number): number {
  let end = at;
  let left = value;
  while (left >= 0x80) {
    buffer[end++] = (left & 0x7f) | 0x80;
    left = Math.floor(left / 0x80);
  }
  buffer[end++] = left;
  return end;
}

/** Guesses that all is ASCII, which it nearly always is. */
function putShort(buffer: Buffer, at: number, value: string): number {
  const { length } = value;
  buffer[at] = length;
  const start = at + 1;
  for (let index = 0; index < length; index += 1) {
    const unit = value.charCodeAt(index);
    if (unit >= ASCII_END) return putLong(buffer, at, value);
    buffer[start + index] = unit;
  }
  return start + length;
}

/** Guesses that the length in bytes takes as much room as the length in characters, and moves the text if it does not. */
function putLong(buffer: Buffer, at: number, value: string): number {
  const guessed = putVarint(buffer, at, value.length);
  const bytes = buffer.write(value, guessed, 'utf8');
  if (bytes === value.length) return guessed + bytes;
  const size = bytes < 0x80 ? 1 : bytes < 0x4000 ? 2 : bytes < 0x20_0000 ? 3 : bytes < 0x1000_0000 ? 4 : 5;
  if (at + size !== guessed) buffer.copyWithin(at + size, guessed, guessed + bytes);
  return putVarint(buffer, at, bytes) + bytes;
}
