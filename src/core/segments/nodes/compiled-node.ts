import type { JsonValue } from '../../json.js';
import type { ComputedValue, Node } from '../definition.js';
import type { Leaf } from '../leaves/leaf.js';
import type { Person } from '../person.js';
import type { SqlContext } from '../sql/sql-context.js';
import type { SqlValue } from '../sql/sql-value.js';

/** What a definition reads of a person beside events. */
export type Reads = 'traits' | 'consent' | 'accounts';

/** A node in the forms that it is evaluated in: both mean the same (see the specification). */
export interface CompiledNode {
  holds(person: Person, now: number): boolean;
  /** The first time after `now` at which it may answer otherwise although nothing happens; Infinity when never. */
  changesAt(person: Person, now: number): number;
  /** A condition, never NULL, on a row `p` of `profiles`. */
  sql(sql: SqlContext): string;
  /** A SELECT of `person`: all whose answer is yes. Left out where going through `profiles` is as good. */
  members?(sql: SqlContext): string | undefined;
  /** SELECTs of `person` and `due`, milliseconds: for everybody whose answer may change after now, a time that is not later than that. */
  dues(sql: SqlContext): readonly string[];
  /** What it found for a person. */
  explain(person: Person, now: number): Explained;
}

/** What a node found for a person, and what the nodes below it did. */
export interface Explained {
  readonly node: Node;
  readonly holds: boolean;
  /** The value that a leaf tested; left out where it is missing, or where there is none to test. */
  readonly value?: JsonValue;
  readonly of?: readonly Explained[];
}

/** Rows with a column `person`, and the figure of each person's rows. */
export interface PersonGroups {
  readonly rows: string;
  readonly value: SqlValue;
}

/** A figure of a person, in both forms. */
export interface CompiledValue {
  value(person: Person, now: number): JsonValue | undefined;
  /** As of `CompiledNode`. */
  changesAt(person: Person, now: number): number;
  /** What it is for somebody without any events. */
  readonly empty: JsonValue | undefined;
  /** Its events by person; who has none of them is in no row. */
  group(sql: SqlContext): PersonGroups;
  /** As of `CompiledNode`. */
  dues(sql: SqlContext): readonly string[];
}

/** What a definition is compiled in. */
export interface Scope {
  /** The leaf of a key; made where no segment of the scope has it yet. */
  leaf<Kind extends Leaf>(key: string, make: () => Kind): Kind;
  /** Notes that the definition at hand looks at this. */
  reads(what: Reads): void;
  /** The definition in force of a segment; undefined when there is none. */
  segment(id: string): Node | undefined;
  /** A computed trait by its name. */
  computed(name: string): ComputedValue | undefined;
  /** Compiles a node below, or a definition that is referred to. */
  compile(node: Node): CompiledNode;
  /** Compiles a segment that is referred to; circles are refused. */
  inside<Result>(id: string, compile: () => Result): Result;
  /** Compiles a segment whose members are counted by account, and notes that; one that asks for such counts itself is refused. */
  ofMembers<Result>(id: string, compile: () => Result): Result;
}

/** `changesAt` of nodes that time does not touch. */
export function never(): number {
  return Number.POSITIVE_INFINITY;
}

/** The key of a leaf: JSON, with the fields in the order that they are given. */
export function leafKey(kind: string, parts: object): string {
  return `${kind} ${JSON.stringify(parts)}`;
}
