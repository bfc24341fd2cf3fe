import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openS3Door, type S3Door } from '../../../../tests/support/s3-door.js';
import type { JsonObject } from '../../../core/json.js';
import { testContext, testItem } from '../../test-kit.js';
import { s3 } from './s3.js';

let door: S3Door;
beforeAll(async () => {
  door = await openS3Door({ AKIATEST: 'a/secret+key' }, ['exports']);
});
afterAll(() => door.close());
beforeEach(() => {
  door.objects.clear();
  door.trouble = undefined;
});

const settings = (more: JsonObject = {}) => ({
  ...{ bucket: 'exports', region: 'eu-central-1', endpoint: door.endpoint },
  ...{ accessKeyId: 'AKIATEST', secretAccessKey: 'a/secret+key' },
  ...more,
});
const contextOf = (options: JsonObject = {}, more: JsonObject = {}) =>
  testContext({ settings: settings(more), options, answer: (request) => fetch(request) });
const write = async (items: ReturnType<typeof testItem>[], context: ReturnType<typeof testContext>) =>
  await s3.actions.write?.send(items, context);
const stored = () => [...door.objects].map(([name, { content }]) => [name, content.toString()] as const);
const items = (...ns: number[]) => ns.map((n) => testItem({ row: { n } }));

test('puts a batch, signed, under a name with its date; a repeat of the batch changes nothing', async () => {
  const context = contextOf({ name: 'shop & co/{date}/{hour}-{batch}' }, { prefix: 'a(b)/ü' });
  const batch = items(1, 2);
  for (let n = 0; n < 2; n++) {
    expect(await write(batch, context)).toEqual([{ status: 'delivered' }, { status: 'delivered' }]);
  }
  const [[name, content] = ['', ''], ...others] = stored();
  expect(others).toEqual([]);
  expect(name).toMatch(/^exports\/a\(b\)\/ü\/shop & co\/2026-03-01\/12-[0-9a-f]{32}\.jsonl$/);
  expect(content).toBe(batch.map(({ key }, n) => `{"delivery_key":"${key}","n":${n + 1}}\n`).join(''));
});

test('has each row in one object, in whatever company it comes again', async () => {
  const [a, b, c, d] = items(1, 2, 3, 4) as [never, never, never, never];
  const context = contextOf();
  door.trouble = 'stored, and then no answer';
  await expect(write([a, b, c], context)).rejects.toThrow();
  door.trouble = 503;
  await expect(write([d], context)).rejects.toMatchObject({ failure: { code: 'http_503', retry: true } });
  door.trouble = undefined;
  // Other settings in memory, the same values that outlive the process: so it is after a restart.
  const restarted = { ...context, settings: settings() };
  await write([b, d], restarted);
  await write([c, a], restarted);
  const rows = stored().flatMap(([, content]) => content.trim().split('\n'));
  expect(rows.map((row) => (JSON.parse(row) as JsonObject).n).sort()).toEqual([1, 2, 3, 4]);
  expect([...door.objects.values()].every(({ times }) => times === 1)).toBe(true);
});

test('compresses, and names what it is', async () => {
  await write(items(1), contextOf({ format: 'csv', gzip: true, columns: ['n', 'other'] }));
  const [[name, object] = ['', undefined]] = door.objects;
  expect(name).toMatch(/\.csv\.gz$/);
  expect(object?.type).toBe('application/gzip');
  expect(gunzipSync(object?.content ?? '').toString()).toBe('n,other\r\n1,\r\n');
});

test('that does not let us in, or has no such bucket, is told so, and what waits goes out later', async () => {
  await expect(s3.test?.(contextOf())).resolves.toBeUndefined();
  const stranger = contextOf({}, { secretAccessKey: 'another' });
  await expect(s3.test?.(stranger)).rejects.toMatchObject({ failure: { code: 'http_403', retry: true } });
  await expect(write(items(1), stranger)).rejects.toThrow('SignatureDoesNotMatch');
  const nowhere = contextOf({}, { bucket: 'nowhere' });
  await expect(write(items(1), nowhere)).rejects.toMatchObject({
    failure: { code: 'http_404', retry: true },
  });
});

test('stands in the host, where the store is of AWS', async () => {
  const { endpoint: _, ...others } = settings();
  const context = testContext({ settings: others, options: { name: '{batch}' }, dryRun: true });
  await write(items(1), context);
  expect(context.requests.map(({ method, url }) => `${method} ${url}`)).toEqual([
    expect.stringMatching(/^PUT https:\/\/exports\.s3\.eu-central-1\.amazonaws\.com\/[0-9a-f]{32}\.jsonl$/),
  ]);
});

test('leads out of its prefix by no name', async () => {
  await expect(write(items(1), contextOf({ name: '../{batch}' }))).rejects.toMatchObject({
    failure: { code: 'options_invalid' },
  });
  await expect(write(items(1), contextOf({}, { prefix: '/x' }))).rejects.toMatchObject({
    failure: { code: 'settings_invalid' },
  });
});
