import type { JsonObject, JsonValue } from '../../../core/json.js';
import { isObject } from '../../../core/json.js';
import type { ByteWriter } from './byte-writer.js';

/** The flattened form of a Dynamic column: its types, one index a row, and a column for each type with its own rows. */
const FLATTENED = 3;

/** Whole numbers from here on are Float64: they do not fit 64 bits. */
const INTEGER_END = 2 ** 63;

/** The types that a value may get, numbered in the order of their names, which is ClickHouse's order. */
const KIND = {
  objects: 0,
  booleans: 1,
  floats: 2,
  integers: 3,
  strings: 4,
  boolean: 5,
  float: 6,
  integer: 7,
  string: 8,
} as const;
const KINDS = 9;
/** A cell is the row and the kind in one number, so that a value costs one push for its place. Kinds take four bits. */
const KIND_BITS = 4;
const KIND_MASK = (1 << KIND_BITS) - 1;

const TYPE_NAMES = [
  '', // Array(JSON(…)): its parameters depend on where it is
  'Array(Nullable(Bool))',
  'Array(Nullable(Float64))',
  'Array(Nullable(Int64))',
  'Array(Nullable(String))',
  'Bool',
  'Float64',
  'Int64',
  'String',
] as const;

/** What an array holds, as bits. */
const HAS = { null: 1, boolean: 2, integer: 4, float: 8, string: 16, object: 32, other: 64 } as const;

/** What the objects of arrays become: a column of their own. */
export interface InnerObjects {
  readonly type: string;
  create(): ObjectRows;
}

/** A column of objects. */
export interface ObjectRows {
  readonly rows: number;
  /** Takes the next row. @returns false when it cannot be written like this; the column must then be thrown away. */
  add(value: JsonObject): boolean;
  writePrefix(writer: ByteWriter): void;
  writeData(writer: ByteWriter): void;
}

/** The values of one path of a JSON column, of whatever types. Each gets the type that ClickHouse infers from its text. */
export class DynamicColumn {
  readonly name: string;
  readonly #items: InnerObjects | undefined;
  readonly #cells: number[] = [];
  readonly #strings: string[] = [];
  readonly #integers: number[] = [];
  readonly #floats: number[] = [];
  readonly #booleans: number[] = [];
  /** By kind, `strings` to `booleans`. */
  readonly #arrays: (ArrayColumn | undefined)[] = [];
  #objects: ObjectsColumn | undefined;

  /** @param items makes the column of objects in arrays; without it they cannot be taken */
  constructor(name: string, items: InnerObjects | undefined) {
    this.name = name;
    this.#items = items;
  }

