import { Client, type ClientConfig, Pool, types } from 'pg';

/** A PostgreSQL's address and sign-in, as an object: plain data, so that it can be handed to a worker thread. */
export interface PostgresAddress {
  /** Name or address of the host, or the folder of its Unix socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly ssl: false;
}

/** Where PostgreSQL is: an address (of the embedded one), or a URL as `DATABASE_URL` has it. */
export type PostgresConnection = PostgresAddress | string;

const CONNECT_MS_MAX = 10_000;
const KEEP_ALIVE_MS = 30_000;

const INT8 = 20;
const INT8_ARRAY = 1016;

/**
 * How columns are read: `int8` as a number, `int8[]` as numbers, all else as `pg` does (`bytea` is a Buffer).
 * Reading an integer beyond 2^53 throws, which fails the query: a wrong number would be worse.
 */
const TYPES: NonNullable<ClientConfig['types']> = {
  getTypeParser: ((oid: number, format: 'text' | 'binary') => {
    if (format === 'text' && oid === INT8) return safeInteger;
    const parse = types.getTypeParser(oid, format) as (text: string) => unknown;
    if (format === 'text' && oid === INT8_ARRAY) {
      return (text: string) =>
        (parse(text) as (string | null)[]).map((item) => (item === null ? null : safeInteger(item)));
    }
    return parse;
  }) as typeof types.getTypeParser,
};

/**
 * Opens one connection. Queries are sent without waiting for each other's answers (pipelining); they still run in
 * order. A lost connection shows in the queries that fail, and then in all later ones: open another.
 */
export async function openPostgres(
  connection: PostgresConnection,
  options: { name: string },
): Promise<Client> {
  const client = new Client(configOf(connection, options.name));
  client.on('error', () => {}); // told by the queries; unheard, it would end the process
  await client.connect();
  return client;
}

/**
 * A pool of such connections, opened when first used and kept. A lost one is replaced at its next use.
 * @param options.name shown in `pg_stat_activity`.
 * @param options.max most connections at once.
 */
export function openPool(connection: PostgresConnection, options: { name: string; max: number }): Pool {
  // Kept for good: they hold prepared statements, and there are few.
  const pool = new Pool({ ...configOf(connection, options.name), max: options.max, idleTimeoutMillis: 0 });
  pool.on('error', () => {}); // an idle connection was lost, and dropped
  // One that is lost in the moment in which it changes hands tells nobody else.
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

function configOf(connection: PostgresConnection, name: string): ClientConfig {
  return {
    ...(typeof connection === 'string' ? { connectionString: connection } : connection),
    application_name: name,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEP_ALIVE_MS,
    pipeline: true,
    types: TYPES,
  };
}

function safeInteger(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value)) return value;
  throw new RangeError(`The integer ${text} is beyond what a JavaScript number holds exactly.`);
}

/*
 * Arrays in PostgreSQL's binary form: `pg` sends a Buffer in binary, so `unnest($1::text[])` gets a real array without
 * either side quoting, escaping or parsing text. Form: number of dimensions, whether there are nulls, the element's
 * type; then size and lower bound; then each element's length (-1 for null) and bytes.
 */
const HEADER_BYTES = 20;
const OID = { bytea: 17, int8: INT8, int4: 23, text: 25, float8: 701, uuid: 2950 } as const;
const TWO_32 = 2 ** 32;

/** `text[]`. Buffers hold UTF-8. PostgreSQL refuses NUL characters; lone surrogates become U+FFFD. */
export function textArray(values: readonly (string | Buffer | null)[]): Buffer {
  return variableArray(OID.text, values);
}

/** `bytea[]`. */
export function byteaArray(values: readonly (Buffer | null)[]): Buffer {
  return variableArray(OID.bytea, values);
}

/** `bytea[]`, of pieces that lie one after the other. @param ends where each of them ends. */
export function byteaPieces({ bytes, ends }: { bytes: Buffer; ends: readonly number[] }): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + ends.length * 4 + bytes.length);
  let at = HEADER_BYTES;
  let from = 0;
  for (const end of ends) {
    at = buffer.writeInt32BE(end - from, at);
    at += bytes.copy(buffer, at, from, end);
    from = end;
  }
  return withHeader(buffer, OID.bytea, ends, at);
}

