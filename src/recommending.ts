import type { Pool } from 'pg';
import { refreshRecommendations } from './batch/refresh-recommendations.js';
import type { Recommender } from './core/recommend/recommender.js';
import { openClickHouse } from './engines/clickhouse.js';
import type { Engines } from './engines/engines.js';
import { BoughtTogether } from './stores/events/bought-together.js';
import { Catalogue } from './stores/events/catalogue.js';
import { RecommendationStore } from './stores/events/recommendation-store.js';
import { mergedBy } from './stores/state/profiles.js';
import { RecommendationState } from './stores/state/recommendation-state.js';
import type { Tell } from './telemetry/telemetry.js';

const REFRESH_INTERVAL_MS = 60_000;
/** After a run it rests for so many times as long as the run took: events, and who asks, have the machine to themselves most of the time. */
const REST_PER_RUN = 20;

interface Parts {
  readonly engines: Engines;
  readonly pool: Pool;
  readonly tell: Tell;
}

/** The recommending part of a server. */
export interface Recommending {
  readonly recommender: Recommender;
  readonly catalogue: Catalogue;
  readonly state: RecommendationState;
  /** Brings recommendations up to date; resolves when a run is done that began after the call. */
  readonly refresh: () => Promise<void>;
  /** Leaves off after the step in work. */
  readonly stop: () => Promise<void>;
}

/** Wires recommendations to the engines, and refreshes them from now on. Counting has a connection of its own: nobody who asks waits for it. */
export async function startRecommending({ engines, pool, tell }: Parts): Promise<Recommending> {
  const [reader, counter] = await Promise.all([
    openClickHouse({ ...engines.clickhouse, role: 'reader' }),
    openClickHouse({ ...engines.clickhouse, role: 'reader' }),
  ]);
  const catalogue = new Catalogue(reader);
  const state = new RecommendationState(pool);
  const store = new RecommendationStore(counter);
  const recommender = new BoughtTogether({
    ...{ clickhouse: reader, catalogue },
    merged: (profileIds) => mergedBy(pool, profileIds),
    served: () => state.served(),
  });
  let isStopped = false;
  let last: Promise<void> = Promise.resolve();
  const refresh = () => {
    last = last
      .catch(() => {})
      .then(() => refreshRecommendations({ state, store, stopped: () => isStopped }));
    return last;
  };
  let timer: NodeJS.Timeout;
  const refreshAfter = (restMs: number) => {
    timer = setTimeout(async () => {
      const startedAt = performance.now();
      await refresh().catch((error: unknown) =>
        tell({ name: 'maintenance_failed', task: 'recommendations', error }),
      );
      if (!isStopped)
        refreshAfter(Math.max(REFRESH_INTERVAL_MS, REST_PER_RUN * (performance.now() - startedAt)));
    }, restMs);
  };
  refreshAfter(REFRESH_INTERVAL_MS);
  return {
    ...{ recommender, catalogue, state, refresh },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await last.catch(() => {});
      await Promise.all([reader.close(), counter.close()]);
    },
  };
}
