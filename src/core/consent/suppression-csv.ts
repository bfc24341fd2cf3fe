import { TributaryError } from '../errors.js';

/** Columns that a file of suppressions may have; the first two must be there. */
const COLUMNS = ['kind', 'value', 'channel', 'reason', 'source'] as const;
const REQUIRED: ReadonlySet<string> = new Set(['kind', 'value']);

/** A row of the file; what its column leaves empty is left out. */
export type CsvSuppression = { readonly [Column in (typeof COLUMNS)[number]]?: string };

/**
 * Reads CSV (RFC 4180) with a header of our columns, in any order.
 * @throws TributaryError `request_invalid` that names the line and the fix.
 */
export function readSuppressionCsv(text: string): CsvSuppression[] {
  const [header = [], ...rows] = recordsOf(text.replace(/^\uFEFF/, ''));
  const names = header.map((name) => name.trim().toLowerCase());
  const unknown = names.find((name) => !COLUMNS.some((known) => known === name));
  if (unknown !== undefined)
    refuse(1, `there is no column ${JSON.stringify(unknown)}: give ${COLUMNS.join(', ')}`);
  for (const name of REQUIRED) if (!names.includes(name)) refuse(1, `the column ${name} is missing`);
  return rows.map((row, index) => {
    if (row.length !== names.length)
      refuse(index + 2, `it has ${row.length} values, and the header ${names.length} columns`);
    return Object.fromEntries(names.flatMap((name, nth) => (row[nth] ? [[name, row[nth]]] : [])));
  });
}

/** Records of values; empty lines are none. A quoted value holds whatever stands between its quotes. */
function recordsOf(text: string): string[][] {
  const records: string[][] = [];
  const value = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  let record: string[] = [];
  while (value.lastIndex < text.length) {
    const found = value.exec(text);
    if (found === null)
      refuse(records.length + 1, 'a quote is not closed, or stands within a value that is not quoted');
    const [, quoted, plain = '', end] = found;
    record.push(quoted === undefined ? plain.trim() : quoted.replaceAll('""', '"'));
    if (end === ',') continue;
    if (record.length > 1 || record[0] !== '') records.push(record);
    record = [];
  }
  if (record.length > 0) records.push([...record, '']);
  return records;
}

function refuse(record: number, what: string): never {
  throw new TributaryError('request_invalid', `Record ${record} of the CSV: ${what}.`);
}
