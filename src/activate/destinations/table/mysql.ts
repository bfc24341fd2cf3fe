/** Rows in tables of MySQL and MariaDB. */

import { connect as connectSocket, isIP } from 'node:net';
import mysql from 'mysql2/promise';
import type { JsonObject, JsonValue } from '../../../core/json.js';
import { type ColumnType, DELIVERY_KEY } from '../../../core/rows/column-types.js';
import type { DestinationKind, SendContext } from '../destination.js';
import { SendFailure } from '../destination.js';
import { requiredText, textOf } from '../read-values.js';
import { databaseSettings } from './database-settings.js';
import { keptOpen } from './kept-open.js';
import { insertSql, missingSql, mysqlValue, quoted, quotedTable } from './mysql-sql.js';
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

const PORT = 3306;
const CONNECT_MS_MAX = 10_000;
const IDLE_MS_MAX = 30_000;
/** A statement of the protocol takes 65,535 at most. */
const PLACEHOLDERS_MAX = 60_000;
/** Statements that a connection keeps ready: each number of rows is one of its own. */
const PREPARED_MAX = 50;

const TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'LONGTEXT',
  number: 'DOUBLE',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  datetime: 'DATETIME(3)',
  json: 'JSON',
};
/** Of a key, which an index takes only so long. */
const KEY_TEXT = 'VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin';

/** Values are refused rather than cut, and times are UTC, whatever the server is set to. */
const SESSION = `SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO', time_zone = '+00:00'`;

const pool = keptOpen(
  (settings, address) => {
    const host = requiredText(settings, 'host');
    if (settings.tls !== false && isIP(host) !== 0) throw noName();
    const ca = textOf(settings, 'certificateAuthority');
    const port = Number(settings.port ?? PORT);
    return mysql.createPool({
      host,
      // The certificate must be that of the name, although it is the address that is connected to.
      stream: () => connectSocket(port, address),
      database: requiredText(settings, 'database'),
      user: requiredText(settings, 'user'),
      password: textOf(settings, 'password') ?? '',
      ...(settings.tls === false
        ? {}
        : { ssl: { verifyIdentity: true, ...(ca === undefined ? {} : { ca }) } }),
      connectionLimit: Number(settings.connectionsMax ?? 4),
      maxIdle: 1,
      idleTimeout: IDLE_MS_MAX,
      connectTimeout: CONNECT_MS_MAX,
      maxPreparedStatements: PREPARED_MAX,
      charset: 'utf8mb4',
      timezone: 'Z',
      multipleStatements: false,
      // A server must not ask for files of this machine.
      flags: ['-LOCAL_FILES'],
    });
  },
  (former) => void former.end().catch(() => {}),
);

/** The driver would want the certificate of "localhost" then. */
function noName(): SendFailure {
  const message = 'With TLS the setting "host" must be a name, which the certificate of the server has.';
  return new SendFailure({ code: 'settings_invalid', message, retry: false });
}

/** `mysql`. */
export const mysqlKind: DestinationKind = {
  kind: 'mysql',
  title: 'MySQL',
  description: 'Writes rows into tables of a MySQL or MariaDB database.',
  docsUrl: 'https://dev.mysql.com/doc/refman/8.4/en/insert-on-duplicate.html',
  categories: ['database'],
  channel: 'other',
  settings: databaseSettings(PORT),
  actions: {
    append: appendAction((context) => new MysqlTables(context)),
    upsert: upsertAction((context) => new MysqlTables(context)),
  },
  presets: [EVERY_EVENT, MEMBERS, snapshots('append')],
  async test(context) {
    await new MysqlTables(context).knock();
  },
};

/** What answers: rows of a question, or a head that says how many it changed. */
type Run = (sql: string, values: readonly (string | number | boolean | null)[]) => Promise<JsonObject[]>;

class MysqlTables implements TableStore {
  readonly #context: SendContext;

  constructor(context: SendContext) {
    this.#context = context;
  }

  async knock(): Promise<void> {
    await this.#connected((run) => run('SELECT 1', []));
  }

  async columns(table: TableName, keys: readonly string[]): Promise<ColumnsThere | undefined> {
    const named =
      table.length === 2 ? [...table] : [requiredText(this.#context.settings, 'database'), table[0]];
    return await this.#connected(async (run) => {
      const rows = await run(COLUMNS_SQL, named);
      if (rows.length === 0) return undefined;
      if (keys.length > 0) checkUnique(await run(UNIQUE_SQL, named), keys, table);
      return new Map(rows.map((row) => [String(row.name), String(row.type)]));
    });
  }

  async create(table: TableName, columns: ColumnsWished, keys: readonly string[]): Promise<void> {
    const key = keys.length > 0 ? keys : [DELIVERY_KEY];
    const defined = [...columns].map(([name, type]) => {
      const isKeyText = key.includes(name) && (type === 'text' || type === 'json');
      return `${quoted(name)} ${isKeyText ? KEY_TEXT : TYPES[type]}`;
    });
    const primary = `PRIMARY KEY (${key.map(quoted).join(', ')})`;
    const sql = `CREATE TABLE IF NOT EXISTS ${quotedTable(table)} (${defined.join(', ')}, ${primary}) CHARACTER SET utf8mb4`;
    await this.#connected((run) => run(sql, []));
  }

