import type { Node } from '../../src/core/segments/definition.js';
import { fillWorld } from './bench-world.js';
import { openLiveWorld, pause } from './live-world.js';

const EVENTS_PER_SECOND = 1_000;
const QUIET_MS = 15_000;

const DEFINITION: Node = {
  kind: 'all',
  of: [
    { kind: 'trait', trait: 'plan', is: { op: 'in', values: ['pro', 'team'] } },
    { kind: 'events', event: 'Product Viewed', is: { op: 'gte', value: 3 } },
    {
      kind: 'not',
      of: { kind: 'events', event: 'Order Completed', window: { kind: 'last', duration: '5000 days' } },
    },
  ],
};

/** How long one new segment takes to be filled from what is stored, and how long events wait meanwhile, at 1,000 events a second. */
export async function benchBackfill(people: number, events: number): Promise<void> {
  const world = await openLiveWorld((clickhouse) => fillWorld(clickhouse, people, events));
  try {
    const before = world.stream(EVENTS_PER_SECOND);
    await pause(QUIET_MS);
    const quiet = before.stop().quantiles();
    const meanwhile = world.stream(EVENTS_PER_SECOND);
    const began = performance.now();
    await world.segments.create(
      { id: 'filled', name: 'filled', description: '', definition: DEFINITION },
      'bench',
    );
    while ((await world.segments.get('filled')).newest.status !== 'live') await pause(20);
    const seconds = (performance.now() - began) / 1000;
    const busy = meanwhile.stop().quantiles();
    const [told] = await world.clickhouse.query<{ n: number }>(
      'SELECT uniqExact(profile_id) AS n FROM membership_changes WHERE entered',
    );
    console.log(
      `backfill of one segment over ${events} events of ${people} people: ${seconds.toFixed(1)} s, ${told?.n} entered`,
    );
    console.log(
      `events at ${EVENTS_PER_SECOND}/s, receipt to stored, ms: before p50 ${quiet.p50.toFixed(0)}, p95 ${quiet.p95.toFixed(0)}, max ${quiet.max.toFixed(0)}`,
    );
    console.log(
      `  meanwhile p50 ${busy.p50.toFixed(0)}, p95 ${busy.p95.toFixed(0)}, max ${busy.max.toFixed(0)}`,
    );
  } finally {
    await world.close();
  }
}
