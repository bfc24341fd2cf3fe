import type { ByteWriter } from './byte-writer.js';

/**
 * One column of a block: takes the values of all rows in order, and then writes them at once. Where values are numbers, their room is
 * made for all rows beforehand, outside of the heap: lists that grow would be most of what a block costs.
 */
export interface Column {
  /** ClickHouse's name of its type. */
  readonly type: string;
  /** Writes the values, after whatever the type needs before them. */
  write(writer: ByteWriter): void;
}

/** Texts that differ from row to row. */
export class TextColumn implements Column {
  readonly type = 'String';
  readonly #values: string[] = [];

  add(value: string): void {
    this.#values.push(value);
  }

  write(writer: ByteWriter): void {
    writer.strings(this.#values);
  }
}

/** 64-bit integers, and what ClickHouse keeps as such; below 2^53 to either side. */
export class IntegerColumn implements Column {
  readonly type: 'UInt64' | "DateTime64(3, 'UTC')";
  readonly #values: Float64Array;
  #rows = 0;

  constructor(type: IntegerColumn['type'], rowsMax: number) {
    this.type = type;
    this.#values = new Float64Array(rowsMax);
  }

  add(value: number): void {
    this.#values[this.#rows++] = value;
  }

  write(writer: ByteWriter): void {
    writer.int64s(this.#values.subarray(0, this.#rows));
  }
}

/** Booleans, a byte each. */
export class BooleanColumn implements Column {
  readonly type = 'Bool';
  readonly #values: Uint8Array;
  #rows = 0;

  constructor(rowsMax: number) {
    this.#values = new Uint8Array(rowsMax);
  }

  add(value: boolean): void {
    this.#values[this.#rows++] = value ? 1 : 0;
  }

  write(writer: ByteWriter): void {
    writer.u8s(this.#values.subarray(0, this.#rows));
  }
}

/** Numbers that may be missing. */
export class NullableFloatColumn implements Column {
  readonly type = 'Nullable(Float64)';
  readonly #nulls: Uint8Array;
  readonly #values: Float64Array;
  #rows = 0;

  constructor(rowsMax: number) {
    this.#nulls = new Uint8Array(rowsMax);
    this.#values = new Float64Array(rowsMax);
  }

  add(value: number | null): void {
    this.#nulls[this.#rows] = value === null ? 1 : 0;
    this.#values[this.#rows++] = value ?? 0;
  }

  write(writer: ByteWriter): void {
    writer.u8s(this.#nulls.subarray(0, this.#rows));
    writer.float64s(this.#values.subarray(0, this.#rows));
  }
}

/** The version of LowCardinality's form, and its flags: the block has a dictionary of its own. */
const SHARED_DICTIONARIES = 1;
const OWN_DICTIONARY = 0x600;

/** Texts of which there are few: a dictionary, and for each row an index into it of one, two or four bytes. */
export class WordColumn implements Column {
  readonly type = 'LowCardinality(String)';
  readonly #words: string[] = [];
  readonly #indexOf = new Map<string, number>();
  readonly #indexes: Uint32Array;
  #rows = 0;
  #last = -1;

  constructor(rowsMax: number) {
    this.#indexes = new Uint32Array(rowsMax);
  }

  add(value: string): void {
    // Rows are sorted by type and name, and most enrichment is empty: often it is the same again.
    if (this.#words[this.#last] !== value) this.#last = this.#find(value);
    this.#indexes[this.#rows++] = this.#last;
  }

  write(writer: ByteWriter): void {
    const count = this.#words.length;
    const power = count <= 0x100 ? 0 : count <= 0x1_0000 ? 1 : 2;
    writer.int64(SHARED_DICTIONARIES);
    writer.int64(OWN_DICTIONARY + power);
    writer.int64(count);
    writer.strings(this.#words);
    writer.int64(this.#rows);
    const indexes = this.#indexes.subarray(0, this.#rows);
    if (power === 0) writer.u8s(indexes);
    else if (power === 1) writer.u16s(indexes);
    else writer.u32s(indexes);
  }

  #find(value: string): number {
    const found = this.#indexOf.get(value);
    if (found !== undefined) return found;
    const index = this.#words.push(value) - 1;
    this.#indexOf.set(value, index);
    return index;
  }
}
