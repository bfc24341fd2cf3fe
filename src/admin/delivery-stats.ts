import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { TributaryError } from '../core/errors.js';
import type { DeliveryTally } from '../stores/state/delivery-books.js';
import { readBacklogs, readDeliveryBooks } from '../stores/state/delivery-books.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { refuseUnknown } from './deliveries.js';
import { readMoment } from './period.js';
import { Moment, mapOf, Problem } from './schemas.js';

const HOUR_MS = 60 * 60 * 1000;
const STEPS = { minute: 60, hour: 60 * 60 } as const;
const BUCKETS_MAX = 1_500;

const Tally = {
  matched: Type.Integer({ description: 'Counted by the batches that decided.' }),
  delivered: Type.Integer(),
  filtered: mapOf(Type.Integer(), { description: 'By reason.' }),
  pending: Type.Integer({ description: 'Counted from what waits, that which is tried again included.' }),
  dead: Type.Integer({ description: 'Counted from the dead letters, dropped ones included.' }),
  dropped: Type.Integer({ description: 'Of the dead: dropped after their time.' }),
};
const DestinationTally = Type.Object({
  destinationId: Type.String(),
  ...Tally,
  connections: Type.Array(Type.Object({ connectionId: Type.String(), ...Tally })),
});
const ms = Type.Union([Type.Number(), Type.Null()]);
const Latency = { p50Ms: ms, p95Ms: ms, p99Ms: ms };
const Counts = {
  ...{ delivered: Type.Integer(), retried: Type.Integer(), dead: Type.Integer(), filtered: Type.Integer() },
};
const Figures = Type.Object({
  from: Moment,
  to: Moment,
  ...Counts,
  successRate: Type.Union([Type.Number(), Type.Null()], {
    description: 'Attempts that delivered, of all attempts; null where there was none.',
  }),
  buckets: Type.Array(Type.Object({ at: Moment, ...Counts, ...Latency }), {
    description:
      'By minute or hour, with percentiles from receipt to delivery; those without attempts are left out.',
  }),
  failures: Type.Array(
    Type.Object({
      reason: Type.String(),
      attempts: Type.Integer(),
      lastAt: Moment,
      error: personal(Type.String()),
    }),
  ),
  queue: Type.Object({
    pending: Type.Integer(),
    oldestReceivedAt: Type.Union([Moment, Type.Null()]),
    ageSeconds: Type.Union([Type.Number(), Type.Null()], { description: 'How long the oldest has waited.' }),
    breaker: Type.Union([Type.String(), Type.Null()], {
      description: '`closed`, `open` (the tool is spared) or `half_open`; null while nothing runs.',
    }),
    pausedUntil: Type.Union([Moment, Type.Null()]),
    held: Type.Integer({ description: 'Deliveries in memory.' }),
    calls: Type.Integer({ description: 'Calls that are out.' }),
    fault: Type.Union([Type.String(), Type.Null()], { description: 'Why nothing can be sent.' }),
  }),
});
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['deliveries'];

/** The books of what leaves, and how destinations are doing. */
export async function deliveryStatsRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/deliveries/balance',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'The books of all destinations',
        description:
          '`matched = delivered + filtered + pending + dead`, as of one moment, for each connection too.',
        response: {
          200: Type.Object({ total: Type.Object(Tally), destinations: Type.Array(DestinationTally) }),
        },
      },
    },
    async () => {
      const { total, destinations } = await readDeliveryBooks(parts.pool);
      return {
        total,
        destinations: destinations.map((one) => ({ ...one, connections: [...one.connections] })),
      };
    },
  );
  app.get(
    '/api/v1/destinations/:id/balance',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'The books of a destination',
        params: ById,
        response: { 200: DestinationTally, 404: Problem },
      },
    },
    async ({ params: { id } }) => {
      const [own] = (await readDeliveryBooks(parts.pool, id)).destinations;
      if (own !== undefined) return { ...own, connections: [...own.connections] };
      await refuseUnknown(parts, id);
      return { destinationId: id, ...NOTHING, connections: [] };
    },
  );
  figuresRoute(app, parts);
}

const NOTHING: DeliveryTally = { matched: 0, delivered: 0, filtered: {}, pending: 0, dead: 0, dropped: 0 };

function figuresRoute(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/destinations/:id/figures',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'How a destination is doing',
        params: ById,
        querystring: Type.Object({
          from: Type.Optional(
            Type.String({ ...Moment, description: 'Default: an hour, or by hour a day, before the end.' }),
          ),
          to: Type.Optional(Type.String({ ...Moment, description: 'Default: now.' })),
          by: Type.Optional(Type.Enum(['minute', 'hour'], { default: 'minute' })),
        }),
        response: { 200: Figures, 404: Problem },
      },
    },
    async ({ params: { id }, query: { by = 'minute', ...period } }) => {
      const { deliveries, queues: askQueues } = parts.activation;
      await refuseUnknown(parts, id);
      const now = Date.now();
      const to = readMoment('to', period.to) ?? now;
      const from = readMoment('from', period.from) ?? to - HOUR_MS * (by === 'minute' ? 1 : 24);
      const stepSeconds = STEPS[by];
      if ((to - from) / 1000 / stepSeconds > BUCKETS_MAX)
        throw new TributaryError('request_invalid', `From from to to are more than ${BUCKETS_MAX} ${by}s.`);
      const [buckets, failures, backlogs, queues] = await Promise.all([
        deliveries.figures(id, { from, to, stepSeconds }),
        deliveries.failures(id, { from, to }),
        readBacklogs(parts.pool),
        askQueues(),
      ]);
      const queue = queues.find(({ destinationId }) => destinationId === id);
      const backlog = backlogs.find(({ destinationId }) => destinationId === id);
      const sum = (of: 'delivered' | 'retried' | 'dead' | 'filtered') =>
        buckets.reduce((total, bucket) => total + bucket[of], 0);
      const counts = {
        delivered: sum('delivered'),
        retried: sum('retried'),
        dead: sum('dead'),
        filtered: sum('filtered'),
      };
      const tried = counts.delivered + counts.retried + counts.dead;
      const oldestAt = backlog?.oldestAt ?? null;
      return {
        ...{
          from: iso(from),
          to: iso(to),
          ...counts,
          successRate: tried === 0 ? null : counts.delivered / tried,
        },
        buckets: buckets.map((bucket) => ({ ...bucket, at: iso(bucket.at) })),
        failures: failures.map((group) => ({ ...group, lastAt: iso(group.lastAt) })),
        queue: {
          pending: backlog?.pending ?? 0,
          oldestReceivedAt: oldestAt === null ? null : iso(oldestAt),
          ageSeconds: oldestAt === null ? null : Math.max(0, now - oldestAt) / 1000,
          ...{ breaker: queue?.breaker ?? null, held: queue?.held ?? 0, calls: queue?.calls ?? 0 },
          pausedUntil: queue?.pausedUntil === undefined ? null : iso(queue.pausedUntil),
          fault: queue?.fault ?? null,
        },
      };
    },
  );
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
