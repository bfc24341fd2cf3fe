import { Type } from 'typebox';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { Moment } from './schemas.js';

const SECOND_MS = 1_000;
const DAY_MS = 24 * 60 * 60 * SECOND_MS;
/** Of each span the length, and that of its steps. */
const SPANS = {
  hour: { ms: 60 * 60 * SECOND_MS, step: 60 * SECOND_MS },
  day: { ms: DAY_MS, step: 60 * 60 * SECOND_MS },
  month: { ms: 30 * DAY_MS, step: DAY_MS },
} as const;

/** What the home page asks of the stores and of this process. */
export interface OverviewParts {
  people(): Promise<number>;
  /** Of the newest requests, from receipt to profile; undefined as long as there was none. */
  latency():
    | { readonly requests: number; readonly p50Ms: number; readonly p95Ms: number; readonly p99Ms: number }
    | undefined;
  arrivals(asked: {
    readonly from: number;
    readonly to: number;
    readonly step: number;
    readonly sourceId?: string;
  }): Promise<ReadonlyArray<{ readonly at: number; readonly events: number }>>;
}

const Overview = Type.Object({
  people: Type.Integer(),
  latency: Type.Union(
    [
      Type.Object({
        requests: Type.Integer({ description: 'Of how many, the newest of this process.' }),
        p50Ms: Type.Number(),
        p95Ms: Type.Number(),
        p99Ms: Type.Number(),
      }),
      Type.Null(),
    ],
    {
      description:
        'From the receipt of a request to its events being in their profiles; null before the first.',
    },
  ),
});
const Arrivals = Type.Object({
  from: Moment,
  to: Moment,
  total: Type.Integer(),
  buckets: Type.Array(Type.Object({ at: Moment, events: Type.Integer() }), {
    description:
      'By minute, hour or day (UTC), those in which nothing came included; the last one is not over.',
  }),
});
const tags = ['system'];

/** How much comes in, from how many, and how fast it is known. */
export async function overviewRoutes(app: AdminApp, { overview }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/overview',
    {
      config: { access: { personal: 'none' } },
      schema: { tags, summary: 'People, and how fast events reach them', response: { 200: Overview } },
    },
    async () => {
      const latency = overview.latency();
      return { people: await overview.people(), latency: latency ? { ...latency } : null };
    },
  );
  app.get(
    '/api/v1/arrivals',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'How many events came in, over time',
        description:
          'Stored events by the time of their receipt: duplicates and refused ones are not among them.',
        querystring: Type.Object({
          span: Type.Optional(
            Type.Enum(['hour', 'day', 'month'], {
              default: 'day',
              description: 'Of 60 minutes, 24 hours or 30 days.',
            }),
          ),
          sourceId: Type.Optional(Type.String({ minLength: 1, maxLength: 100 })),
        }),
        response: { 200: Arrivals },
      },
    },
    async ({ query: { span = 'day', ...source } }) => {
      const { ms, step } = SPANS[span];
      const to = (Math.floor(Date.now() / step) + 1) * step;
      const from = to - ms;
      const found = new Map(
        (await overview.arrivals({ from, to, step, ...source })).map((one) => [one.at, one.events]),
      );
      const buckets = Array.from({ length: ms / step }, (_, index) => from + index * step).map((at) => ({
        at: new Date(at).toISOString(),
        events: found.get(at) ?? 0,
      }));
      const total = buckets.reduce((sum, { events }) => sum + events, 0);
      return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), total, buckets };
    },
  );
}
