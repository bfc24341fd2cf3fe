import { afterAll, beforeAll, expect, test } from 'vitest';
import { type EventTables, openEventTables } from '../../../tests/support/event-tables.js';
import { type AskLimits, askWithinLimits } from './ask-within-limits.js';

let tables: EventTables;
beforeAll(async () => {
  tables = await openEventTables();
});
afterAll(() => tables.remove());

const ask = (sql: string, limits: Partial<AskLimits> = {}, params = {}) =>
  askWithinLimits(tables.clickhouse, sql, params, {
    secondsMax: 30,
    memoryBytesMax: 256 * 1024 ** 2,
    ...limits,
  });

test('a question that takes too long ends, with its time and the limit', async () => {
  await expect(ask('SELECT count() FROM system.numbers', { secondsMax: 1 })).rejects.toMatchObject({
    code: 'definition_too_costly',
    message: expect.stringMatching(/took (1\.\d+|over 1) seconds; at most 1 are allowed/),
  });
});

test('one that needs too much memory ends, with the figure and the limit', async () => {
  const sql = 'SELECT length(groupArray(number)) FROM numbers(50000000)';
  await expect(ask(sql, { memoryBytesMax: 64 * 1024 ** 2 })).rejects.toMatchObject({
    code: 'definition_too_costly',
    message: expect.stringMatching(/needs [\d.]+ [MG]iB of memory; at most 64 MiB are allowed/),
  });
});

test('one may be as long as a large definition makes it', async () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `p${index}${'_'.repeat(600)}`);
  const params = Object.fromEntries(names.map((name) => [name, name]));
  const differs = names.map((name) => `toString(number) != {${name}:String}`);
  const sql = `SELECT count() AS n FROM numbers(3) WHERE ${differs.join(' AND ')}`;
  expect(sql.length).toBeGreaterThan(512 * 1024);
  expect(await ask(sql, {}, params)).toEqual([{ n: 3 }]);
});

test('other faults stay what they are', async () => {
  await expect(ask('SELECT nothing')).rejects.not.toMatchObject({ code: 'definition_too_costly' });
});
