import { TributaryError } from '../core/errors.js';

/** A setting of one statement; `true` is 1. */
export type ClickHouseSettings = Readonly<Record<string, string | number | boolean>>;

/** What a SELECT answered, as a table. */
export interface ClickHouseTable {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: string }>;
  readonly rows: ReadonlyArray<readonly unknown[]>;
}

/** ClickHouse as the rest of the code sees it: embedded or a server, with the same SQL and the same errors. */
export interface ClickHouse {
  /**
   * Runs a SELECT without FORMAT. Parameters are bound where the SQL says `{name:Type}`.
   * 64-bit integers come as numbers (beyond 2^53 select `toString(x)`), times as ISO 8601 in UTC, NaN as null.
   */
  query<T>(
    sql: string,
    params?: Readonly<Record<string, unknown>>,
    settings?: ClickHouseSettings,
  ): Promise<T[]>;
  /** The same, when names and types of the columns are not known beforehand. Names may come twice; integers beyond 2^53 come as texts. */
  table(sql: string, params?: Readonly<Record<string, unknown>>): Promise<ClickHouseTable>;
  /** Runs a statement that answers no rows: DDL, ALTER, INSERT … SELECT. Resolves when it is done. Parameters as those of `query`. */
  command(
    sql: string,
    settings?: ClickHouseSettings,
    params?: Readonly<Record<string, unknown>>,
  ): Promise<void>;
  /**
   * Inserts one JSON object a line. A repeat of the same `token` into a table with
   * `non_replicated_deduplication_window` stores nothing.
   */
  insertJsonLines(
    table: string,
    body: Buffer,
    options?: { readonly token?: string; readonly settings?: ClickHouseSettings },
  ): Promise<void>;
  /**
   * Inserts what ClickHouse's Native format holds: blocks that name their columns and types, each stored as one. The same
   * token rule. The body must stay as it is until the promise settles.
   */
  insertNative(
    table: string,
    body: Buffer,
    options?: { readonly token?: string; readonly settings?: ClickHouseSettings },
  ): Promise<void>;
  /** Gives memory that is held but not used back to the system. Only the embedded engine has any of ours. */
  trim(): Promise<void>;
  /** Waits for what is running. */
  close(): Promise<void>;
}

/** Which ClickHouse, and how much of the machine it may take. */
export interface ClickHouseOptions {
  /** Address of a server, `http://user:password@host:8123/db`. Without it, the embedded engine at `path`. */
  readonly url?: string | undefined;
  /** Folder of the embedded engine; made if missing. One process at a time, any number of connections in it. */
  readonly path?: string | undefined;
  /** For the embedded engine as a whole; the first connection of a process decides. */
  readonly memoryBytesMax: number;
  /** For one statement of the embedded engine. */
  readonly threadsMax: number;
  /**
   * A reader may use half of the memory for one query, so that a large one cannot starve the writer. An analyst runs what people ask: it
   * cannot write, no setting can be changed, and each query has little memory and `ANALYST_SECONDS_MAX`.
   */
  readonly role: 'reader' | 'writer' | 'analyst';
}

/**
 * Opens a connection. An embedded one runs one statement at a time, in the order of the calls; open another to run
 * side by side. A running statement takes one of the four threads of Node's own pool, never the event loop.
 *
 * The embedded engine may be opened on worker threads too, with one rule: **a thread that opened it must not end while
 * another thread still uses it**. The addon closes every connection of the process when any thread that loaded it ends,
 * by return, exception or `terminate()`, and statements of the others then never settle. So close the main thread's
 * connections before a worker's thread ends, and end the process when such a worker fails.
 *
 * @throws TributaryError `engine_unavailable` when the engine cannot be opened, with a sentence that says how to mend.
 */
export async function openClickHouse(options: ClickHouseOptions): Promise<ClickHouse> {
  const { url, path } = options;
  // Loaded on use: the embedded engine is 500 MB of code, and the thread that loads it gets the rule above.
  if (url !== undefined)
    return (await import('./clickhouse-server.js')).openClickHouseServer(url, options.role);
  if (path !== undefined)
    return (await import('./clickhouse-embedded.js')).openEmbeddedClickHouse(path, options);
  throw new TributaryError(
    'config_invalid',
    'ClickHouse needs a url (CLICKHOUSE_URL) or a path (TRIBUTARY_DATA_DIR).',
  );
}

