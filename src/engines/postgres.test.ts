import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.js';
import {
  byteaArray,
  float8Array,
  int4Array,
  int8Array,
  openPool,
  openPostgres,
  textArray,
  uuidArray,
} from './postgres.js';

let dir: string;
let server: EmbeddedPostgres;
let client: Client;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pg-'));
  server = await startEmbeddedPostgres({ dir: join(dir, 'pg'), onExit: () => {} });
  client = await openPostgres(server.connection, { name: 'test' });
});
afterAll(async () => {
  await client.end();
  await server.stop();
  await rm(dir, { recursive: true, force: true });
});

/** What PostgreSQL makes of an array: its elements, each through `map` (SQL over `v`). */
async function elements(type: string, array: Buffer, map = 'v'): Promise<unknown[]> {
  const sql = `SELECT ${map} AS v FROM unnest($1::${type}[]) WITH ORDINALITY AS t(v, i) ORDER BY i`;
  const { rows } = await client.query<{ v: unknown }>(sql, [array]);
  return rows.map((row) => row.v);
}

const UUID = '0190f7c1-7c5e-7a3b-9d2e-0123456789ab';

describe('binary arrays reach PostgreSQL as they are', () => {
  it('text: any Unicode, empty, null, large', async () => {
    const large = 'ß€😀'.repeat(200_000);
    const values = [
      '',
      'plain',
      null,
      '{"a":"b\\"c,d"}',
      'ünïcödé 漢字 😀',
      'NULL',
      ' tab\tnewline\n',
      large,
      Buffer.from('bytes ä'),
    ];
    expect(await elements('text', textArray(values))).toEqual(
      values.map((v) => (Buffer.isBuffer(v) ? 'bytes ä' : v)),
    );
    expect(await elements('text', textArray(['\ud800x']))).toEqual(['\ufffdx']);
  });

  it('jsonb and enums through text', async () => {
    expect(await elements('text', textArray(['{"a":[1,null]}']), 'v::jsonb')).toEqual([{ a: [1, null] }]);
  });

  it('empty arrays of each type', async () => {
    const arrays = {
      text: textArray([]),
      bytea: byteaArray([]),
      uuid: uuidArray([]),
      int8: int8Array([]),
      int4: int4Array([]),
      float8: float8Array([]),
    };
    for (const [type, array] of Object.entries(arrays)) {
      const { rows } = await client.query(
        `SELECT $1::${type}[] = '{}' AS empty, cardinality($1::${type}[]) AS n`,
        [array],
      );
      expect(rows).toEqual([{ empty: true, n: 0 }]);
    }
  });

  it('only nulls', async () => {
    expect(await elements('uuid', uuidArray([null, null]))).toEqual([null, null]);
  });

  it('bytea', async () => {
    const values = [Buffer.alloc(0), null, Buffer.from([0, 255, 92, 39]), Buffer.alloc(10_000, 7)];
    expect(await elements('bytea', byteaArray(values))).toEqual(values);
  });

  it('uuid, from text and from bytes', async () => {
    const bytes = Buffer.from(UUID.replaceAll('-', ''), 'hex');
    expect(await elements('uuid', uuidArray([UUID, null, bytes, UUID.toUpperCase()]))).toEqual([
      UUID,
      null,
      UUID,
      UUID,
    ]);
  });

  it.each(['', 'x', UUID.slice(1), `${UUID}0`, UUID.replace('a', 'g'), Buffer.alloc(15)])(
    'refuses %j as a uuid',
    (value) => {
      expect(() => uuidArray([value])).toThrow(RangeError);
    },
  );

  it('int8: to the ends of numbers and of bigints', async () => {
    const { MAX_SAFE_INTEGER: max, MIN_SAFE_INTEGER: min } = Number;
    const numbers = [0, 1, -1, 2 ** 32 - 1, 2 ** 32, -(2 ** 32), -(2 ** 32) - 1, -(2 ** 31), max, min, null];
    expect(await elements('int8', int8Array(numbers))).toEqual(numbers);
    const ends = [2n ** 63n - 1n, -(2n ** 63n)];
    expect(await elements('int8', int8Array(ends), 'v::text')).toEqual(ends.map(String));
    for (const bad of [1.5, Number.NaN, 2 ** 53]) expect(() => int8Array([bad])).toThrow(RangeError);
  });

  it('int4', async () => {
    const numbers = [0, -1, 2 ** 31 - 1, -(2 ** 31), null];
    expect(await elements('int4', int4Array(numbers))).toEqual(numbers);
    for (const bad of [1.5, 2 ** 31, Number.NaN]) expect(() => int4Array([bad])).toThrow(RangeError);
  });

  it('float8', async () => {
    const numbers = [0, -0.1, Number.MAX_VALUE, 5e-324, Number.NaN, Number.POSITIVE_INFINITY, null];
    expect(await elements('float8', float8Array(numbers))).toEqual(numbers);
  });

  it('100,000 elements', async () => {
    const values = Array.from({ length: 100_000 }, (_, i) => `user-${i}`);
    const { rows } = await client.query('SELECT count(*) AS n, max(v) AS last FROM unnest($1::text[]) AS v', [
      textArray(values),
    ]);
    expect(rows).toEqual([{ n: 100_000, last: 'user-99999' }]);
  });
});

describe('openPostgres', () => {
  it('reads int8 as a number, exactly or not at all', async () => {
    const { rows } = await client.query(
      `SELECT 9007199254740991::int8 AS a, '{1,NULL,-3}'::int8[] AS b, '\\x00ff'::bytea AS c`,
    );
    expect(rows).toEqual([{ a: Number.MAX_SAFE_INTEGER, b: [1, null, -3], c: Buffer.from([0, 255]) }]);
    await expect(client.query('SELECT 9007199254740993::int8')).rejects.toThrow(/9007199254740993/);
    expect((await client.query('SELECT 1::int8 AS one')).rows).toEqual([{ one: 1 }]);
  });

  it('pipelines: a failure costs its own statement, not the next', async () => {
    const answers = await Promise.allSettled([
      client.query('SELECT 1 AS n'),
      client.query('SELECT 1/0'),
      client.query({ name: 'three', text: 'SELECT $1::int AS n', values: [3] }),
    ]);
    expect(answers.map((a) => (a.status === 'fulfilled' ? a.value.rows : a.reason.code))).toEqual([
      [{ n: 1 }],
      '22012',
      [{ n: 3 }],
    ]);
  });

  it('names itself, and takes a URL', async () => {
    const { host, user, database } = server.connection;
    const other = await openPostgres(`postgres://${user}@/${database}?host=${encodeURIComponent(host)}`, {
      name: 'by-url',
    });
    expect((await other.query('SHOW application_name')).rows).toEqual([{ application_name: 'by-url' }]);
    await other.end();
  });

  it('survives the loss of a connection: the pool opens another', async () => {
    const pool = openPool(server.connection, { name: 'pool', max: 1 });
    await pool.query('SELECT 1');
    await client.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pool'",
    );
    await expect
      .poll(() =>
        pool.query('SELECT 2 AS n').then(
          (r) => r.rows,
          () => [],
        ),
      )
      .toEqual([{ n: 2 }]);
    await pool.end();
  });

  it('sorts by bytes and knows the cases of letters', async () => {
    const { rows } = await client.query(
      `SELECT string_agg(v, '' ORDER BY v) AS sorted, lower('ÄÉ') AS low FROM unnest('{a,B,ä,Z}'::text[]) AS v`,
    );
    expect(rows).toEqual([{ sorted: 'BZaä', low: 'äé' }]);
  });
});
