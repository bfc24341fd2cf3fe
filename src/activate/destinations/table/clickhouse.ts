/** Rows in tables of ClickHouse, by HTTP. */

import { httpFailure } from '../../../core/delivery/classify.js';
import { isObject, type JsonObject } from '../../../core/json.js';
import type { Fields } from '../../../core/mapping/field.js';
import { type ColumnType, DELIVERY_KEY } from '../../../core/rows/column-types.js';
import { batchId } from '../batch-id.js';
import type { DestinationKind, SendContext } from '../destination.js';
import { SendFailure } from '../destination.js';
import { requiredText, textOf } from '../read-values.js';
import { recentBatches } from '../recent-batches.js';
import { appendAction, comingAndGoing, EVERY_EVENT, snapshots } from './table-actions.js';
import {
  type ColumnsThere,
  type ColumnsWished,
  RowsRefused,
  type TableName,
  type TableStore,
  type TableWrite,
} from './table-store.js';

/** Deliveries that are asked for in one question: they stand in its address. */
const ASKED_AT_ONCE = 200;
const SHOWN_CHARS_MAX = 500;

const SETTINGS: Fields = {
  url: {
    label: 'Address',
    description: 'HTTP address of the server, such as https://clickhouse.example.com:8443.',
    type: 'string',
    format: 'uri',
    required: true,
  },
  database: { label: 'Database', description: 'Where the tables are.', type: 'string', default: 'default' },
  user: { label: 'User', description: 'Who signs in.', type: 'string', default: 'default' },
  password: { label: 'Password', description: 'Of the user.', type: 'password', secret: true },
};

const TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'Nullable(String)',
  number: 'Nullable(Float64)',
  integer: 'Nullable(Int64)',
  boolean: 'Nullable(Bool)',
  datetime: `Nullable(DateTime64(3, 'UTC'))`,
  // Objects and lists as JSON text: the type JSON keeps no lists at its top, and no nulls.
  json: 'Nullable(String)',
};

/** How rows are read, whatever the server's own defaults are. */
const READING: Readonly<Record<string, string>> = {
  async_insert: '0',
  wait_end_of_query: '1',
  date_time_input_format: 'best_effort',
  input_format_skip_unknown_fields: '0',
  input_format_null_as_default: '1',
  input_format_json_read_numbers_as_strings: '1',
  input_format_json_read_bools_as_strings: '1',
  input_format_json_read_objects_as_strings: '1',
  input_format_json_read_arrays_as_strings: '1',
};

/** `clickhouse`. */
export const clickhouse: DestinationKind = {
  kind: 'clickhouse',
  title: 'ClickHouse',
  description: 'Adds rows to tables of a ClickHouse server.',
  docsUrl: 'https://clickhouse.com/docs/interfaces/http',
  categories: ['database'],
  channel: 'other',
  settings: SETTINGS,
  actions: { append: appendAction((context) => new ClickHouseTables(context)) },
  presets: [EVERY_EVENT, comingAndGoing('append'), snapshots('append')],
  async test(context) {
    await new ClickHouseTables(context).knock();
  },
};

class ClickHouseTables implements TableStore {
  readonly #context: SendContext;

  constructor(context: SendContext) {
    this.#context = context;
  }

  async knock(): Promise<void> {
    await this.#ask('SELECT 1');
  }

