import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../core/json.js';
import { testContext, testItem } from '../../test-kit.js';
import { mysqlKind } from './mysql.js';
import { insertSql, missingSql, mysqlValue } from './mysql-sql.js';
import { tablesContract } from './tables.contract.js';

/** `mysql://user:password@host:port/database` of a server to try it on: there is none by npm. */
const url = process.env.TEST_MYSQL_URL;

describe('SQL of MySQL', () => {
  const write = {
    table: ['shop', 'or`ders'],
    columns: ['id', 'n'],
    rows: [],
    keys: ['id'],
    types: new Map(),
  } as const;

  test('quotes what people named, and binds what they wrote', () => {
    expect(insertSql(write, 2)).toBe(
      'INSERT INTO `shop`.`or``ders` (`id`, `n`) VALUES (?, ?), (?, ?) ON DUPLICATE KEY UPDATE `n` = VALUES(`n`)',
    );
    expect(insertSql({ ...write, keys: [] }, 1)).toBe(
      'INSERT INTO `shop`.`or``ders` (`id`, `n`) VALUES (?, ?)',
    );
    expect(insertSql({ ...write, columns: ['id'] }, 1)).toContain('UPDATE `id` = VALUES(`id`)');
    expect(missingSql(['t'], 2)).toBe('SELECT `delivery_key` FROM `t` WHERE `delivery_key` IN (?, ?)');
  });

  test.each([
    ['2026-03-01T09:30:00.25+01:00', 'datetime', '2026-03-01 08:30:00.250'],
    ['2026-03-01T09:30:00Z', 'timestamp', '2026-03-01 09:30:00.000'],
    ['2026-03-01', 'date', '2026-03-01'],
    ['2026-03-01T09:30:00Z', 'text', '2026-03-01T09:30:00Z'],
    ['a', 'json', '"a"'],
    [{ a: [1] }, 'longtext', '{"a":[1]}'],
    [true, 'tinyint', true],
    [null, 'text', null],
    [undefined, 'text', null],
  ])('%j for a column of %s is %j', (value, type, bound) => {
    expect(mysqlValue(value as never, type)).toBe(bound);
  });
});

test('an address has no certificate that could be checked', async () => {
  const settings = { host: '127.0.0.1', database: 'shop', user: 'u', tls: true };
  await expect(mysqlKind.test?.(testContext({ settings }))).rejects.toMatchObject({
    failure: { code: 'settings_invalid', retry: false },
  });
});

describe.skipIf(url === undefined)('a MySQL server (TEST_MYSQL_URL)', () => {
  const at = new URL(url ?? 'mysql://nobody@localhost/none');
  const settings = (): JsonObject => ({
    ...{ host: at.hostname, port: Number(at.port || 3306), database: at.pathname.slice(1) },
    ...{ user: at.username, password: at.password, tls: false },
  });
  let pool: mysql.Pool;
  const quoted = (name: string) => `\`${name.replaceAll('`', '``')}\``;
  beforeAll(() => {
    pool = mysql.createPool({ uri: url ?? '', timezone: 'Z' });
  });
  afterAll(() => pool.end());

  tablesContract({
    kind: mysqlKind,
    settings,
    hasUpsert: true,
    async make(table) {
      await pool.query(`CREATE TABLE ${quoted(table)} (id varchar(64) PRIMARY KEY, n integer)`);
    },
    async rows(table, orderBy) {
      const [rows] = await pool.query(`SELECT * FROM ${quoted(table)} ORDER BY ${quoted(orderBy)}`);
      return rows as unknown as JsonObject[];
    },
  });

  test('refuses what would be cut, and what breaks another index, and loses no other row by it', async () => {
    const table = `t_own_${process.pid}`;
    await pool.query(
      `CREATE TABLE ${table} (delivery_key varchar(64) PRIMARY KEY, email varchar(8) UNIQUE, n int)`,
    );
    const context = testContext({ settings: settings(), options: { table } });
    const row = (email: string, n: JsonObject['n']) => testItem({ row: { email, n: n ?? null } });
    const items = [row('a@b.cd', 1), row('a@b.cd', 2), row('too-long@b.cd', 3), row('c@d.ef', '2026')];
    const results = await mysqlKind.actions.append?.send(items, context);
    expect(results?.map(({ status }) => status)).toEqual(['delivered', 'failed', 'failed', 'delivered']);
    const [rows] = await pool.query(`SELECT email, n FROM ${table} ORDER BY n`);
    expect(rows).toEqual([
      { email: 'a@b.cd', n: 1 },
      { email: 'c@d.ef', n: 2026 },
    ]);
  });

  test('tells who is not let in', async () => {
    const context = testContext({ settings: { ...settings(), password: 'wrong' } });
    await expect(mysqlKind.test?.(context)).rejects.toMatchObject({
      failure: { code: 'auth_failed', retry: true },
    });
  });
});
