import type { JsonObject, JsonValue } from '../json.js';

const QUOTED = /[",\r\n]/;

/** Rows as CSV (RFC 4180) with a head: nothing for null, quotes around an empty text, JSON for objects and lists. */
export function writeCsv(rows: readonly JsonObject[], columns: readonly string[]): string {
  const lines = rows.map((row) => columns.map((name) => cell(row[name])).join(','));
  return [columns.map(cell).join(','), ...lines, ''].join('\r\n');
}

function cell(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  if (value === '') return '""';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
