/**
 * JSON values as MessagePack (https://msgpack.org), for what is written often and read back by us alone: at half the cost of JSON text, and
 * much shorter where there are many numbers.
 */
import type { JsonValue } from '../../core/json.js';
import { emptyObject } from '../../core/json.js';

/** What a value begins with, as the format has it. Whole numbers up to 127 are a byte of their own. */
const NIL = 0xc0;
const FALSE = 0xc2;
const TRUE = 0xc3;
const FLOAT_64 = 0xcb;
const UINT_16 = 0xcd;
const UINT_32 = 0xce;

/** Values of a length: their first byte where the length fits into it as well, lengths that do, and the first byte before one of 32 bits. */
interface Sized {
  readonly short: number;
  readonly shortMax: number;
  readonly long: number;
}
const OBJECT: Sized = { short: 0x80, shortMax: 15, long: 0xdf };
const ARRAY: Sized = { short: 0x90, shortMax: 15, long: 0xdd };
const TEXT: Sized = { short: 0xa0, shortMax: 31, long: 0xdb };

const CAPACITY_MIN = 64 * 1024;
/** First byte and number, or length. */
const HEAD_BYTES_MAX = 9;
/** No UTF-16 unit takes more bytes of UTF-8. */
const BYTES_PER_UNIT_MAX = 3;
const ASCII_END = 0x80;

/** Memory kept from one call for the next: V8 collects all garbage whenever much of what lies outside of its heap is new. */
const PACKER_BYTES_KEPT_MAX = 32 * 1024 * 1024;

/** Values, packed one after the other. */
export interface Packed {
  /** Valid until the next call of `packed`. */
  readonly bytes: Buffer;
  /** Where each value ends. */
  readonly ends: readonly number[];
}

/** The bytes of values. */
export function packed(values: readonly JsonValue[]): Packed {
  if (packer.capacity > PACKER_BYTES_KEPT_MAX) packer = new Packer();
  packer.clear();
  const ends = values.map((value) => packer.add(value));
  return { bytes: packer.bytes, ends };
}

/** The value of such bytes. */
export function unpacked(bytes: Buffer): JsonValue {
  return new Unpacker(bytes).next();
}

class Packer {
  #buffer = Buffer.allocUnsafeSlow(CAPACITY_MIN);
  #view = viewOf(this.#buffer);
  #at = 0;

  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  get capacity(): number {
    return this.#buffer.length;
  }

  clear(): void {
    this.#at = 0;
  }

  /** @returns where the value ends. */
  add(value: JsonValue): number {
    this.#reserve(HEAD_BYTES_MAX);
    if (typeof value === 'number') this.#number(value);
    else if (typeof value === 'string') this.#text(value);
    else if (value === null) this.#u8(NIL);
    else if (typeof value === 'boolean') this.#u8(value ? TRUE : FALSE);
    else if (Array.isArray(value)) {
      this.#head(ARRAY, value.length);
      for (let index = 0; index < value.length; index += 1) this.add(value[index] as JsonValue);
    } else {
      const keys = Object.keys(value);
      this.#head(OBJECT, keys.length);
      for (const key of keys) {
        this.#text(key);
        this.add(value[key] as JsonValue);
      }
    }
    return this.#at;
  }

  #number(value: number): void {
    const isWhole = value >= 0 && value <= 0xffff_ffff && Number.isInteger(value);
    if (!isWhole) {
      this.#u8(FLOAT_64);
      // There is one zero, as in JSON.
      this.#view.setFloat64(this.#at, value + 0);
      this.#at += 8;
    } else if (value < 0x80) this.#u8(value);
    else if (value <= 0xffff) {
      this.#u8(UINT_16);
      this.#view.setUint16(this.#at, value);
      this.#at += 2;
    } else {
      this.#u8(UINT_32);
      this.#u32(value);
    }
  }

  #text(value: string): void {
    const { length } = value;
    this.#reserve(length * BYTES_PER_UNIT_MAX + HEAD_BYTES_MAX);
    if (length <= TEXT.shortMax && this.#shortAscii(value)) return;
    this.#head(TEXT, Buffer.byteLength(value));
    this.#at += this.#buffer.write(value, this.#at);
  }

  /** Most texts are: those take no way out of JavaScript. */
  #shortAscii(value: string): boolean {
    const buffer = this.#buffer;
    const { length } = value;
    const start = this.#at + 1;
    for (let index = 0; index < length; index += 1) {
      const unit = value.charCodeAt(index);
      if (unit >= ASCII_END) return false;
      buffer[start + index] = unit;
    }
    buffer[this.#at] = TEXT.short + length;
    this.#at = start + length;
    return true;
  }

  #head({ short, shortMax, long }: Sized, length: number): void {
    if (length <= shortMax) this.#u8(short + length);
    else {
      this.#u8(long);
      this.#u32(length);
    }
  }

  #u8(value: number): void {
    this.#buffer[this.#at] = value;
    this.#at += 1;
  }

  #u32(value: number): void {
    this.#view.setUint32(this.#at, value);
    this.#at += 4;
  }

  #reserve(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes));
    this.#buffer.copy(grown, 0, 0, this.#at);
    this.#buffer = grown;
    this.#view = viewOf(grown);
  }
}

let packer = new Packer();

function viewOf({ buffer, byteOffset, length }: Buffer): DataView {
  return new DataView(buffer, byteOffset, length);
}

/** Reads what `Packer` writes. */
class Unpacker {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  next(): JsonValue {
    const head = this.#bytes.readUInt8(this.#at);
    this.#at += 1;
    if (head < OBJECT.short) return head;
    if (head < ARRAY.short) return this.#object(head - OBJECT.short);
    if (head < TEXT.short) return this.#array(head - ARRAY.short);
    if (head < NIL) return this.#text(head - TEXT.short);
    switch (head) {
      case NIL:
        return null;
      case FALSE:
      case TRUE:
        return head === TRUE;
      case FLOAT_64:
        this.#at += 8;
        return this.#bytes.readDoubleBE(this.#at - 8);
      case UINT_16:
        this.#at += 2;
        return this.#bytes.readUInt16BE(this.#at - 2);
      case UINT_32:
        return this.#u32();
      case TEXT.long:
        return this.#text(this.#u32());
      case ARRAY.long:
        return this.#array(this.#u32());
      case OBJECT.long:
        return this.#object(this.#u32());
      default:
        throw new Error(`No value of ours begins with the byte ${head}.`);
    }
  }

  #u32(): number {
    this.#at += 4;
    return this.#bytes.readUInt32BE(this.#at - 4);
  }

  #text(length: number): string {
    this.#at += length;
    return this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  #array(length: number): JsonValue[] {
    const items: JsonValue[] = [];
    for (let index = 0; index < length; index += 1) items.push(this.next());
    return items;
  }

  #object(length: number): JsonValue {
    const entries = Array.from({ length }, (): [string, JsonValue] => [String(this.next()), this.next()]);
    const object = emptyObject(entries.map(([key]) => key));
    for (const [key, value] of entries) object[key] = value;
    return object;
  }
}
