/** Rows in tables of PostgreSQL. */

import { isIP } from 'node:net';
import pg from 'pg';
import type { JsonObject } from '../../../core/json.js';
import { type ColumnType, DELIVERY_KEY } from '../../../core/rows/column-types.js';
import type { DestinationKind, SendContext } from '../destination.js';
import { SendFailure } from '../destination.js';
import { requiredText, textOf } from '../read-values.js';
import { databaseSettings } from './database-settings.js';
import { keptOpen } from './kept-open.js';
import { recordedWrite } from './recorded-write.js';
import { appendAction, EVERY_EVENT, MEMBERS, snapshots, upsertAction } from './table-actions.js';
import {
  type ColumnsThere,
  type ColumnsWished,
  RowsRefused,
  type TableName,
  type TableStore,
  type TableWrite,
} from './table-store.js';

const PORT = 5432;
const CONNECT_MS_MAX = 10_000;
const STATEMENT_MS_MAX = 60_000;
const IDLE_MS_MAX = 30_000;

const TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'text',
  number: 'double precision',
  integer: 'bigint',
  boolean: 'boolean',
  datetime: 'timestamptz',
  json: 'jsonb',
};

const pool = keptOpen(
  (settings, address) => {
    const ca = textOf(settings, 'certificateAuthority');
    const opened = new pg.Pool({
      host: address,
      port: Number(settings.port ?? PORT),
      database: requiredText(settings, 'database'),
      user: requiredText(settings, 'user'),
      password: textOf(settings, 'password') ?? '',
      ssl: settings.tls === false ? false : { ...ofName(settings), ...(ca === undefined ? {} : { ca }) },
      max: Number(settings.connectionsMax ?? 4),
      application_name: 'tributary',
      connectionTimeoutMillis: CONNECT_MS_MAX,
      idleTimeoutMillis: IDLE_MS_MAX,
      statement_timeout: STATEMENT_MS_MAX,
      allowExitOnIdle: true,
    });
    // What is lost while nobody uses it is opened anew.
    opened.on('error', () => {});
    return opened;
  },
  (former) => void former.end().catch(() => {}),
);

/** The certificate must be that of the name, although it is the address that is connected to. */
function ofName(settings: JsonObject): { readonly host: string; readonly servername?: string } {
  const host = requiredText(settings, 'host');
  return isIP(host) === 0 ? { host, servername: host } : { host };
}

/** `postgres`. */
export const postgres: DestinationKind = {
  kind: 'postgres',
  title: 'PostgreSQL',
  description: 'Writes rows into tables of a PostgreSQL database.',
  docsUrl: 'https://www.postgresql.org/docs/current/sql-insert.html',
  categories: ['database'],
  channel: 'other',
  settings: databaseSettings(PORT),
  actions: {
    append: appendAction((context) => new PostgresTables(context)),
    upsert: upsertAction((context) => new PostgresTables(context)),
  },
  presets: [EVERY_EVENT, MEMBERS, snapshots('append')],
  async test(context) {
    await new PostgresTables(context).knock();
  },
};

class PostgresTables implements TableStore {
  readonly #context: SendContext;

  constructor(context: SendContext) {
    this.#context = context;
  }

  async knock(): Promise<void> {
    await this.#run('SELECT 1', []);
  }

  async columns(table: TableName): Promise<ColumnsThere | undefined> {
    const { rows } = await this.#run(
      `SELECT attname AS name, format_type(atttypid, atttypmod) AS type FROM pg_attribute
       WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`,
      [quotedTable(table)],
    );
    const columns = new Map(rows.map(({ name, type }) => [String(name), String(type)]));
    return columns.size === 0 ? undefined : columns;
  }

  async create(table: TableName, columns: ColumnsWished, keys: readonly string[]): Promise<void> {
    const defined = [...columns].map(([name, type]) => `${quoted(name)} ${TYPES[type]}`);
    const key = (keys.length > 0 ? keys : [DELIVERY_KEY]).map(quoted).join(', ');
    await this.#run(
      `CREATE TABLE IF NOT EXISTS ${quotedTable(table)} (${defined.join(', ')}, PRIMARY KEY (${key}))`,
      [],
    );
  }

  async add(table: TableName, columns: ColumnsWished): Promise<void> {
    const added = [...columns].map(
      ([name, type]) => `ADD COLUMN IF NOT EXISTS ${quoted(name)} ${TYPES[type]}`,
    );
    await this.#run(`ALTER TABLE ${quotedTable(table)} ${added.join(', ')}`, []);
  }

  async write(write: TableWrite): Promise<void> {
    const sql = insertSql(write);
    const rows = JSON.stringify(write.rows);
    const body = `${sql}\n-- $1: ${rows}`;
    await recordedWrite(this.#context, { scheme: 'postgres', port: PORT, body }, async () => {
      const { rowCount } = await this.#run(sql, [rows]);
      return rowCount;
    });
  }

  async #run(sql: string, values: readonly string[]): Promise<pg.QueryResult> {
    const { signal } = this.#context;
    try {
      const client = await (await pool(this.#context)).connect();
      // One that is cut off is in the midst of something, and of no use to others.
      let isCut = false;
      const lost = () => {
        isCut = true;
      };
      const cut = () => {
        isCut = true;
        void client.end().catch(() => {});
      };
      client.on('error', lost);
      signal.addEventListener('abort', cut, { once: true });
      try {
        signal.throwIfAborted();
        return await client.query(sql, [...values]);
      } finally {
        signal.removeEventListener('abort', cut);
        client.off('error', lost);
        client.release(isCut);
      }
    } catch (error) {
      throw failureOf(error);
    }
  }
}

/** PostgreSQL itself reads the rows from JSON, each value as the type of its column. */
function insertSql({ table, columns, keys }: TableWrite): string {
  const names = columns.map(quoted).join(', ');
  const others = columns.filter((name) => !keys.includes(name));
  const changes = others.map((name) => `${quoted(name)} = EXCLUDED.${quoted(name)}`).join(', ');
  const conflict = (keys.length > 0 ? keys : [DELIVERY_KEY]).map(quoted).join(', ');
  return `INSERT INTO ${quotedTable(table)} (${names}) SELECT ${names} FROM json_populate_recordset(NULL::${quotedTable(table)}, $1)
ON CONFLICT (${conflict}) DO ${keys.length > 0 && changes !== '' ? `UPDATE SET ${changes}` : 'NOTHING'}`;
}

function quotedTable(table: TableName): string {
  return table.map(quoted).join('.');
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Classes 22 and 23 are of values: out of range, of another type, against a constraint. */
const OF_VALUES = /^2[23]...$/;

function failureOf(error: unknown): unknown {
  if (error instanceof SendFailure) return error;
  const { code = 'connection_failed', message = String(error) } = error as {
    code?: string;
    message?: string;
  };
  if (OF_VALUES.test(code)) return new RowsRefused(message, { cause: error });
  const known = /^28...$/.test(code) ? 'auth_failed' : code === '42P10' ? 'table_unfit' : undefined;
  const name = known ?? (/^[0-9A-Z]{5}$/.test(code) ? `postgres_${code}` : 'connection_failed');
  const hint =
    code === '42P10' ? ' The table needs a unique index on exactly the key columns, or on delivery_key.' : '';
  // Whatever else it is, a person can mend it there, and then what waits goes out.
  return new SendFailure(
    { code: name, message: `PostgreSQL says: ${message}.${hint}`, retry: true },
    { cause: error },
  );
}