  /**
   * Takes the value of a row. Rows come in rising order; those without a value are left out.
   * @param value neither null nor an object
   * @returns false when it has no plain type; the column must then be thrown away
   */
  add(row: number, value: JsonValue): boolean {
    let kind: number;
    if (typeof value === 'string') {
      this.#strings.push(value);
      kind = KIND.string;
    } else if (typeof value === 'number') {
      kind = isInteger(value) ? KIND.integer : KIND.float;
      (kind === KIND.integer ? this.#integers : this.#floats).push(value);
    } else if (typeof value === 'boolean') {
      this.#booleans.push(value ? 1 : 0);
      kind = KIND.boolean;
    } else {
      kind = Array.isArray(value) ? this.#addArray(value) : -1;
      if (kind < 0) return false;
    }
    this.#cells.push((row << KIND_BITS) | kind);
    return true;
  }

  writePrefix(writer: ByteWriter): void {
    const kinds = this.#kinds();
    writer.int64(FLATTENED);
    writer.varint(kinds.length);
    for (const kind of kinds) {
      const items = this.#items;
      writer.string(kind === KIND.objects && items ? `Array(${items.type})` : (TYPE_NAMES[kind] as string));
    }
    this.#objects?.items.writePrefix(writer);
  }

  /** @param rows rows of the whole column, those without a value included */
  writeData(writer: ByteWriter, rows: number): void {
    const kinds = this.#kinds();
    const indexes = writer.filled(rows, kinds.length);
    const indexOf = Uint8Array.from({ length: KINDS }, (_, kind) => kinds.indexOf(kind));
    for (const cell of this.#cells) indexes[cell >> KIND_BITS] = indexOf[cell & KIND_MASK] as number;
    for (const kind of kinds) this.#writeKind(writer, kind);
  }

  #writeKind(writer: ByteWriter, kind: number): void {
    if (kind === KIND.string) writer.strings(this.#strings);
    else if (kind === KIND.integer) writer.int64s(this.#integers);
    else if (kind === KIND.float) writer.float64s(this.#floats);
    else if (kind === KIND.boolean) writer.u8s(this.#booleans);
    else if (kind === KIND.objects) this.#objects?.write(writer);
    else this.#arrays[kind]?.write(writer, kind);
  }

  /** The kinds that are there, in order. */
  #kinds(): number[] {
    const kinds: number[] = [];
    if (this.#objects) kinds.push(KIND.objects);
    for (let kind: number = KIND.booleans; kind <= KIND.strings; kind += 1) {
      if (this.#arrays[kind]) kinds.push(kind);
    }
    if (this.#booleans.length > 0) kinds.push(KIND.boolean);
    if (this.#floats.length > 0) kinds.push(KIND.float);
    if (this.#integers.length > 0) kinds.push(KIND.integer);
    if (this.#strings.length > 0) kinds.push(KIND.string);
    return kinds;
  }

  /** The kind that it was added as, or -1. */
  #addArray(array: readonly JsonValue[]): number {
    const kind = this.#arrayKind(array);
    if (kind < 0) return kind;
    if (kind !== KIND.objects) {
      const column = this.#arrays[kind] ?? new ArrayColumn();
      this.#arrays[kind] = column;
      column.add(array);
      return kind;
    }
    if (this.#items === undefined) return -1;
    this.#objects ??= new ObjectsColumn(this.#items.create());
    return this.#objects.add(array) ? kind : -1;
  }

  /** As ClickHouse does it: what says nothing of its type takes a type that is there, else that of texts. */
  #arrayKind(array: readonly JsonValue[]): number {
    let has = 0;
    for (const item of array) has |= bitOf(item);
    if (has === 0 && this.#objects) return KIND.objects;
    if (has === 0 || has === HAS.null) {
      const there = this.#arrays.findIndex((column) => column !== undefined);
      return there < 0 ? KIND.strings : there;
    }
    if (has === HAS.object) return KIND.objects;
    if (has === (HAS.integer | HAS.float)) return KIND.floats;
    const only = has & ~HAS.null;
    if (only === HAS.boolean) return KIND.booleans;
    if (only === HAS.integer) return KIND.integers;
    if (only === HAS.float) return KIND.floats;
    return only === HAS.string ? KIND.strings : -1;
  }
}

function isInteger(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < INTEGER_END;
}

function bitOf(item: JsonValue): number {
  if (typeof item === 'string') return HAS.string;
  if (typeof item === 'number') return isInteger(item) ? HAS.integer : HAS.float;
  if (typeof item === 'boolean') return HAS.boolean;
  if (item === null) return HAS.null;
  return isObject(item) ? HAS.object : HAS.other;
}

/** Arrays of one type of scalars, with nulls among them. */
class ArrayColumn {
  readonly #ends: number[] = [];
  readonly #nulls: number[] = [];
  readonly #items: JsonValue[] = [];

  add(array: readonly JsonValue[]): void {
    for (const item of array) {
      this.#nulls.push(item === null ? 1 : 0);
      this.#items.push(item);
    }
    this.#ends.push(this.#items.length);
  }

  write(writer: ByteWriter, kind: number): void {
    writer.int64s(this.#ends);
    writer.u8s(this.#nulls);
    const items = this.#items;
    if (kind === KIND.strings) writer.strings(items.map((item) => (item === null ? '' : String(item))));
    else if (kind === KIND.integers) writer.int64s(items.map(Number));
    else if (kind === KIND.floats) writer.float64s(items.map(Number));
    else writer.u8s(items.map(Number));
  }
}

/** Arrays of objects. */
class ObjectsColumn {
  readonly items: ObjectRows;
  readonly #ends: number[] = [];

  constructor(items: ObjectRows) {
    this.items = items;
  }

  add(array: readonly JsonValue[]): boolean {
    for (const item of array) {
      if (!isObject(item) || !this.items.add(item)) return false;
    }
    this.#ends.push(this.items.rows);
    return true;
  }

  write(writer: ByteWriter): void {
    writer.int64s(this.#ends);
    this.items.writeData(writer);
  }
}
