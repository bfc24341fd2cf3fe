/** SQL as MySQL and MariaDB speak it, and values as they read them. */

import type { JsonValue } from '../../../core/json.js';
import { DELIVERY_KEY } from '../../../core/rows/column-types.js';
import type { TableName, TableWrite } from './table-store.js';

/** The statement that writes that many rows. */
export function insertSql({ table, columns, keys }: TableWrite, rows: number): string {
  const names = columns.map(quoted).join(', ');
  const row = `(${columns.map(() => '?').join(', ')})`;
  const insert = `INSERT INTO ${quotedTable(table)} (${names}) VALUES ${Array(rows).fill(row).join(', ')}`;
  if (keys.length === 0) return insert;
  const others = columns.filter((name) => !keys.includes(name));
  // Where there is nothing to change, a key is set to what it is. MariaDB knows no other way to name the new value than VALUES().
  const changed = others.length > 0 ? others : keys.slice(0, 1);
  const changes = changed.map((name) => `${quoted(name)} = VALUES(${quoted(name)})`).join(', ');
  return `${insert} ON DUPLICATE KEY UPDATE ${changes}`;
}

/** The question which of that many deliveries are there. */
export function missingSql(table: TableName, asked: number): string {
  const key = quoted(DELIVERY_KEY);
  return `SELECT ${key} FROM ${quotedTable(table)} WHERE ${key} IN (${Array(asked).fill('?').join(', ')})`;
}

/** A value as it is bound. @param type of the column, as the server calls it; undefined where it is not known. */
export function mysqlValue(
  value: JsonValue | undefined,
  type: string | undefined,
): string | number | boolean | null {
  if (value === undefined || value === null) return null;
  if (type === 'json' || typeof value === 'object') return JSON.stringify(value);
  const isTime = type === 'datetime' || type === 'timestamp' || type === 'date';
  return isTime && typeof value === 'string' ? plainTime(value) : value;
}

/** A table's name, quoted. */
export function quotedTable(table: TableName): string {
  return table.map(quoted).join('.');
}

/** A name, quoted. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** `2026-03-01T09:30:00+01:00` as `2026-03-01 08:30:00.000`; what is no such time stays for the server to judge. */
function plainTime(text: string): string {
  const ms = /T.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? text : new Date(ms).toISOString().replace('T', ' ').slice(0, -1);
}