  async columns(table: TableName): Promise<ColumnsThere | undefined> {
    const [database, name] = this.#placed(table);
    const rows = await this.#ask(
      'SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {name:String} FORMAT JSONEachRow',
      { param_database: escaped(database), param_name: escaped(name) },
    );
    const columns = new Map(rows.map((row) => [String(row.name), String(row.type)]));
    return columns.size === 0 ? undefined : columns;
  }

  async create(table: TableName, columns: ColumnsWished): Promise<void> {
    const defined = [...columns].map(
      ([name, type]) => `${quoted(name)} ${name === DELIVERY_KEY ? 'String' : TYPES[type]}`,
    );
    await this.#ask(
      `CREATE TABLE IF NOT EXISTS ${this.#quoted(table)} (${defined.join(', ')}) ENGINE = ReplacingMergeTree ORDER BY ${quoted(DELIVERY_KEY)} SETTINGS non_replicated_deduplication_window = 1000`,
    );
  }

  async add(table: TableName, columns: ColumnsWished): Promise<void> {
    const added = [...columns].map(
      ([name, type]) => `ADD COLUMN IF NOT EXISTS ${quoted(name)} ${TYPES[type]}`,
    );
    await this.#ask(`ALTER TABLE ${this.#quoted(table)} ${added.join(', ')}`);
  }

  async write(write: TableWrite): Promise<void> {
    const rows = this.#context.dryRun ? write.rows : await this.#notThere(write);
    if (rows.length === 0) return;
    const names = write.columns.map(quoted).join(', ');
    const query = `INSERT INTO ${this.#quoted(write.table)} (${names}) FORMAT JSONEachRow`;
    const body = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    const token = batchId(rows.map(keyOf));
    const response = await this.#post({ ...READING, insert_deduplication_token: token, query }, body);
    await succeeded(response, this.#context);
  }

  /** The rows that are to be written. What was in a former call may have been stored by it. */
  async #notThere({ table, rows }: TableWrite): Promise<readonly JsonObject[]> {
    const recent = await recentBatches(this.#context);
    const keys = rows.map(keyOf);
    const again = keys.filter((key) => recent.find(key) !== undefined);
    const there = new Set<string>();
    for (let start = 0; start < again.length; start += ASKED_AT_ONCE) {
      const asked = again.slice(start, start + ASKED_AT_ONCE).map((key) => `'${escaped(escaped(key))}'`);
      const found = await this.#ask(
        `SELECT ${quoted(DELIVERY_KEY)} AS k FROM ${this.#quoted(table)} WHERE k IN {keys:Array(String)} FORMAT JSONEachRow`,
        { param_keys: `[${asked.join(',')}]` },
      );
      for (const { k } of found) there.add(String(k));
    }
    const missing = rows.filter((row) => !there.has(keyOf(row)));
    if (missing.length > 0) await recent.add(table.join('.'), missing.map(keyOf));
    return missing;
  }

  async #ask(sql: string, params: Readonly<Record<string, string>> = {}): Promise<JsonObject[]> {
    const response = await this.#post({ wait_end_of_query: '1', ...params }, sql);
    const text = await succeeded(response, this.#context);
    return text.split('\n').flatMap((line) => {
      const row: unknown = line.startsWith('{') ? JSON.parse(line) : undefined;
      return isObject(row) ? [row] : [];
    });
  }

  #post(params: Readonly<Record<string, string>>, body: string): Promise<Response> {
    const { settings, fetch, signal } = this.#context;
    const url = new URL(requiredText(settings, 'url'));
    for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
    return fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'text/plain; charset=utf-8',
        'x-clickhouse-user': textOf(settings, 'user') ?? 'default',
        'x-clickhouse-key': textOf(settings, 'password') ?? '',
      },
      body,
      signal,
      redirect: 'manual',
    });
  }

  #quoted(table: TableName): string {
    return this.#placed(table).map(quoted).join('.');
  }

  #placed(table: TableName): readonly [string, string] {
    return table.length === 2 ? table : [textOf(this.#context.settings, 'database') ?? 'default', table[0]];
  }
}

function keyOf(row: JsonObject): string {
  return String(row[DELIVERY_KEY]);
}

/** @throws RowsRefused when ClickHouse cannot read the values; SendFailure for whatever else it refuses. */
async function succeeded(response: Response, { now }: SendContext): Promise<string> {
  const text = await response.text();
  if (response.ok) return text;
  const { status, headers } = response;
  const detail = text.replace(/\s+/g, ' ').trim().slice(0, SHOWN_CHARS_MAX);
  // Names and settings are ours and checked, so a request that cannot be understood is one whose rows cannot.
  if (status === 400) throw new RowsRefused(detail);
  const failure = httpFailure(status, { retryAfter: headers.get('retry-after'), detail, now: now() });
  // A person can mend it there, rights and tables among it, and then what waits goes out.
  throw new SendFailure({ ...failure, retry: true });
}

function quoted(name: string): string {
  return `\`${escaped(name).replaceAll('`', '\\`')}\``;
}

/** As ClickHouse reads parameters, which are escaped as its tab-separated values are. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'").replaceAll('\t', '\\t').replaceAll('\n', '\\n');
}
