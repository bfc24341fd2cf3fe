import type { ByteWriter } from './byte-writer.js';

/** One column of a block: takes the values of all rows in order, and then writes them at once. */
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
  readonly #values: number[] = [];

  constructor(type: IntegerColumn['type']) {
    this.type = type;
  }

  add(value: number): void {
    this.#values.push(value);
  }

  write(writer: ByteWriter): void {
    writer.int64s(this.#values);
  }
}

/** Booleans, a byte each. */
export class BooleanColumn implements Column {
  readonly type = 'Bool';
  readonly #values: number[] = [];

  add(value: boolean): void {
    this.#values.push(value ? 1 : 0);
  }

  write(writer: ByteWriter): void {
    writer.u8s(this.#values);
  }
}

/** Numbers that may be missing. */
export class NullableFloatColumn implements Column {
  readonly type = 'Nullable(Float64)';
  readonly #nulls: number[] = [];
  readonly #values: number[] = [];

  add(value: number | null): void {
    this.#nulls.push(value === null ? 1 : 0);
    this.#values.push(value ?? 0);
  }

  write(writer: ByteWriter): void {
    writer.u8s(this.#nulls);
    writer.float64s(this.#values);
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
  readonly #indexes: number[] = [];
  #last = -1;

  add(value: string): void {
    // Rows are sorted by type and name, and most enrichment is empty: often it is the same again.
    if (this.#words[this.#last] !== value) this.#last = this.#find(value);
    this.#indexes.push(this.#last);
  }

  write(writer: ByteWriter): void {
    const count = this.#words.length;
    const power = count <= 0x100 ? 0 : count <= 0x1_0000 ? 1 : 2;
    writer.int64(SHARED_DICTIONARIES);
    writer.int64(OWN_DICTIONARY + power);
    writer.int64(count);
    writer.strings(this.#words);
    writer.int64(this.#indexes.length);
    if (power === 0) writer.u8s(this.#indexes);
    else if (power === 1) writer.u16s(this.#indexes);
    else writer.u32s(this.#indexes);
  }

  #find(value: string): number {
    const found = this.#indexOf.get(value);
    if (found !== undefined) return found;
    const index = this.#words.push(value) - 1;
    this.#indexOf.set(value, index);
    return index;
  }
}
