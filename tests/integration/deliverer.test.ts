/** The deliverer on real stores, against a tool on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Deliverer, type DelivererParts } from '../../src/activate/deliverer.js';
import { OWN_KINDS } from '../../src/activate/destinations/kinds.js';
import { readAddressRules } from '../../src/activate/http/address-rules.js';
import { NOTHING_LATE } from '../../src/activate/late/late-resolver.js';
import { openOutlet } from '../../src/activate/outlet.js';
import { REAL_TIME } from '../../src/activate/time.js';
import { openPool } from '../../src/engines/postgres.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import { migrate } from '../../src/stores/migrate.js';
import { Destinations } from '../../src/stores/state/destinations.js';
import { PostgresDeliveryState } from '../../src/stores/state/postgres-delivery-state.js';
import { PostgresDestinationValues } from '../../src/stores/state/postgres-destination-values.js';
import { PostgresPeopleAtDoor } from '../../src/stores/state/postgres-people-at-door.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import { books, connect, decide, person, sides, TEST_KEY, uuidOf } from '../support/waiting-deliveries.js';

let stores: FreshStores;
let pool: Pool;
let deliverer: Deliverer;
let running: Promise<void>;
let failures: unknown[];
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
  failures = [];
});
afterEach(async () => {
  deliverer?.stop();
  await running;
  await tool.close();
  expect(failures).toEqual([]);
});

/** A tool that remembers what it was sent. */
class Tool {
  readonly seen: Array<{ readonly key: string; readonly body: string }> = [];
  answer: (key: string, response: ServerResponse, nth: number) => unknown = (_, response) =>
    response.end('{}');
  readonly #server = createServer((request, response) => void this.#take(request, response));

  static async open(): Promise<Tool> {
    const tool = new Tool();
    await new Promise<void>((resolve) => tool.#server.listen(0, '127.0.0.1', resolve));
    return tool;
  }

  get settings() {
    return {
      url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook?token=s3cret-token`,
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    const key = String(request.headers['webhook-id']);
    this.seen.push({ key, body });
    this.answer(key, response, this.seen.filter((one) => one.key === key).length);
  }
}

function start(more: Partial<DelivererParts> = {}): void {
  const own = openPool(stores.postgres, { name: 'the deliverer', max: 4 });
  const values = new PostgresDestinationValues(own);
  const parts = {
    rules: readAddressRules(['127.0.0.1']),
    values,
    time: REAL_TIME,
    mac: () => new Uint8Array(),
  };
  deliverer = new Deliverer({
    state: new PostgresDeliveryState(own, TEST_KEY),
    log: new ClickHouseDeliveryLog(stores.clickhouse),
    people: new PostgresPeopleAtDoor(own),
    late: NOTHING_LATE,
    time: REAL_TIME,
    async openOutlet(destination) {
      const kind = await OWN_KINDS[destination.kind]?.();
      if (kind === undefined) throw new Error('There is no such kind');
      return openOutlet(kind, destination, parts);
    },
    heard: async () => {},
    settled: () => {},
    failed: (error) => failures.push(error),
    ...more,
  });
  running = deliverer.run();
}

async function settled(
  destination: number,
  states: readonly string[] = ['pending'],
): Promise<Record<string, number>> {
  for (;;) {
    const found = await books(pool, destination);
    if (states.every((state) => found[state] === undefined)) return found;
    await soon();
  }
}

const now = () => Date.now();
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

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
  deliverer.changed();
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
