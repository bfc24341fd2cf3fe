/** Destinations that take many rows together, and a deliverer that dies between what the tool has and what the books say, again and again. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Deliverer } from '../../src/activate/deliverer.js';
import { findKind } from '../../src/activate/find-kind.js';
import { readAddressRules } from '../../src/activate/http/address-rules.js';
import { NOTHING_LATE } from '../../src/activate/late/late-resolver.js';
import { openOutlet } from '../../src/activate/outlet.js';
import { REAL_TIME } from '../../src/activate/time.js';
import type { JsonObject } from '../../src/core/json.js';
import { openPool } from '../../src/engines/postgres.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import { ParquetWriter } from '../../src/stores/events/parquet-writer.js';
import { migrate } from '../../src/stores/migrate.js';
import { Destinations } from '../../src/stores/state/destinations.js';
import { PostgresDeliveryState } from '../../src/stores/state/postgres-delivery-state.js';
import { PostgresDestinationValues } from '../../src/stores/state/postgres-destination-values.js';
import { PostgresPeopleAtDoor } from '../../src/stores/state/postgres-people-at-door.js';
import { type ClickHouseDoor, openClickHouseDoor } from '../support/clickhouse-door.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import { books, connect, decide, TEST_KEY, uuidOf } from '../support/waiting-deliveries.js';

const ROWS = 400;
const LIVES = 4;

let stores: FreshStores;
let pool: Pool;
let door: ClickHouseDoor;
const exportsDir = join(tmpdir(), `rows-once-${process.pid}`);

beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'a test', max: 3 });
  await migrate(pool, stores.clickhouse);
  door = await openClickHouseDoor(stores.clickhousePath);
});
afterAll(async () => {
  await door?.close();
  await pool?.end();
  await stores?.remove();
  await rm(exportsDir, { recursive: true, force: true });
});

/** One life of the deliverer. Those calls that `dies` names end after the tool has them and before anybody is told. */
async function live(
  dies: (nth: number) => boolean,
  isOver: (calls: number) => Promise<boolean>,
): Promise<void> {
  const own = openPool(stores.postgres, { name: 'the deliverer', max: 4 });
  const parquet = new ParquetWriter(async () => stores.clickhouse);
  const parts = {
    ...{
      rules: readAddressRules(['127.0.0.1']),
      values: new PostgresDestinationValues(own),
      time: REAL_TIME,
    },
    mac: () => new Uint8Array(),
    files: { root: exportsDir, parquet: parquet.write.bind(parquet) },
  };
  let calls = 0;
  const deliverer = new Deliverer({
    ...{ state: new PostgresDeliveryState(own, TEST_KEY), log: new ClickHouseDeliveryLog(stores.clickhouse) },
    ...{ people: new PostgresPeopleAtDoor(own), late: NOTHING_LATE, time: REAL_TIME },
    async openOutlet(destination) {
      const kind = await findKind(destination.kind);
      if (kind === undefined) throw new Error('There is no such kind');
      return openOutlet(kind, destination, parts);
    },
    heard: async () => {},
    settled: () => {},
    failed: () => {},
    async fault(point) {
      if (point !== 'delivery_sent') return;
      calls += 1;
      if (dies(calls)) throw new Error('It dies here');
    },
  });
  const running = deliverer.run();
  while (!(await isOver(calls))) await new Promise((resolve) => setTimeout(resolve, 20));
  deliverer.stop();
  await running;
}

/** Sends rows to a destination in several lives, each of which cuts them into other batches. */
async function sendAll(to: {
  readonly kind: string;
  readonly settings: JsonObject;
  readonly options: JsonObject;
  readonly action: string;
}) {
  const made = await connect(pool, { ...to, name: `${to.kind} ${JSON.stringify(to.options)}` });
  const destinations = new Destinations(pool, TEST_KEY);
  const inBatchesOf = (batchItemsMax: number) =>
    destinations.change(made.destinationId, {
      delivery: { batchItemsMax, batchWaitMs: 20, concurrency: 3 },
    });
  const at = Date.now();
  const names = Array.from({ length: ROWS }, (_, n) => `${made.destination}/${n}`);
  await decide(
    pool,
    made,
    names.map((name, n) => ({ name, person: n % 50, at, payload: { row: { n } } })),
  );
  for (let life = 1; life < LIVES; life++) {
    await inBatchesOf(5 + 2 * life);
    await live(
      (nth) => nth % (life + 1) !== 0,
      async (calls) => calls >= 6,
    );
  }
  const pending = async () => (await books(pool, made.destination)).pending ?? 0;
  await live(
    () => false,
    async () => (await pending()) === 0,
  );
  expect(await books(pool, made.destination)).toEqual({ matched: ROWS, delivered: ROWS });
  return names.map(uuidOf);
}

function expectOnce(rows: readonly JsonObject[], sent: readonly string[]): void {
  const found = new Map<string, number>();
  for (const { delivery_key: key } of rows) found.set(String(key), (found.get(String(key)) ?? 0) + 1);
  const missing = sent.filter((key) => !found.has(key)).length;
  const doubled = [...found.values()].filter((times) => times > 1).length;
  expect({ rows: rows.length, missing, doubled }).toEqual({ rows: sent.length, missing: 0, doubled: 0 });
}

test('a row is in one file', async () => {
  const settings = { folder: 'lines' };
  const sent = await sendAll({ kind: 'files', action: 'write', settings, options: { format: 'jsonl' } });
  const found = await readdir(join(exportsDir, 'lines'), { recursive: true });
  const paths = found.filter((name) => name.endsWith('.jsonl'));
  const texts = await Promise.all(paths.map((name) => readFile(join(exportsDir, 'lines', name), 'utf8')));
  const rows = texts.flatMap((text) => text.trim().split('\n')).map((line) => JSON.parse(line) as JsonObject);
  expectOnce(rows, sent);
});

test('a row is in one Parquet file', async () => {
  const settings = { folder: 'parquet' };
  const sent = await sendAll({ kind: 'files', action: 'write', settings, options: { format: 'parquet' } });
  const rows = await stores.clickhouse.query<JsonObject>(
    `SELECT delivery_key FROM file({path:String}, 'Parquet', 'delivery_key String')`,
    { path: join(exportsDir, 'parquet/**/*.parquet') },
  );
  expectOnce(rows, sent);
});

test('a row is in a table of ClickHouse once', async () => {
  await door.session.queryAsync(
    'CREATE TABLE once (delivery_key String, n Int32) ENGINE = MergeTree ORDER BY n',
  );
  const settings = { url: door.address() };
  const sent = await sendAll({ kind: 'clickhouse', action: 'append', settings, options: { table: 'once' } });
  const text = (
    await door.session.queryAsync('SELECT delivery_key FROM once', { format: 'JSONEachRow' })
  ).text();
  expectOnce(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonObject),
    sent,
  );
});