/** `uuid[]`, from the usual text or 16 bytes. @throws RangeError for anything else. */
export function uuidArray(values: readonly (string | Buffer | null)[]): Buffer {
  return fixedArray(OID.uuid, 16, values, (buffer, value, at) => {
    const written =
      typeof value === 'string'
        ? buffer.write(value.replaceAll('-', ''), at, 16, 'hex')
        : value.copy(buffer, at, 0, 16);
    if (written !== 16 || value.length !== (typeof value === 'string' ? 36 : 16)) {
      throw new RangeError(`${JSON.stringify(value)} is not a UUID.`);
    }
  });
}

/** `int8[]`. @throws RangeError for a number that is no integer or is beyond 2^53: pass it as a bigint. */
export function int8Array(values: readonly (number | bigint | null)[]): Buffer {
  return fixedArray(OID.int8, 8, values, (buffer, value, at) => {
    if (typeof value === 'bigint') {
      buffer.writeBigInt64BE(value, at);
      return;
    }
    if (!Number.isSafeInteger(value))
      throw new RangeError(`${value} is not an integer that a number holds exactly.`);
    buffer.writeInt32BE(Math.floor(value / TWO_32), at);
    buffer.writeUInt32BE(value >>> 0, at + 4);
  });
}

/** `int4[]`. @throws RangeError for a number that is no integer or does not fit 32 bits. */
export function int4Array(values: readonly (number | null)[]): Buffer {
  return fixedArray(OID.int4, 4, values, (buffer, value, at) => {
    if (!Number.isInteger(value)) throw new RangeError(`${value} is not an integer.`);
    buffer.writeInt32BE(value, at);
  });
}

/** `float8[]`; NaN and the infinities included. */
export function float8Array(values: readonly (number | null)[]): Buffer {
  return fixedArray(OID.float8, 8, values, (buffer, value, at) => buffer.writeDoubleBE(value, at));
}

function fixedArray<T>(
  oid: number,
  width: number,
  values: readonly (T | null)[],
  write: (buffer: Buffer, value: T, at: number) => void,
): Buffer {
  const buffer = Buffer.allocUnsafe(HEADER_BYTES + values.length * (4 + width));
  let at = HEADER_BYTES;
  for (const value of values) {
    at = buffer.writeInt32BE(value === null ? -1 : width, at);
    if (value === null) continue;
    write(buffer, value, at);
    at += width;
  }
  return withHeader(buffer, oid, values, at);
}

function variableArray(oid: number, values: readonly (string | Buffer | null)[]): Buffer {
  let bytesMax = HEADER_BYTES + values.length * 4;
  // No UTF-16 unit takes more than three bytes of UTF-8; a bound is cheaper than measuring each text twice.
  for (const value of values)
    bytesMax += value === null ? 0 : typeof value === 'string' ? value.length * 3 : value.length;
  const buffer = Buffer.allocUnsafe(bytesMax);
  let at = HEADER_BYTES;
  for (const value of values) {
    const bytes =
      value === null
        ? -1
        : typeof value === 'string'
          ? buffer.write(value, at + 4)
          : value.copy(buffer, at + 4);
    buffer.writeInt32BE(bytes, at);
    at += 4 + Math.max(bytes, 0);
  }
  return withHeader(buffer, oid, values, at);
}

function withHeader(buffer: Buffer, oid: number, values: readonly unknown[], end: number): Buffer {
  const empty = values.length === 0;
  buffer.writeInt32BE(empty ? 0 : 1, 0);
  buffer.writeInt32BE(values.includes(null) ? 1 : 0, 4);
  buffer.writeInt32BE(oid, 8);
  buffer.writeInt32BE(values.length, 12);
  buffer.writeInt32BE(1, 16);
  return buffer.subarray(0, empty ? 12 : end);
}
