/** The deliverer on real stores, against a tool on loopback. */
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openPool } from '../../src/engines/postgres.js';
import { migrate } from '../../src/stores/migrate.js';
import { Destinations } from '../../src/stores/state/destinations.js';
import { RunningDeliverer, settled as settledOf, soon, Tool } from '../harness/running-deliverer.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import { books, connect, decide, person, sides, TEST_KEY, uuidOf } from '../support/waiting-deliveries.js';

let stores: FreshStores;
let pool: Pool;
let running: RunningDeliverer;
let tool: Tool;

beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'a test', max: 3 });
  await migrate(pool, stores.clickhouse);
});
afterAll(async () => {
  await pool?.end();
  await stores?.remove();
});
beforeEach(async () => {
  tool = await Tool.open();
});
afterEach(async () => {
  await running?.stop();
  await tool.close();
  expect(running.failures).toEqual([]);
});

function start(): void {
  running = new RunningDeliverer(stores);
}

const settled = (destination: number) => settledOf(pool, destination);
const now = () => Date.now();

test('what waits is sent once, settled, and kept with its request and response', async () => {
  const to = await connect(pool, {
    name: 'once',
    action: 'send',
    settings: tool.settings,
    secrets: { authorization: 'Bearer hush-hush' },
  });
  await decide(
    pool,
    to,
    Array.from({ length: 250 }, (_, n) => ({ name: `once ${n}`, person: n % 40, at: now() })),
  );
  start();
  expect(await settled(to.destination)).toEqual({ matched: 250, delivered: 250 });
  expect(new Set(tool.seen.map(({ key }) => key)).size).toBe(250);
  expect(tool.seen).toHaveLength(250);
  const rows = await stores.clickhouse.query<Record<string, string | number>>(
    'SELECT * FROM deliveries FINAL WHERE destination_id = {id:String} ORDER BY message_id',
    { id: to.destinationId },
  );
  expect(rows).toHaveLength(250);
  expect(rows[0]).toMatchObject({
    ...{
      key: uuidOf('once 0'),
      attempt: 1,
      outcome: 'delivered',
      connection_id: to.connectionId,
      message_id: 'once 0',
    },
    ...{ connection_version: 1, kind: 'event', reason: '', error: '', profile_id: uuidOf('person 0') },
  });
  const [request] = JSON.parse(String(rows[0]?.request)) as Array<Record<string, unknown>>;
  expect(request).toMatchObject({ method: 'POST', body: '{"name":"once 0"}' });
  expect(JSON.stringify(rows)).not.toContain('hush-hush');
});

test('deliveries of one person go in the order in which they were decided, also where one fails first; others do not wait', async () => {
  const to = await connect(pool, {
    name: 'in order',
    action: 'send',
    settings: tool.settings,
    delivery: { concurrency: 8 },
  });
  const names = ['a', 'b', 'c', 'd'].flatMap((name) =>
    [0, 1, 2].map((who) => ({ name: `${name} of ${who}`, person: who, at: now() })),
  );
  await decide(pool, to, names);
  const order = () => tool.seen.map(({ body }) => (JSON.parse(body) as { name: string }).name);
  // Of person 0 the first fails once; then it is answered only when all others have what is theirs.
  tool.answer = async (key, response, nth) => {
    response.statusCode = key === uuidOf('a of 0') && nth === 1 ? 500 : 200;
    if (key === uuidOf('a of 0') && nth === 2)
      while (!['d of 1', 'd of 2'].every((name) => order().includes(name))) await soon();
    response.end();
  };
  start();
  expect(await settled(to.destination)).toEqual({ matched: 12, delivered: 12 });
  const of = (who: number) => order().filter((name) => name.endsWith(String(who)));
  expect(of(0)).toEqual(['a of 0', 'a of 0', 'b of 0', 'c of 0', 'd of 0']);
  expect(of(1)).toEqual(['a of 1', 'b of 1', 'c of 1', 'd of 1']);
});

test('the door asks for consent at the last moment, also where the delivery was decided before', async () => {
  await person(pool, 900, { ads: true });
  await person(pool, 901, { ads: false });
  const to = await connect(pool, {
    name: 'consent',
    action: 'send',
    settings: tool.settings,
    purposes: ['ads'],
    consentNotRequired: null,
  });
  await decide(pool, to, [
    { name: 'given', person: 900, at: now() },
    { name: 'refused', person: 901, at: now() },
    { name: 'nobody', person: 902, at: now() },
    { name: 'leaves', person: 901, at: now(), kind: 'removed' },
  ]);
  start();
  expect(await settled(to.destination)).toEqual({
    ...{ matched: 4, delivered: 2, 'filtered consent_refused': 1, 'filtered consent_missing': 1 },
  });
  expect(tool.seen.map(({ body }) => body).sort()).toEqual(['{"name":"given"}', '{"name":"leaves"}']);
});

