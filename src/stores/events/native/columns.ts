import type { ByteWriter } from './byte-writer.js';

/** One column of a block: values in the order of the rows, then written all at once. */
export interface Column<T> {
  add(value: T): void;
  /** Writes the values, after whatever the type needs before them. */
  write(writer: ByteWriter): void;
}

/** String. */
export class TextColumn implements Column<string> {
  readonly #values: string[] = [];

  add(value: string): void {
    this.#values.push(value);
  }

  write(writer: ByteWriter): void {
    writer.strings(this.#values);
  }
}

/** UInt64, Int64 and DateTime64, of integers below 2^53. */
export class IntegerColumn implements Column<number> {
  readonly #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
  }

  write(writer: ByteWriter): void {
    writer.int64s(this.#values);
  }
}

/** Bool. */
export class BooleanColumn implements Column<boolean> {
  readonly #values: number[] = [];

  add(value: boolean): void {
    this.#values.push(value ? 1 : 0);
  }

  write(writer: ByteWriter): void {
    writer.u8s(this.#values);
  }
}

/** Nullable(Float64). */
export class NullableFloatColumn implements Column<number | null> {
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

/** LowCardinality(String): a dictionary, and for each row an index into it of one, two or four bytes. */
export class WordColumn implements Column<string> {
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
