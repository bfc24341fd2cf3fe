/**
 * How well recommendations foretell, and what they cost: real baskets of a grocer (Complete Journey), the last of each household held out. The hit
 * rate at 10 is the share of households whose last basket holds one of the ten products that were recommended before it.
 *
 * `npm run bench:recommendations -- --data DIR`
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { refreshRecommendations } from '../../src/batch/refresh-recommendations.js';
import { EMPTY_ENRICHMENT } from '../../src/core/enrich/enrich.js';
import type { RecommendationRules } from '../../src/core/recommend/recommendation-rules.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { openClickHouse } from '../../src/engines/clickhouse.js';
import { startEmbeddedPostgres } from '../../src/engines/embedded-postgres.js';
import { openPool } from '../../src/engines/postgres.js';
import { BoughtTogether } from '../../src/stores/events/bought-together.js';
import { Catalogue } from '../../src/stores/events/catalogue.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { RecommendationStore } from '../../src/stores/events/recommendation-store.js';
import { migrate } from '../../src/stores/migrate.js';
import { mergedBy } from '../../src/stores/state/profiles.js';
import { RecommendationState } from '../../src/stores/state/recommendation-state.js';
import type { Basket } from './households.js';
import { hitRate, readHouseholds } from './households.js';

const LIMIT = 10;
const BATCH = 5_000;
/** Households that are asked for together, as a destination's batch does. */
const TOGETHER = 100;
const SINGLES = 300;
const RULES: Omit<RecommendationRules, 'boughtAgain'> = {
  orders: [{ event: 'Product Purchased', order: 'order_id', productId: 'product_id' }],
  restDays: 1,
};

const { values } = parseArgs({
  options: { data: { type: 'string', default: '../shared/data/completejourney' } },
});
await main(pathToFileURL(`${resolve(values.data)}/`));

async function main(folder: URL): Promise<void> {
  const held = readHouseholds(folder);
  if (held === undefined) {
    console.log(`There is no transactions_sample.csv in ${folder.pathname}: give --data DIR.`);
    return;
  }
  const dir = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
  const postgres = await startEmbeddedPostgres({ dir: join(dir, 'postgres'), onExit: () => {} });
  const pool = openPool(postgres.connection, { name: 'bench', max: 3 });
  const clickhouse = await openClickHouse({
    ...{ path: join(dir, 'clickhouse'), memoryBytesMax: 1024 ** 3, threadsMax: 2, role: 'reader' },
  });
  await migrate(pool, clickhouse);
  const events = await store(held.known, clickhouse);
  await pool.query("INSERT INTO consumer (name, next_offset) VALUES ('pipeline', $1)", [events]);
  const state = new RecommendationState(pool);
  const recommender = new BoughtTogether({
    ...{ clickhouse, catalogue: new Catalogue(clickhouse) },
    merged: (ids) => mergedBy(pool, ids),
    served: () => state.served(),
  });
  console.log(
    `${events} products in ${held.known.length} baskets are known, the last of ${held.last.size} households is asked for`,
  );
  for (const boughtAgain of ['never', 'sensibly', 'always'] as const) {
    await state.begin({ ...RULES, boughtAgain });
    const began = performance.now();
    await refreshRecommendations({ state, store: new RecommendationStore(clickhouse) });
    const counted = performance.now() - began;
    await report(boughtAgain, held.last, recommender, counted);
  }
  await clickhouse.close();
  await pool.end();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}

async function report(
  boughtAgain: string,
  last: ReadonlyMap<string, Basket>,
  recommender: BoughtTogether,
  countedMs: number,
): Promise<void> {
  const now = Math.max(...Array.from(last.values(), ({ at }) => at));
  const households = [...last.keys()];
  const found = new Map<string, string[]>();
  const reasons: Record<string, number> = {};
  for (let from = 0; from < households.length; from += TOGETHER) {
    const some = households.slice(from, from + TOGETHER);
    const answers = await recommender.recommend(some.map(profileOf), { limit: LIMIT, now });
    for (const household of some) {
      const answer = answers.get(profileOf(household)) ?? [];
      found.set(
        household,
        answer.map(({ productId }) => productId),
      );
      for (const { reason } of answer) reasons[reason.code] = (reasons[reason.code] ?? 0) + 1;
    }
  }
  const stranger = '00000000-0000-8000-8000-000000000000';
  const [popular = []] = [...(await recommender.recommend([stranger], { limit: LIMIT, now })).values()];
  const everybody = popular.map(({ productId }) => productId);
  const times: number[] = [];
  const cpu = process.cpuUsage();
  for (const household of households.slice(0, SINGLES)) {
    const began = performance.now();
    await recommender.recommend([profileOf(household)], { limit: LIMIT, now });
    times.push(performance.now() - began);
  }
  const { user, system } = process.cpuUsage(cpu);
  times.sort((a, b) => a - b);
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(1);
  const percent = (share: number) => `${(share * 100).toFixed(2)}%`;
  const baseline = hitRate(last, new Map(households.map((household) => [household, everybody])));
  console.log(
    `bought again: ${boughtAgain.padEnd(9)} hit rate at 10: ${percent(hitRate(last, found))}, popularity ${percent(baseline)}; ` +
      `counted in ${(countedMs / 1000).toFixed(1)} s; one person ${at(0.5)} ms (p50), ${at(0.95)} ms (p95), ${((user + system) / 1000 / times.length).toFixed(1)} ms of CPU; ${JSON.stringify(reasons)}`,
  );
}

/** Stores baskets as an import does: an event a product. @returns how many. */
async function store(baskets: readonly Basket[], clickhouse: ClickHouse): Promise<number> {
  const events = new ClickHouseEventStore(clickhouse);
  const rows = baskets
    .flatMap((basket) => basket.products.map((product) => ({ ...basket, product })))
    .map(({ household, basket, at, product }, offset) => ({
      event: {
        ...{
          offset,
          sourceId: 'till',
          messageId: `m${offset}`,
          type: 'track' as const,
          name: 'Product Purchased',
        },
        ...{ userId: household, anonymousId: '', groupId: '', previousId: '' },
        ...{
          properties: { order_id: basket, product_id: product },
          traits: {},
          context: {},
          integrations: {},
        },
        ...{ timestamp: at, receivedAt: at },
      },
      enrichment: EMPTY_ENRICHMENT,
      profileId: profileOf(household),
    }));
  for (let from = 0; from < rows.length; from += BATCH) {
    const some = rows.slice(from, from + BATCH);
    const offsets = some.map(({ event }) => event.offset);
    await events.insert({ token: `b${from}`, rows: some, offsets, overrides: [], version: 1, again: false });
  }
  return rows.length;
}

function profileOf(household: string): string {
  const hex = createHash('sha256').update(household).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
