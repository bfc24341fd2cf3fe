import { type TSchema, Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { UNITS } from '../core/insights/buckets.js';
import { readFunnel } from '../core/insights/funnel.js';
import { readRetention } from '../core/insights/retention.js';
import { readTrends, trendBuckets } from '../core/insights/trends.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { refuseDeepBody } from './definition-body.js';
import { placeFor } from './definition-schemas.js';
import { Moment, Problem } from './schemas.js';

const tags = ['insights'];
const Selector = placeFor('SegmentSelector', 'Which events.');
const Correlation = placeFor('SegmentCorrelation', 'A field whose value all steps share, or that of items.');
const When = Type.String({ description: 'A date, or a time with an offset.', examples: ['2026-03-01'] });
const Period = {
  from: When,
  to: Type.String({ description: 'The first moment that does not count.', examples: ['2026-04-01'] }),
};
const Zone = Type.Optional(
  Type.String({ description: 'An IANA zone; UTC without.', examples: ['Europe/Berlin'] }),
);
const Among = Type.Optional(
  Type.Unsafe<unknown>({
    description: 'The id of a segment, or a definition: its members alone count.',
    anyOf: [{ type: 'string' }, placeFor('SegmentNode', 'A definition.')],
  }),
);
const By = Type.Optional(
  Type.Unsafe<unknown>({
    type: 'object',
    properties: {
      field: { type: 'string', description: 'Of the event, such as properties.plan or country.' },
      trait: { type: 'string', description: 'Of the person, as it is now.' },
      top: { type: 'integer', minimum: 1, maximum: 50, default: 10 },
    },
    description: 'A part for each of the most frequent values, and one for all others.',
  }),
);
const Part = {
  value: Type.Optional(
    personal(Type.Unknown({ description: 'Of the breakdown; null where it is missing.' })),
  ),
  other: Type.Optional(Type.Boolean({ description: 'All values that have no part of their own.' })),
};
const Figure = Type.Union([Type.Number(), Type.Null()]);

const TrendsBody = Type.Object({
  events: Type.Array(Selector, { description: 'A series for each, at most 10.' }),
  per: Type.Enum([...UNITS]),
  ...{ ...Period, zone: Zone, by: By, among: Among },
  measure: Type.Optional(
    Type.Unsafe<unknown>({
      type: 'object',
      properties: {
        kind: { enum: ['count', 'people', 'sum', 'avg', 'min', 'max', 'distinct'] },
        of: { type: 'string', description: 'The field that is summed, averaged and so on.' },
      },
    }),
  ),
});
const TrendsAnswer = Type.Object({
  buckets: Type.Array(Moment, { description: 'When each begins.' }),
  series: Type.Array(
    Type.Object({
      event: Type.Integer({ description: 'Which of the events asked for, from 0.' }),
      ...Part,
      total: Type.Unsafe<number | null>({ ...Figure, description: 'The figure of the whole period.' }),
      values: Type.Array(Figure, { description: 'One for each bucket.' }),
    }),
  ),
});

const FunnelBody = Type.Object({
  steps: Type.Array(placeFor('SegmentStep', 'A step, without within, without and absent.'), {
    description: '2 to 10, in their order.',
  }),
  ...{ ...Period, by: By, among: Among, same: Type.Optional(Correlation) },
  within: Type.Optional(
    Type.String({ description: 'From the entry to any later step.', examples: ['7 days'] }),
  ),
  mode: Type.Optional(Type.Enum(['closed', 'open'])),
});
const Time = Type.Union([Type.Object({ median: Type.Number(), p90: Type.Number() }), Type.Null()], {
  description: 'Milliseconds.',
});
const FunnelAnswer = Type.Object({
  parts: Type.Array(
    Type.Object({
      ...Part,
      steps: Type.Array(
        Type.Object({
          people: Type.Integer(),
          continued: Type.Integer({ description: 'Who came from the step before.' }),
          fromFirst: Type.Integer({ description: 'Who came all the way from the first step.' }),
          ...{ rateFromPrevious: Figure, rateFromFirst: Figure },
          ...{ timeFromPrevious: Time, timeFromFirst: Time },
        }),
      ),
    }),
  ),
});

const RetentionBody = Type.Object({
  start: Selector,
  return: Selector,
  per: Type.Enum(['day', 'week', 'month']),
  periods: Type.Integer({ description: 'How many after that of the start, 1 to 100.' }),
  ...{ ...Period, zone: Zone, among: Among },
  cohorts: Type.Optional(Type.Enum(['first', 'recurring'])),
  unbounded: Type.Optional(Type.Boolean()),
});
const RetentionAnswer = Type.Object({
  cohorts: Type.Array(
    Type.Object({
      from: Moment,
      people: Type.Integer(),
      returned: Type.Array(Type.Union([Type.Integer(), Type.Null()]), {
        description: 'After 0, 1, … periods; null for periods that have not begun.',
      }),
    }),
  ),
});

/** Trends, funnels and retention. */
export async function insightRoutes(app: AdminApp, { insights }: AdminParts): Promise<void> {
  app.post(
    '/api/v1/insights/trends',
    {
      config: { access: { role: 'viewer', personal: 'masked' }, audited: false },
      preValidation: refuseDeepBody,
      schema: schemaOf('Ask how often something happens, over time', TrendsBody, TrendsAnswer),
    },
    async ({ body }) => {
      const trends = readTrends(body);
      const series = await insights.trends(trends, Date.now());
      return {
        buckets: trendBuckets(trends).map(isoTime),
        series: series.map((one) => ({ ...one, values: [...one.values] })),
      };
    },
  );
  app.post(
    '/api/v1/insights/funnels',
    {
      config: { access: { role: 'viewer', personal: 'masked' }, audited: false },
      preValidation: refuseDeepBody,
      schema: schemaOf('Ask how many go all the way through some steps', FunnelBody, FunnelAnswer),
    },
    async ({ body }) => {
      const parts = await insights.funnel(readFunnel(body), Date.now());
      return { parts: parts.map(({ steps, ...part }) => ({ ...part, steps: [...steps] })) };
    },
  );
  app.post(
    '/api/v1/insights/retention',
    {
      config: { access: { role: 'viewer', personal: 'none' }, audited: false },
      preValidation: refuseDeepBody,
      schema: schemaOf('Ask how many come back', RetentionBody, RetentionAnswer),
    },
    async ({ body }) => {
      const cohorts = await insights.retention(readRetention(body), Date.now());
      return {
        cohorts: cohorts.map(({ from, people, returned }) => ({
          ...{ from: isoTime(from), people, returned: [...returned] },
        })),
      };
    },
  );
}

function schemaOf<Body extends TSchema, Answer extends TSchema>(summary: string, body: Body, answer: Answer) {
  return { tags, summary, body, response: { 200: answer, 429: Problem } };
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