/**
 * ClickHouse's codes for "a row cannot be read or stored as what the table says". The same rows fail again.
 * Everything else may pass by itself (memory, disk, too many parts, network) or is a fault of ours (syntax, unknown
 * table), for which dropping a customer's row would be wrong.
 */
const DATA_ERRORS: ReadonlySet<number> = new Set([
  6, // CANNOT_PARSE_TEXT
  25, // CANNOT_PARSE_ESCAPE_SEQUENCE
  26, // CANNOT_PARSE_QUOTED_STRING
  27, // CANNOT_PARSE_INPUT_ASSERTION_FAILED
  32, // ATTEMPT_TO_READ_AFTER_EOF
  33, // CANNOT_READ_ALL_DATA
  38, // CANNOT_PARSE_DATE
  41, // CANNOT_PARSE_DATETIME
  53, // TYPE_MISMATCH
  69, // ARGUMENT_OUT_OF_BOUND
  70, // CANNOT_CONVERT_TYPE
  72, // CANNOT_PARSE_NUMBER
  117, // INCORRECT_DATA
  120, // CANNOT_INSERT_VALUE_OF_DIFFERENT_SIZE_INTO_TUPLE
  128, // TOO_LARGE_ARRAY_SIZE
  130, // CANNOT_READ_ARRAY_FROM_TEXT
  131, // TOO_LARGE_STRING_SIZE
  190, // SIZES_OF_ARRAYS_DONT_MATCH
  306, // TOO_DEEP_RECURSION
  321, // VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE
  349, // CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN
  376, // CANNOT_PARSE_UUID
  407, // DECIMAL_OVERFLOW
  441, // CANNOT_PARSE_DOMAIN_VALUE_FROM_STRING
  467, // CANNOT_PARSE_BOOL
  469, // VIOLATED_CONSTRAINT
  563, // CANNOT_READ_MAP_FROM_TEXT
  632, // UNEXPECTED_DATA_AFTER_PARSED_VALUE
  636, // CANNOT_EXTRACT_TABLE_STRUCTURE
  652, // ONLY_NULLS_WHILE_READING_SCHEMA
  675, // CANNOT_PARSE_IPV4
  676, // CANNOT_PARSE_IPV6
  691, // UNKNOWN_ELEMENT_OF_ENUM
]);

/** True when the rows are at fault, so that trying again is no use and a bad one must be found and put aside. */
export function isDataError(error: unknown): boolean {
  const code = clickHouseCode(error);
  return code !== undefined && DATA_ERRORS.has(code);
}

const LIMIT_ERRORS: ReadonlyMap<number, ExceededLimit> = new Map([
  [62, 'size'], // SYNTAX_ERROR: our SQL is sound, so its text was cut off at max_query_size
  [158, 'rows'], // TOO_MANY_ROWS
  [159, 'time'], // TIMEOUT_EXCEEDED
  [160, 'time'], // TOO_SLOW
  [167, 'size'], // TOO_DEEP_AST
  [168, 'size'], // TOO_BIG_AST
  [191, 'memory'], // SET_SIZE_LIMIT_EXCEEDED
  [241, 'memory'], // MEMORY_LIMIT_EXCEEDED
  [306, 'size'], // TOO_DEEP_RECURSION
  [307, 'rows'], // TOO_MANY_BYTES
  [396, 'rows'], // TOO_MANY_ROWS_OR_BYTES
]);

/** What a statement needed too much of. `size` is that of the statement itself. */
export type ExceededLimit = 'time' | 'memory' | 'rows' | 'size';

/** Which limit a statement ran into; undefined for any other error. */
export function exceededLimit(error: unknown): ExceededLimit | undefined {
  const code = clickHouseCode(error);
  return code === undefined ? undefined : LIMIT_ERRORS.get(code);
}

/** True when ClickHouse itself refused a statement: it answers, and would refuse it again. */
export function isRefusal(error: unknown): boolean {
  return clickHouseCode(error) !== undefined;
}

/** ClickHouse's own error code: a number of the embedded engine's errors, a text of the server client's. */
function clickHouseCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  const { clickhouseCode, code } = error as { clickhouseCode?: unknown; code?: unknown };
  if (typeof clickhouseCode === 'number') return clickhouseCode;
  return typeof code === 'string' && /^\d+$/.test(code) ? Number(code) : undefined;
}