  async add(table: TableName, columns: ColumnsWished): Promise<void> {
    const added = [...columns].map(([name, type]) => `ADD COLUMN ${quoted(name)} ${TYPES[type]}`).join(', ');
    await this.#connected((run) => run(`ALTER TABLE ${quotedTable(table)} ${added}`, []));
  }

  async write(write: TableWrite): Promise<void> {
    const body = `${insertSql(write, 1)}\n-- ${JSON.stringify(write.rows)}`;
    await recordedWrite(this.#context, { scheme: 'mysql', port: PORT, body }, () =>
      this.#connected((run) => writeWithin(run, write)),
    );
  }

  async #connected<Result>(work: (run: Run) => Promise<Result>): Promise<Result> {
    const { signal } = this.#context;
    try {
      const connection = await (await pool(this.#context)).getConnection();
      const cut = () => connection.destroy();
      signal.addEventListener('abort', cut, { once: true });
      try {
        signal.throwIfAborted();
        await connection.query(SESSION);
        const result = await work(async (sql, values) => {
          const [rows] = await connection.execute(sql, [...values]);
          return (Array.isArray(rows) ? rows : []) as JsonObject[];
        });
        connection.release();
        return result;
      } catch (error) {
        // It may be in the midst of a transaction.
        connection.destroy();
        throw error;
      } finally {
        signal.removeEventListener('abort', cut);
      }
    } catch (error) {
      throw failureOf(error);
    }
  }
}

const COLUMNS_SQL = `SELECT column_name AS name, data_type AS type FROM information_schema.columns
WHERE table_schema = ? AND table_name = ?`;
/** The unique indexes, each as the names of its columns. */
const UNIQUE_SQL = `SELECT JSON_ARRAYAGG(column_name) AS columns FROM information_schema.statistics
WHERE table_schema = ? AND table_name = ? AND non_unique = 0 GROUP BY index_name`;

/** Without such an index MySQL would add a row each time, and say nothing. */
function checkUnique(indexes: readonly JsonObject[], keys: readonly string[], table: TableName): void {
  const wanted = [...keys].sort().join('\0');
  const isThere = indexes.some(({ columns }) => {
    const names: unknown = typeof columns === 'string' ? JSON.parse(columns) : columns;
    return Array.isArray(names) && names.map(String).sort().join('\0') === wanted;
  });
  if (isThere) return;
  const message = `The table ${table.join('.')} needs a unique index on exactly the key columns: ${keys.join(', ')}.`;
  throw new SendFailure({ code: 'table_unfit', message, retry: true });
}

/** Rows that are added look first which are there: MySQL's own way to pass over them passes over any other error, too. */
async function writeWithin(run: Run, write: TableWrite): Promise<number> {
  const { rows, columns, keys, types } = write;
  await run('START TRANSACTION', []);
  const wanted = keys.length > 0 ? rows : await notThere(run, write);
  const atOnce = Math.max(1, Math.floor(PLACEHOLDERS_MAX / columns.length));
  for (let start = 0; start < wanted.length; start += atOnce) {
    const part = wanted.slice(start, start + atOnce);
    const values = part.flatMap((row) => columns.map((name) => mysqlValue(row[name], types.get(name))));
    await run(insertSql(write, part.length), values);
  }
  await run('COMMIT', []);
  return wanted.length;
}

async function notThere(run: Run, { table, rows }: TableWrite): Promise<readonly JsonObject[]> {
  const asked = rows.map((row) => String(row[DELIVERY_KEY]));
  const found = await run(missingSql(table, asked.length), asked);
  const there = new Set<JsonValue | undefined>(found.map((row) => row[DELIVERY_KEY]));
  return rows.filter((row) => !there.has(row[DELIVERY_KEY]));
}

/** Errors of values: SQLSTATE classes 22 and 23, and those that have none of their own. */
const OF_VALUES = /^2[23]...$/;
const OF_VALUES_CODES = new Set([
  'ER_TRUNCATED_WRONG_VALUE_FOR_FIELD',
  'ER_WARN_DATA_OUT_OF_RANGE',
  'WARN_DATA_TRUNCATED',
  'ER_INVALID_JSON_TEXT',
  'ER_TRUNCATED_WRONG_VALUE',
  'ER_CONSTRAINT_FAILED',
  'ER_CHECK_CONSTRAINT_VIOLATED',
]);
const NOT_LET_IN = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_NOT_SUPPORTED_AUTH_MODE',
]);

function failureOf(error: unknown): unknown {
  if (error instanceof SendFailure) return error;
  const {
    code = '',
    sqlState = '',
    message = String(error),
  } = error as {
    code?: string;
    sqlState?: string;
    message?: string;
  };
  if (OF_VALUES.test(sqlState) || OF_VALUES_CODES.has(code))
    return new RowsRefused(message, { cause: error });
  const name = NOT_LET_IN.has(code)
    ? 'auth_failed'
    : code.startsWith('ER_')
      ? `mysql_${code.slice(3).toLowerCase()}`
      : 'connection_failed';
  // Whatever else it is, a person can mend it there, and then what waits goes out.
  return new SendFailure({ code: name, message: `MySQL says: ${message}.`, retry: true }, { cause: error });
}
