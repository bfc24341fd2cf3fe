import { allowedFunctions, type KnownFunction } from '../../core/console/allowed-functions.js';
import { bindParams } from '../../core/console/bind-params.js';
import { checkQuery, type ReadQuery, readQuery } from '../../core/console/check-query.js';
import { CONSOLE_TABLES } from '../../core/console/console-tables.js';
import { TributaryError } from '../../core/errors.js';
import { type ClickHouseTable, isRefusal } from '../../engines/clickhouse.js';
import type { Analyst } from './analyst.js';

/** What somebody asks. */
export interface ConsoleQuery {
  readonly sql: string;
  /** For `{name:Type}`. */
  readonly params: Readonly<Record<string, unknown>>;
  /** Rows; further ones are left out. */
  readonly limit: number;
}

/** Its answer: columns, and rows in their order. */
export interface ConsoleAnswer extends ClickHouseTable {
  /** There were more rows than `limit`. */
  readonly truncated: boolean;
}

/** A table that may be read. */
export interface ShownTable {
  readonly name: string;
  readonly description: string;
  readonly columns: ReadonlyArray<{
    readonly name: string;
    readonly type: string;
    readonly description: string;
  }>;
}

const FUNCTIONS = `
  SELECT name, alias_to AS aliasTo, categories, origin::String AS origin, case_insensitive AS caseInsensitive, is_aggregate AS isAggregate
  FROM system.functions`;
const EXISTING = 'SELECT name FROM system.tables WHERE database = currentDatabase()';
const COLUMNS = `
  SELECT table, name, type FROM system.columns
  WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND default_kind != 'MATERIALIZED' ORDER BY table, position`;
const TABLES = new Set(Object.keys(CONSOLE_TABLES));

/**
 * Runs the queries that people write. The embedded engine runs with all rights of this process and has no users, so what a query may do is decided
 * here, before it runs: ClickHouse prints it anew and tells how it reads it, and both are checked (`core/console/check-query.ts`). What is checked
 * is what then runs. The connection's own limits hold for time, memory and size.
 */
export class QueryConsole {
  readonly #analyst: Analyst;
  #mayCall: Promise<(name: string) => boolean> | undefined;

  constructor(analyst: Analyst) {
    this.#analyst = analyst;
  }

  /**
   * @throws TributaryError `query_invalid` when ClickHouse cannot read or run it, `query_forbidden` when it does what it must not,
   * `query_too_costly` when it hits a limit.
   */
  async run({ sql, params, limit }: ConsoleQuery): Promise<ConsoleAnswer> {
    const query = await this.#read(sql);
    const own = bindParams(query.params, params);
    await this.#check(query, own);
    const bounded = `SELECT * FROM (\n${query.sql}\n) LIMIT ${limit + 1}`;
    const { columns, rows } = await orInvalid(() => this.#analyst.table({ sql: bounded, params: own }));
    return { columns, rows: rows.slice(0, limit), truncated: rows.length > limit };
  }

  /** The tables that may be read, with what is known of their columns. */
  async schema(): Promise<ShownTable[]> {
    const columns = await this.#analyst.rows<{ table: string; name: string; type: string }>({
      sql: COLUMNS,
      params: { tables: [...TABLES] },
    });
    return Object.entries(CONSOLE_TABLES).map(([table, { description, columns: described }]) => ({
      ...{ name: table, description },
      columns: columns
        .filter((column) => column.table === table)
        .map(({ name, type }) => ({ name, type, description: described[name] ?? '' })),
    }));
  }

  /** The query as ClickHouse prints it: one statement, without comments. */
  async #read(sql: string): Promise<ReadQuery> {
    const [row] = await orInvalid(() =>
      this.#analyst.rows<{ printed: string }>({
        sql: 'SELECT formatQuery({sql:String}) AS printed',
        params: { sql },
      }),
    );
    return readQuery(row?.printed ?? '');
  }

  async #check(query: ReadQuery, params: Readonly<Record<string, unknown>>): Promise<void> {
    const { rows } = await orInvalid(() => this.#analyst.table({ sql: `EXPLAIN AST ${query.sql}`, params }));
    const existing = await this.#analyst.rows<{ name: string }>({ sql: EXISTING, params: {} });
    checkQuery(
      query,
      rows.map(([line]) => String(line)),
      {
        tables: TABLES,
        existing: new Set(existing.map(({ name }) => name)),
        mayCall: await this.#functions(),
      },
    );
  }

  async #functions(): Promise<(name: string) => boolean> {
    this.#mayCall ??= this.#askFunctions();
    try {
      return await this.#mayCall;
    } catch (error) {
      this.#mayCall = undefined;
      throw error;
    }
  }

  async #askFunctions(): Promise<(name: string) => boolean> {
    const known = await this.#analyst.rows<KnownFunction>({ sql: FUNCTIONS, params: {} });
    const tables = await this.#analyst.rows<{ name: string }>({
      sql: 'SELECT name FROM system.table_functions',
      params: {},
    });
    return allowedFunctions(
      known,
      tables.map(({ name }) => name),
    );
  }
}

/** What ClickHouse refuses is told to whoever asked it. */
async function orInvalid<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    if (cause instanceof TributaryError || !isRefusal(cause)) throw cause;
    throw new TributaryError('query_invalid', toldOf((cause as Error).message), { cause });
  }
}

/** The part of ClickHouse's message that is about the query. */
function toldOf(message: string): string {
  const plain = message.replaceAll(/Code: \d+\. DB::\w*Exception: /g, '').replace(/ \(version [^)]*\)/g, '');
  return plain.split(/: In scope |: while executing/)[0] ?? plain;
}
