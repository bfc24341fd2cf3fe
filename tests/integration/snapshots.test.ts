/** Snapshots through the real server, which is killed on the way: files with a marker after the last of them, every row once, and the API that tells of them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RunningServer, type TestSource } from '../harness/running-server.js';

interface Snapshot {
  readonly id: string;
  readonly state: string;
  readonly people: number;
  readonly outcome: { readonly delivered: number } | null;
}
interface Row {
  readonly delivery_key: string;
  readonly snapshot_id: string;
  readonly change?: string;
  readonly who: string;
}

const WAIT_MS_MAX = 60_000;
const PEOPLE = 40;
const NAMES = Array.from({ length: PEOPLE }, (_, n) => `u-${n}`).sort();
let server: RunningServer;
let web: TestSource;
let destinationId: string;
beforeAll(async () => {
  server = await RunningServer.start();
  web = await server.source('web');
  await server.admin('/segments', { id: 'all', name: 'All', text: 'plan = "a"' });
  ({ id: destinationId } = await server.admin<{ id: string }>('/destinations', {
    ...{
      name: 'Files',
      kind: 'files',
      settings: {},
      purposes: ['mail'],
      delivery: { batchItemsMax: 7, batchWaitMs: 0 },
    },
  }));
  const context = { consent: { categoryPreferences: { mail: true } } };
  const batch = Array.from({ length: PEOPLE }, (_, n) => ({
    ...{ type: 'identify', userId: `u-${n}`, messageId: `m-${n}`, traits: { plan: 'a' }, context },
  }));
  await server.send(web.writeKey, 'batch', { batch });
  await server.settled();
});
afterAll(() => server?.remove());

async function connect(name: string, snapshot: object): Promise<string> {
  const definition = {
    ...{ from: { segment: 'all', snapshot }, action: 'write' },
    ...{
      mapping: { row: { who: { '@path': '$.userId' } } },
      options: { audience_key: name, name: '{batch}' },
    },
  };
  return (await server.admin<{ id: string }>('/connections', { name, destinationId, definition })).id;
}

async function newest(id: string): Promise<Snapshot | undefined> {
  return (await server.admin<{ data: Snapshot[] }>(`/connections/${id}/snapshots`)).data[0];
}

async function ended(id: string, before?: string): Promise<Snapshot> {
  for (const deadline = Date.now() + WAIT_MS_MAX; Date.now() < deadline; await sleep(100)) {
    const found = await newest(id).catch(() => undefined);
    if (found !== undefined && found.id !== before && found.outcome !== null) return found;
  }
  throw new Error(`It did not end. The server said: ${server.output}`);
}

/** The rows of a snapshot's files, and what its marker tells. */
async function read(name: string, id: string): Promise<{ rows: Row[]; manifest: object }> {
  const folder = join(server.dataDir, 'exports', name, id);
  const files = (await readdir(folder)).filter((file) => file.endsWith('.jsonl'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const rows = texts.flatMap((text) =>
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Row),
  );
  return { rows, manifest: JSON.parse(await readFile(join(folder, '_complete.json'), 'utf8')) };
}

/** Each life ends by kill -9 at its point: a file is written, or told of, and no more. What decides is killed in the simulation. */
const LIVES = ['delivery_sent:2', 'delivery_logged:1'];

test('killed again and again, each row is in one file, once, and the marker comes last', async () => {
  const id = await connect('whole', {});
  await server.admin(`/connections/${id}/snapshots`, {});
  await server.stop();
  for (const point of LIVES) {
    await server.launch({ TRIBUTARY_TEST_FAULT: point });
    await server.ended();
  }
  await server.launch();
  await server.ready();
  const snapshot = await ended(id);
  expect(snapshot).toMatchObject({ state: 'complete', people: PEOPLE, outcome: { delivered: PEOPLE } });
  const { rows, manifest } = await read('whole', snapshot.id);
  expect(rows.map(({ who }) => who).sort()).toEqual(NAMES);
  expect(new Set(rows.map((row) => row.snapshot_id))).toEqual(new Set([snapshot.id]));
  expect(manifest).toMatchObject({ snapshot_id: snapshot.id, rows: 'all', written: PEOPLE });
}, 120_000);

test('differences are asked for, listed and written', async () => {
  const id = await connect('parts', { rows: 'differences', cron: '0 6 * * *', zone: 'Europe/Berlin' });
  await server.admin(`/connections/${id}/snapshots`, {});
  const first = await ended(id);
  await server.send(web.writeKey, 'identify', { userId: 'u-0', traits: { plan: 'b' } });
  await server.settled();
  await server.admin(`/connections/${id}/snapshots`, {});
  const second = await ended(id, first.id);
  expect((await read('parts', second.id)).rows).toMatchObject([{ change: 'removed', who: 'u-0' }]);
  const listed = await server.admin<{ data: Snapshot[]; nextAt: string }>(`/connections/${id}/snapshots`);
  expect(listed.data.map(({ id: one }) => one)).toEqual([second.id, first.id]);
  expect(listed.nextAt).toMatch(/T0[45]:00:00\.000Z$/);
  const { total } = await server.admin<{
    total: Record<'matched' | 'delivered', number> & { filtered: object };
  }>('/deliveries/balance');
  // Everybody's rows twice, one that is gone, and a marker for each of the three.
  const matched = 2 * PEOPLE + 1 + 3;
  expect(total).toMatchObject({ matched, delivered: matched, filtered: {}, pending: 0, dead: 0 });
});

test.each([
  [{ cron: '61 * * * *' }, 'definition.from.snapshot.cron: must be five fields'],
  [{ cron: '0 0 30 2 *' }, 'definition.from.snapshot.cron: must be five fields'],
  [{ zone: 'Mars/Base' }, 'definition.from.snapshot.zone: must be a time zone'],
  [{ rows: 'some' }, 'definition.from.snapshot.rows: must be one of all, differences.'],
  [{ hour: 6 }, 'definition.from.snapshot.hour: is not known here'],
])('%j is refused', async (snapshot, detail) => {
  const definition = { from: { segment: 'all', snapshot }, action: 'write', mapping: { row: {} } };
  const answer = await server.adminAnswer('/connections', { name: 'no', destinationId, definition }, 'POST');
  expect(((await answer.json()) as { detail: string }).detail).toContain(detail);
});
