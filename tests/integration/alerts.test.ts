/** Alert rules on real stores: they tell once when they begin to fire and once when that is over, also when telling fails at first. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AlertParts, lookAtRules } from '../../src/activate/alerts.js';
import { readAddressRules } from '../../src/activate/http/address-rules.js';
import { alertMailers } from '../../src/activate/mail-alert.js';
import { REAL_TIME } from '../../src/activate/time.js';
import { openPool } from '../../src/engines/postgres.js';
import { PostgresLog } from '../../src/log/postgres-log.js';
import { DeliveryQueries } from '../../src/stores/events/delivery-queries.js';
import { migrate } from '../../src/stores/migrate.js';
import { AlertRules } from '../../src/stores/state/alert-rules.js';
import { readBacklogs } from '../../src/stores/state/delivery-books.js';
import { Destinations } from '../../src/stores/state/destinations.js';
import { PostgresDestinationValues } from '../../src/stores/state/postgres-destination-values.js';
import { readReceipts, Sources } from '../../src/stores/state/sources.js';
import { RunningDeliverer, settled, Tool } from '../harness/running-deliverer.js';
import { aRecord } from '../support/a-record.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import { startMailServer } from '../support/mail-server.js';
import { connect, decide, TEST_KEY } from '../support/waiting-deliveries.js';

let stores: FreshStores;
let pool: Pool;
let tool: Tool;
const told: Array<{ id: string; type: string; figure: number }> = [];
let isDeaf = false;

beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'a test', max: 3 });
  await migrate(pool, stores.clickhouse);
  tool = await Tool.open();
});
afterAll(async () => {
  await tool?.close();
  await pool?.end();
  await stores?.remove();
});

function parts(): AlertParts {
  const queries = new DeliveryQueries(stores.clickhouse);
  return {
    rules: new AlertRules(pool),
    async figures(since) {
      const [backlogs, rates] = await Promise.all([readBacklogs(pool), queries.rates(since)]);
      return backlogs.map((one) => {
        const rate = rates.find(({ destinationId }) => destinationId === one.destinationId);
        return { attempts: 0, failed: 0, ...one, ...rate };
      });
    },
    async tell(_to, id, body) {
      if (isDeaf) throw new Error('nobody listens');
      told.push({ id, type: body.type, figure: body.data.figure ?? 0 });
    },
    receipts: () => readReceipts(pool),
    failed: () => {},
    time: { now: Date.now, after: () => () => {}, random: () => 0 },
  };
}

test('a backlog and a rate of failures are told of when they begin and when they are over', async () => {
  const rules = new AlertRules(pool);
  const url = 'https://example.com/alerts';
  const backlog = await rules.create({ name: 'too much waits', measure: 'backlog', above: 9, url });
  const rate = await rules.create({ name: 'it fails', measure: 'failure_rate', above: 0.5, url });
  const to = await connect(pool, { name: 'a tool', action: 'send', settings: tool.settings });
  await lookAtRules(parts());
  expect(told).toEqual([]);

  const some = Array.from({ length: 10 }, (_, n) => ({ name: `one ${n}`, person: n, at: Date.now() }));
  await decide(pool, to, some);
  isDeaf = true;
  await lookAtRules(parts());
  expect(told).toEqual([]);
  isDeaf = false;
  await lookAtRules(parts());
  await lookAtRules(parts());
  const [fires] = (await rules.list()).map(({ firingSince }) => firingSince);
  expect(told).toEqual([{ id: `${backlog.id}_${fires}`, type: 'alert.firing', figure: 10 }]);

  tool.answer = (_, response) => {
    response.statusCode = 422;
    response.end();
  };
  const running = new RunningDeliverer(stores);
  await settled(pool, to.destination);
  await running.stop();
  await lookAtRules(parts());
  expect(told.slice(1).map(({ id, type, figure }) => [id.split('_', 2).join('_'), type, figure])).toEqual([
    [backlog.id, 'alert.resolved', 0],
    [rate.id, 'alert.firing', 1],
  ]);
  await rules.change(rate.id, { enabled: false });
  await lookAtRules(parts());
  expect(told).toHaveLength(3);
});

test('by e-mail each is told once, in plain words, when the server takes it, and never more often than it bears', async () => {
  let isBusy = true;
  let now = Date.UTC(2026, 5, 1, 12);
  const mail = await startMailServer({ refuse: () => (isBusy ? '451 4.7.1 Later' : undefined) });
  try {
    const settings = { host: '127.0.0.1', port: mail.port, security: 'none', from: 'CDP <cdp@shop.example>' };
    const { id: destination } = await new Destinations(pool, TEST_KEY).create({
      ...{
        name: 'Mail',
        kind: 'email',
        settings,
        secrets: {},
        purposes: [],
        consentNotRequired: 'operators',
      },
      ...{ channel: 'email', delivery: {}, enabled: false },
    });
    const rules = new AlertRules(pool);
    for (const { id } of await rules.list()) await rules.remove(id);
    const email = { destination, to: 'ops@shop.example' };
    const rule = await rules.create({ name: 'Too {{ much }} waits', measure: 'backlog', above: 9, email });
    const time = { ...REAL_TIME, now: () => now };
    const mailers = alertMailers(new Destinations(pool, TEST_KEY), {
      ...{ rules: readAddressRules(['127.0.0.1']), values: new PostgresDestinationValues(pool) },
      ...{ time, mac: () => new Uint8Array(32) },
    });
    let pending = 10;
    let tries = 0;
    const resting = new Map();
    const look = () =>
      lookAtRules(
        {
          ...{ rules, time, failed: () => {} },
          figures: async () => [{ destinationId: 'any', pending, oldestAt: null, attempts: 0, failed: 0 }],
          receipts: async () => [],
          async tell(to, id, body) {
            tries += 1;
            await (await mailers(to.email?.destination ?? '')).send(to.email?.to ?? '', id, body);
          },
        },
        resting,
      );
    // It is tried at once, and then ever more rarely.
    for (let looks = 0; looks < 480; looks += 1, now += 15_000) await look();
    expect([tries > 5, tries < 15, mail.received.length]).toEqual([true, true, 0]);
    isBusy = false;
    now += 3_600_000;
    await look();
    await look();
    pending = 0;
    now += 15_000;
    await look();
    await look();
    expect(mail.received.map(({ to, mail: { subject } }) => [to[0], subject])).toEqual([
      ['ops@shop.example', 'Firing: Too {{ much }} waits'],
      ['ops@shop.example', 'Resolved: Too {{ much }} waits'],
    ]);
    const [fired, over] = mail.received.map((one) => one.mail);
    expect(fired?.text).toContain('Deliveries that wait: 10. It fires above 9.');
    expect(fired?.text).toContain('Since: 2026-06-01T12:00:00.000Z');
    expect(fired?.messageId).toBe(`<${rule.id}_${Date.UTC(2026, 5, 1, 12)}@shop.example>`);
    expect(fired?.headers.has('list')).toBe(false);
    expect(over?.messageId).not.toBe(fired?.messageId);
  } finally {
    await mail.stop();
  }
});

test('a source that falls silent is told of, and that it sends again; none that never sent or is switched off', async () => {
  const [rules, sources, log] = [new AlertRules(pool), new Sources(pool), new PostgresLog(pool)];
  for (const { id } of await rules.list()) await rules.remove(id);
  const start = Date.UTC(2026, 5, 1, 12);
  const minute = 60_000;
  const { id: source } = await sources.create({ name: 'Web shop', kind: 'web' });
  const rule = await rules.create({
    ...{ name: 'The shop is silent', measure: 'silence_minutes', source, above: 30 },
    url: 'https://example.com/alerts',
  });
  told.length = 0;
  const lookAt = async (now: number) => {
    const figures = () => Promise.reject(new Error('no rule asks for deliveries'));
    await lookAtRules({ ...parts(), figures, time: { ...REAL_TIME, now: () => now } });
    return told.splice(0).map(({ type, figure }) => [type, figure]);
  };
  const send = (receivedAt: number) => log.append([aRecord({ sourceId: source, receivedAt })]);
  const seen = async () => (await sources.get(source)).lastReceivedAt;

  expect([await seen(), await lookAt(start)]).toEqual([null, []]);
  await send(start);
  // Another process commits what it took before: the time does not go back.
  await send(start - 10 * minute);
  expect(await seen()).toBe('2026-06-01T12:00:00.000Z');
  expect(await lookAt(start + 30 * minute)).toEqual([]);
  expect(await lookAt(start + 31 * minute)).toEqual([['alert.firing', 31]]);
  expect(await lookAt(start + 40 * minute)).toEqual([]);
  expect((await rules.list())[0]).toMatchObject({ id: rule.id, figure: 40 });
  await send(start + 41 * minute);
  expect(await lookAt(start + 41 * minute)).toEqual([['alert.resolved', 0]]);
  await sources.update(source, { enabled: false });
  expect(await lookAt(start + 99 * minute)).toEqual([]);
  await sources.update(source, { enabled: true });
  expect(await lookAt(start + 99 * minute)).toEqual([['alert.firing', 58]]);
});
