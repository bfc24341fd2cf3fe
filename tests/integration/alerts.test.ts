/** Alert rules on real stores: they tell once when they begin to fire and once when that is over, also when telling fails at first. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AlertParts, lookAtRules } from '../../src/activate/alerts.js';
import { openPool } from '../../src/engines/postgres.js';
import { DeliveryQueries } from '../../src/stores/events/delivery-queries.js';
import { migrate } from '../../src/stores/migrate.js';
import { AlertRules } from '../../src/stores/state/alert-rules.js';
import { readBacklogs } from '../../src/stores/state/delivery-books.js';
import { RunningDeliverer, settled, Tool } from '../harness/running-deliverer.js';
import { type FreshStores, startFreshStores } from '../support/fresh-stores.js';
import { connect, decide } from '../support/waiting-deliveries.js';

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
    async tell(_url, id, body) {
      if (isDeaf) throw new Error('nobody listens');
      const { type, data } = body as { type: string; data: { figure: number } };
      told.push({ id, type, figure: data.figure });
    },
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
