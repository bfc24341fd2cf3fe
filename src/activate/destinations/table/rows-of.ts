/** Which rows a call writes. */

import type { JsonObject } from '../../../core/json.js';
import { DELIVERY_KEY } from '../../../core/rows/column-types.js';
import type { Failure, SendItem } from '../destination.js';
import { objectOf } from '../read-values.js';
import { snapshotColumns } from '../snapshot-columns.js';
import type { TableOptions } from './table-fields.js';

/** One row, and the items that it carries out: of items with the same key the values of the later ones stand. */
export interface Row {
  readonly values: JsonObject;
  readonly items: readonly SendItem[];
}

/** Rows that can be written, and items that make none. */
export interface RowsOfCall {
  readonly rows: readonly Row[];
  readonly failed: ReadonlyMap<SendItem, Failure>;
}

/** Makes rows of items, in their order. Each key is in one of them. */
export function rowsOf(items: readonly SendItem[], { keys }: TableOptions): RowsOfCall {
  const rows = new Map<string, Row>();
  const failed = new Map<SendItem, Failure>();
  for (const item of items) {
    const given = { ...snapshotColumns(item), ...objectOf(item.payload, 'row') };
    const values = keys.length === 0 ? { ...given, [DELIVERY_KEY]: item.key } : given;
    const bad = faultOf(values, keys);
    if (bad !== undefined) {
      failed.set(item, bad);
      continue;
    }
    const name = keys.length === 0 ? item.key : JSON.stringify(keys.map((key) => values[key]));
    const former = rows.get(name);
    rows.set(name, {
      values: { ...former?.values, ...values },
      items: [...(former?.items ?? []), item],
    });
  }
  return { rows: [...rows.values()], failed };
}

/** Rows with the same columns, together. */
export function byColumns(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const columns = JSON.stringify(Object.keys(row.values).sort());
    const group = groups.get(columns);
    if (group === undefined) groups.set(columns, [row]);
    else group.push(row);
  }
  return groups;
}

function faultOf(values: JsonObject, keys: readonly string[]): Failure | undefined {
  const missing = keys.find((key) => values[key] === undefined || values[key] === null);
  if (missing !== undefined)
    return { code: 'key_missing', message: `The row has no "${missing}", which is a key.`, retry: false };
  if (Object.keys(values).some((name) => name === '' || name.includes('\0')))
    return { code: 'column_invalid', message: 'A name in the row is no name of a column.', retry: false };
  return undefined;
}
