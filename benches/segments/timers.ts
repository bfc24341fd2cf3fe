import { LatencyHistogram } from '../ingest/latency-histogram.js';
import { openLiveWorld, pause } from './live-world.js';

const EVENTS_PER_SECOND = 1_000;
const HOUR_MS = 3_600_000;
/** All timers fire within this time. */
const SPREAD_MS = 60_000;
const SENT_AT_ONCE = 20_000;
/** So much longer than the first people took, each, all may take to be ready: the first timer fires then. */
const READY_RESERVE = 2;

/** How late timers fire of which very many are due within a minute, whether in order, and how long events wait meanwhile. */
export async function benchTimers(people: number): Promise<void> {
  const world = await openLiveWorld(async () => {});
  try {
    const definition = {
      kind: 'events',
      event: 'Trial Started',
      window: { kind: 'last', duration: '1 hour' },
    } as const;
    await world.segments.create({ id: 'trial', name: 'trial', description: '', definition }, 'bench');
    while ((await world.segments.get('trial')).newest.status !== 'live') await pause(20);
    const send = (from: number, count: number, calls: (n: number) => object) =>
      world.send(Array.from({ length: count }, (_, n) => ({ type: 'track', ...calls(from + n) })));
    const began = Date.now();
    await send(0, SENT_AT_ONCE, (n) => ({ event: 'Looked', userId: `other-${n}` }));
    const readyMs = ((Date.now() - began) / SENT_AT_ONCE) * people * READY_RESERVE;
    const firstAt = Date.now() + 10_000 + readyMs;
    for (let from = 0; from < people; from += SENT_AT_ONCE) {
      await send(from, Math.min(SENT_AT_ONCE, people - from), (n) => {
        // Not in the order in which they come due.
        const at = firstAt - HOUR_MS + ((n * 7_919) % people) * (SPREAD_MS / people);
        return { event: 'Trial Started', userId: `trial-${n}`, timestamp: new Date(at).toISOString() };
      });
    }
    if (Date.now() > firstAt) throw new Error('People were not ready in time: try fewer.');
    const before = world.stream(EVENTS_PER_SECOND);
    await pause(firstAt - Date.now());
    const quiet = before.stop().quantiles();
    const late = new LatencyHistogram();
    let [fired, latest, disorder] = [0, 0, 0];
    world.onChange = (changes) => {
      for (const { at, cause } of changes) {
        if (cause.kind !== 'timer') continue;
        fired += 1;
        late.record(Date.now() - at);
        if (at < latest) disorder += 1;
        latest = Math.max(latest, at);
      }
    };
    const meanwhile = world.stream(EVENTS_PER_SECOND);
    while (fired < people) await pause(20);
    const busy = meanwhile.stop().quantiles();
    const { p50, p95, max } = late.quantiles();
    const seconds = (Date.now() - firstAt) / 1000;
    console.log(
      `${people} timers due within ${SPREAD_MS / 1000} s: all told after ${seconds.toFixed(1)} s, ${disorder} of them after a later one`,
    );
    console.log(`late by, ms: p50 ${p50.toFixed(0)}, p95 ${p95.toFixed(0)}, max ${max.toFixed(0)}`);
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