test('whoever is on a suppression list gets nothing', async () => {
  await person(pool, 910, {}, [['email', 'gone@example.com']]);
  await pool.query(
    "INSERT INTO suppression (kind, value, channel, reason, source) VALUES ('email', 'gone@example.com', 'all', 'manual', 'a test')",
  );
  const to = await connect(pool, { name: 'suppressed', action: 'send', settings: tool.settings });
  await decide(pool, to, [{ name: 'to the suppressed', person: 910, at: now() }]);
  start();
  expect(await settled(to.destination)).toEqual({ matched: 1, 'filtered suppressed': 1 });
});

test('what a tool refuses for good is among the dead letters at once; what may pass is tried again', async () => {
  const to = await connect(pool, { name: 'refusing', action: 'send', settings: tool.settings });
  await decide(pool, to, [
    { name: 'bad', person: 1, at: now() },
    { name: 'soon', person: 2, at: now() },
  ]);
  tool.answer = (key, response, nth) => {
    response.statusCode = key === uuidOf('bad') ? 422 : nth < 3 ? 503 : 200;
    response.end('no');
  };
  start();
  expect(await settled(to.destination)).toEqual({ matched: 2, delivered: 1, dead: 1 });
  const { rows } = await pool.query(
    'SELECT attempts, error_code, error FROM delivery WHERE destination = $1',
    [to.destination],
  );
  expect(rows).toEqual([{ attempts: 1, error_code: 'http_422', error: 'The tool answered 422: no' }]);
});

test('a tool that hangs is cut off, and holds up no other', async () => {
  const hanging = await connect(pool, {
    name: 'hanging',
    action: 'send',
    settings: tool.settings,
    delivery: { timeoutMs: 300, giveUpAfterHours: 0.01 },
  });
  const healthy = await connect(pool, { name: 'healthy', action: 'send', settings: tool.settings });
  await decide(pool, hanging, [{ name: 'hang', person: 1, at: 0 }]);
  await decide(
    pool,
    healthy,
    Array.from({ length: 100 }, (_, n) => ({ name: `healthy ${n}`, person: n, at: now() })),
  );
  tool.answer = (key, response) => {
    if (key !== uuidOf('hang')) response.end();
  };
  start();
  expect(await settled(healthy.destination)).toEqual({ matched: 100, delivered: 100 });
  expect(await settled(hanging.destination)).toEqual({ matched: 1, dead: 1 });
  const { rows } = await pool.query('SELECT error_code FROM delivery WHERE destination = $1', [
    hanging.destination,
  ]);
  expect(rows).toEqual([{ error_code: 'timeout' }]);
});

test('what waits for a destination that is switched off or deleted is filtered, whenever it would be due', async () => {
  const off = await connect(pool, { name: 'off', action: 'send', settings: tool.settings });
  const gone = await connect(pool, { name: 'gone', action: 'send', settings: tool.settings });
  for (const to of [off, gone])
    await decide(
      pool,
      to,
      Array.from({ length: 5 }, (_, n) => ({ name: `${to.destination} ${n}`, person: n, at: now() + 1e9 })),
    );
  start();
  const destinations = new Destinations(pool, TEST_KEY);
  await destinations.change(off.destinationId, { enabled: false });
  await destinations.remove(gone.destinationId);
  running.deliverer.changed();
  expect(await settled(off.destination)).toEqual({ matched: 5, 'filtered connection_disabled': 5 });
  expect(await settled(gone.destination)).toEqual({ matched: 5, 'filtered destination_deleted': 5 });
  expect(tool.seen).toEqual([]);
});

test('dead letters are dropped after their time, and counted', async () => {
  const to = await connect(pool, {
    name: 'old letters',
    action: 'send',
    settings: tool.settings,
    delivery: { deadDays: 1 },
  });
  await decide(pool, to, [
    { name: 'old', person: 1, at: now() },
    { name: 'young', person: 2, at: now() },
  ]);
  await pool.query(
    `UPDATE delivery SET state = 'dead', next_at = CASE message_id WHEN 'old' THEN 0 ELSE next_at END WHERE destination = $1`,
    [to.destination],
  );
  start();
  const found = await settled(to.destination);
  expect(sides(found)[0]).toBe(sides(found)[1]);
  while ((await books(pool, to.destination)).dropped === undefined) await soon();
  expect(await books(pool, to.destination)).toEqual({ matched: 2, dead: 1, dropped: 1 });
});

test('batches go together, as large as the action and the destination allow', async () => {
  const to = await connect(pool, {
    name: 'batches',
    action: 'sendBatch',
    settings: tool.settings,
    delivery: { batchItemsMax: 40, batchWaitMs: 20 },
  });
  await decide(
    pool,
    to,
    Array.from({ length: 100 }, (_, n) => ({ name: `batched ${n}`, person: n, at: now() })),
  );
  start();
  expect(await settled(to.destination)).toEqual({ matched: 100, delivered: 100 });
  const sizes = tool.seen.map(({ body }) => (JSON.parse(body) as unknown[]).length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(40);
  expect(sizes.length).toBeLessThan(20);
  const rows = await stores.clickhouse.query<{ request: string }>(
    "SELECT request FROM deliveries FINAL WHERE destination_id = {id:String} AND position(request, 'see') = 0",
    { id: to.destinationId },
  );
  expect(rows).toHaveLength(sizes.length);
});
