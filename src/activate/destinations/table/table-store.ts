/** What tables of any database are to the actions that write rows into them. */
import type { JsonObject } from '../../../core/json.js';
import type { ColumnType } from '../../../core/rows/column-types.js';

/** A table's name, with its schema or database before it where one was given. */
export type TableName = readonly [string] | readonly [string, string];

/** Rows that have the same columns. */
export interface TableWrite {
  readonly table: TableName;
  readonly columns: readonly string[];
  readonly rows: readonly JsonObject[];
  /** Columns by which a row replaces the one that is there; none: rows are added, each once for its `delivery_key`. */
  readonly keys: readonly string[];
  /** The columns that the table has, with the database's own types. Empty in a dry run, which asks nothing. */
  readonly types: ColumnsThere;
}

/** Columns of a table, by name, with the database's own types. */
export type ColumnsThere = ReadonlyMap<string, string>;

/** Columns that are to be made. */
export type ColumnsWished = ReadonlyMap<string, ColumnType>;

/** One database, for the length of one call. All methods reject with a SendFailure where nothing is wrong with single rows. */
export interface TableStore {
  /**
   * The columns that there are; undefined where there is no such table.
   * @throws SendFailure `table_unfit` where rows could not be told apart by these keys.
   */
  columns(table: TableName, keys: readonly string[]): Promise<ColumnsThere | undefined>;
  /** Makes a table, unless it is there by now. */
  create(table: TableName, columns: ColumnsWished, keys: readonly string[]): Promise<void>;
  /** Adds those columns that are not there by now. */
  add(table: TableName, columns: ColumnsWished): Promise<void>;
  /**
   * Writes all rows or none, and records it. In a dry run only that.
   * @throws RowsRefused when values are at fault.
   */
  write(write: TableWrite): Promise<void>;
}

/** The database cannot take a row: the same row is refused again. The message is the database's. */
export class RowsRefused extends Error {
  override readonly name = 'RowsRefused';
}
