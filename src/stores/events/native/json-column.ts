import type { JsonObject } from '../../../core/json.js';
import { isObject } from '../../../core/json.js';
import type { ByteWriter } from './byte-writer.js';
import type { Column } from './columns.js';
import type { InnerObjects, ObjectRows } from './dynamic-column.js';
import { DynamicColumn } from './dynamic-column.js';

/** The flattened form of a JSON column: its paths, and a Dynamic column for each. */
const FLATTENED = 3;

/** ClickHouse's own: what a JSON column keeps apart by path and by type, and how much less one inside an array does. */
const TYPES_MAX = 32;
const INNER_PATHS_PART = 4;
const INNER_TYPES_PART = 2;
/** Arrays of objects inside arrays of objects. */
const INNER_LEVELS_MAX = 2;
/**
 * Paths beyond those that the column keeps apart are fine, up to a point: each costs a cell for every row, and
 * ClickHouse reads such rows faster as text.
 */
const PATHS_ROOM = 2;

/** What a JSON column is declared as. */
export interface JsonShape {
  readonly type: string;
  /** Different paths that one block may have. */
  readonly pathsMax: number;
  /** What ClickHouse makes of the objects of an array in it; without it, arrays of objects cannot be written. */
  readonly items: InnerObjects | undefined;
}

/** The shape of a column `JSON(max_dynamic_paths = N)`. */
export function jsonShape(paths: number): JsonShape {
  return { type: `JSON(max_dynamic_paths=${paths})`, ...room(paths, TYPES_MAX, INNER_LEVELS_MAX) };
}

function room(paths: number, types: number, levels: number): Omit<JsonShape, 'type'> {
  const pathsMax = paths * PATHS_ROOM;
  if (levels === 0) return { pathsMax, items: undefined };
  const innerPaths = Math.floor(paths / INNER_PATHS_PART);
  const innerTypes = Math.floor(types / INNER_TYPES_PART);
  const type = `JSON(max_dynamic_types=${innerTypes}, max_dynamic_paths=${innerPaths})`;
  const shape: JsonShape = { type, ...room(innerPaths, innerTypes, levels - 1) };
  return { pathsMax, items: { type, create: () => new JsonColumn(shape) } };
}

/** A key on the way from the root, and the values that end at it. */
interface Node {
  readonly path: string;
  readonly children: Map<string, Node>;
  column: DynamicColumn | undefined;
}

/** Values of a JSON column, taken apart into a column for each path. */
export class JsonColumn implements ObjectRows, Column {
  readonly #shape: JsonShape;
  readonly #root: Node = { path: '', children: new Map(), column: undefined };
  /** Nodes that have a column. */
  readonly #leaves: Node[] = [];
  readonly #columns: DynamicColumn[] = [];
  #rows = 0;

  constructor(shape: JsonShape) {
    this.#shape = shape;
  }

  get type(): string {
    return this.#shape.type;
  }

  get rows(): number {
    return this.#rows;
  }

  add(value: JsonObject): boolean {
    const before = this.#columns.length;
    const taken = this.#addMembers(this.#root, value);
    this.#rows += 1;
    // Whatever is wrong with this row, its paths leave room for those of the next.
    if (!taken) this.#forgetFrom(before);
    return taken;
  }

  write(writer: ByteWriter): void {
    this.writePrefix(writer);
    this.writeData(writer);
  }

  writePrefix(writer: ByteWriter): void {
    writer.int64(FLATTENED);
    writer.varint(this.#columns.length);
    for (const { name } of this.#columns) writer.string(name);
    for (const column of this.#columns) column.writePrefix(writer);
  }

  writeData(writer: ByteWriter): void {
    for (const column of this.#columns) column.writeData(writer, this.#rows);
  }

  /** Nesting is bounded by the check of the event. */
  #addMembers(parent: Node, value: JsonObject): boolean {
    for (const key in value) {
      const member = value[key];
      // A null is the same as nothing.
      if (member === null || member === undefined) continue;
      const node = parent.children.get(key) ?? this.#addChild(parent, key);
      if (node === undefined) return false;
      if (isObject(member)) {
        if (!this.#addMembers(node, member)) return false;
      } else {
        const column = node.column ?? this.#addColumn(node);
        if (!column?.add(this.#rows, member)) return false;
      }
    }
    return true;
  }

  #addChild(parent: Node, key: string): Node | undefined {
    // Such a key would read back as one with a dot.
    if (key.includes('%2E')) return undefined;
    const name = key.replaceAll('.', '%2E');
    const path = parent === this.#root ? name : `${parent.path}.${name}`;
    const node: Node = { path, children: new Map(), column: undefined };
    parent.children.set(key, node);
    return node;
  }

  #addColumn(node: Node): DynamicColumn | undefined {
    if (this.#columns.length >= this.#shape.pathsMax) return undefined;
    const column = new DynamicColumn(node.path, this.#shape.items);
    node.column = column;
    this.#leaves.push(node);
    this.#columns.push(column);
    return column;
  }

  #forgetFrom(first: number): void {
    for (const node of this.#leaves.splice(first)) node.column = undefined;
    this.#columns.length = first;
  }
}
