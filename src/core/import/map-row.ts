import { ROW_ERROR } from '../event/check.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';
import type { MappedField, MappedId, Mapping } from './mapping.js';
import { compileField, compileMoment, fail, isEmpty, RowFault, textOf, valueAt } from './read-field.js';

/** One row of a file: its columns by name. */
export type Row = Readonly<Record<string, JsonValue>>;
/** Turns a row, and the line that it stands on, into a call of the Segment specification; into a `row_error` when it cannot. */
export type MapRow = (row: Row, line: number) => JsonObject;

/** Sets one part of a call from a row. */
type Setter = (call: JsonObject, row: Row) => void;

/** What the ids of calls are made of besides the row: they are the same at every import into the same source. */
export interface RowNames {
  readonly sourceId: string;
  /** A digest of a text, as letters and digits. */
  readonly hash: (text: string) => string;
}

const ROW_CHARS_MAX = 64 * 1024;

/** Compiles a mapping. */
export function compileMapping(mapping: Mapping, names: RowNames): MapRow {
  const setters = settersOf(mapping);
  const idOf = compileMessageId(mapping.messageId, names);
  return (row, line) => {
    try {
      const call: JsonObject = { type: mapping.call, messageId: idOf(row, line), line };
      for (const set of setters) set(call, row);
      return call;
    } catch (error) {
      if (!(error instanceof RowFault)) throw error;
      return rowError(error.message, row, line, names);
    }
  };
}

/** The item that stands for a row, or for a line that is none, which cannot be mapped: its way ends in the quarantine. */
export function rowError(error: string, row: Row | string, line: number, names: RowNames): JsonObject {
  const shown = JSON.stringify(row);
  return {
    type: ROW_ERROR,
    error,
    messageId: ownId(row, line, names),
    line,
    row: shown.length > ROW_CHARS_MAX ? `${shown.slice(0, ROW_CHARS_MAX)}…` : (row as JsonValue),
  };
}

function settersOf(mapping: Mapping): Setter[] {
  const { event, name, timestamp } = mapping;
  const setters: Setter[] = [];
  for (const key of ['userId', 'anonymousId', 'groupId', 'previousId'] as const) {
    const id = mapping[key];
    if (id !== undefined) setters.push(identifierSetter(key, id));
  }
  if (event !== undefined) setters.push(fieldSetter(['event'], { ...event, type: 'string' }));
  if (name !== undefined) setters.push(fieldSetter(['name'], { ...name, type: 'string' }));
  for (const group of ['traits', 'properties', 'context'] as const) {
    for (const [path, field] of Object.entries(mapping[group] ?? {})) {
      setters.push(fieldSetter([group, ...path.split('.')], field));
    }
  }
  if (timestamp !== undefined) setters.push(timestampSetter(timestamp));
  return setters;
}

function identifierSetter(key: string, { column, prefix = '' }: MappedId): Setter {
  return (call, row) => {
    const value = valueAt(row, column);
    if (isEmpty(value)) return;
    const text =
      textOf(value) ?? fail(column, value, `a text or a whole number below 2^53, as ${key} must be`);
    call[key] = prefix + text.trim();
  };
}

function fieldSetter(path: readonly string[], field: MappedField): Setter {
  const { column } = field;
  if (column === undefined) {
    // Invariant: parseMapping lets through either a column or a value, and values come from JSON.
    const constant = field.value as JsonValue;
    return (call) => setPath(call, path, constant);
  }
  const read = compileField(column, field);
  return (call, row) => {
    const value = valueAt(row, column);
    if (!isEmpty(value)) setPath(call, path, read(value));
  };
}

function timestampSetter({ column, format, timezone, optional }: NonNullable<Mapping['timestamp']>): Setter {
  const read = compileMoment(column, format, timezone);
  return (call, row) => {
    const value = valueAt(row, column);
    if (!isEmpty(value)) {
      call.timestamp = new Date(read(value)).toISOString();
    } else if (optional !== true) {
      // Dated by the import it would look like a thing of today.
      throw new RowFault(`Column "${column}" is empty, so that it is not known when it happened.`);
    }
  };
}

function setPath(target: JsonObject, path: readonly string[], value: JsonValue): void {
  let at = target;
  for (const key of path.slice(0, -1)) {
    const next = Object.hasOwn(at, key) ? at[key] : undefined;
    const inner = isObject(next) ? next : {};
    at[key] = inner;
    at = inner;
  }
  // Invariant: a path has at least one step.
  at[path.at(-1) as string] = value;
}

function compileMessageId(given: Mapping['messageId'], names: RowNames): (row: Row, line: number) => string {
  if (given === undefined) return (row, line) => ownId(row, line, names);
  const { columns, prefix = '' } = given;
  return (row) => {
    const parts = columns.map((column) => {
      const value = valueAt(row, column);
      if (isEmpty(value)) throw new RowFault(`Column "${column}" is empty, but it is part of the messageId.`);
      return (textOf(value) ?? fail(column, value, 'a text, as a part of the messageId must be')).trim();
    });
    // Marked, so that "a:b" and "c" never read like "a" and "b:c". One column alone is taken as it is.
    const marked = parts.length === 1 ? parts : parts.map((part) => part.replace(/[\\:]/g, '\\$&'));
    return prefix + marked.join(':');
  };
}

/** Named after what stands where: a line that is added below changes none of the others. */
function ownId(row: Row | string, line: number, { sourceId, hash }: RowNames): string {
  const values = typeof row === 'string' ? row : Object.values(row);
  return `import-${hash(`${sourceId}\n${line}\n${JSON.stringify(values)}`)}`;
}
