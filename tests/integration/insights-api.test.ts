/** Insights and queries on the real server: through the pipeline, with merged people, with limits, and on real purchases. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_TOKEN, type RunningServer } from '../harness/running-server.js';
import { PRO, type Segment, SegmentsServer } from '../harness/segments-server.js';

const ROOT = new URL('../../', import.meta.url);
const TEST_MS_MAX = 240_000;

let people: SegmentsServer;
let server: RunningServer;
beforeAll(async () => {
  people = await SegmentsServer.start();
  server = people.server;
});
afterAll(() => server?.remove());

interface Series {
  readonly total: number;
  readonly values: readonly number[];
  readonly value?: unknown;
}
interface Answer {
  readonly buckets: readonly string[];
  readonly series: readonly Series[];
}
interface Rows {
  readonly columns: ReadonlyArray<{ name: string; type: string }>;
  readonly rows: ReadonlyArray<readonly unknown[]>;
  readonly truncated: boolean;
}

async function problem(
  path: string,
  body: unknown,
): Promise<{ status: number; code: string; detail: string }> {
  const answer = await server.adminAnswer(path, body);
  expect(answer.headers.get('content-type')).toContain('application/problem+json');
  return (await answer.json()) as { status: number; code: string; detail: string };
}

describe('through the pipeline', () => {
  let source: string;
  beforeAll(async () => {
    const { id, writeKey } = await server.source('shop');
    source = id;
    const at = (minute: number) => new Date(Date.UTC(2026, 4, 1, 10, minute)).toISOString();
    const track = (who: object, event: string, minute: number, properties: object = {}) => ({
      ...{ ...who, type: 'track', event, properties, timestamp: at(minute), messageId: `${event}-${minute}` },
    });
    const batch = [
      track({ anonymousId: 'a-1' }, 'Viewed', 0),
      track({ anonymousId: 'a-2' }, 'Viewed', 1),
      // A second device and the first turn out to be one person, who has looked twice and buys once.
      { type: 'identify', anonymousId: 'a-1', userId: 'u-1', timestamp: at(2), messageId: 'i-1' },
      { type: 'identify', anonymousId: 'a-2', userId: 'u-1', timestamp: at(3), messageId: 'i-2' },
      track({ userId: 'u-1' }, 'Bought', 4, { total: 12.5 }),
      track({ userId: 'u-2' }, 'Viewed', 5),
    ];
    expect((await server.send(writeKey, 'batch', { batch })).status).toBe(200);
    await server.settled();
  });

  test('merged people count once', async () => {
    const period = { from: '2026-05-01', to: '2026-05-02' };
    const where = { field: 'sourceId', is: { op: 'equals', value: source } };
    const [viewed, bought] = [
      { event: 'Viewed', where },
      { event: 'Bought', where },
    ];
    const trends = { events: [viewed], per: 'hour', ...period };
    const { buckets, series } = await server.admin<Answer>('/insights/trends', trends);
    expect(buckets).toHaveLength(24);
    expect(series).toEqual([
      { event: 0, total: 3, values: Array.from({ length: 24 }, (_, hour) => (hour === 10 ? 3 : 0)) },
    ]);
    const people = await server.admin<Answer>('/insights/trends', { ...trends, measure: { kind: 'people' } });
    expect(people.series[0]?.total).toBe(2);

    const { parts } = await server.admin<{ parts: Array<{ steps: object[] }> }>('/insights/funnels', {
      ...{ steps: [viewed, bought], within: '1 day', ...period },
    });
    expect(parts).toHaveLength(1);
    // From the view that began last, a minute after the first.
    expect(parts[0]?.steps[1]).toEqual({
      ...{ people: 1, continued: 1, fromFirst: 1, rateFromPrevious: 0.5, rateFromFirst: 0.5 },
      timeFromPrevious: { median: 180_000, p90: 180_000 },
      timeFromFirst: { median: 180_000, p90: 180_000 },
    });

    const { cohorts } = await server.admin<{ cohorts: object[] }>('/insights/retention', {
      ...{ start: viewed, return: bought, per: 'day', periods: 1, ...period },
    });
    expect(cohorts).toEqual([{ from: '2026-05-01T00:00:00.000Z', people: 2, returned: [1, 0] }]);
  });

  test('SQL is answered with parameters, columns and types', async () => {
    const sql =
      'SELECT name, count() AS n FROM events_resolved WHERE source_id = {source:String} AND type = {type:String} GROUP BY name ORDER BY n DESC';
    const asked = { sql, params: { source, type: 'track' } };
    expect(await server.admin<Rows>('/query', asked)).toEqual({
      columns: [
        { name: 'name', type: 'LowCardinality(String)' },
        { name: 'n', type: 'UInt64' },
      ],
      rows: [
        ['Viewed', 3],
        ['Bought', 1],
      ],
      truncated: false,
    });
    expect(await server.admin<Rows>('/query', { ...asked, limit: 1 })).toMatchObject({
      ...{ rows: [['Viewed', 3]], truncated: true },
    });
    const { tables } = await server.admin<{ tables: Array<{ name: string; columns: object[] }> }>(
      '/query/schema',
    );
    expect(tables.find(({ name }) => name === 'profiles')?.columns).toContainEqual({
      ...{ name: 'deleted', type: 'Bool', description: 'Merged away, or taken apart: nobody any more.' },
    });
  });
});

describe('people', () => {
  const orders = {
    ...{ events: [{ event: 'Order Completed' }], per: 'month', from: '2020-01-01', to: '2100-01-01' },
    measure: { kind: 'people' },
  };
  const totals = async (more: object) => {
    const { series } = await server.admin<Answer>('/insights/trends', { ...orders, ...more });
    return series.map(({ value, total }) => [value, total]);
  };

  test('are told apart by what the pipeline knows of them', async () => {
    // The event store is told of people a moment later.
    const byPlan = await people.until(
      () => totals({ by: { trait: 'plan' } }),
      (found) => found.length === 2,
    );
    expect(byPlan).toEqual([
      ['pro', 2],
      ['free', 1],
    ]);
  });

  test('are members of a segment, by its id and by its definition', async () => {
    const { id } = await server.admin<Segment>('/segments', { name: 'Pro', definition: PRO });
    await people.live(id, 3);
    expect(await totals({})).toEqual([[undefined, 3]]);
    expect(await totals({ among: id })).toEqual([[undefined, 2]]);
    expect(await totals({ among: PRO })).toEqual([[undefined, 2]]);
    expect(await totals({ among: { kind: 'not', of: { kind: 'segment', segment: id } } })).toEqual([
      [undefined, 1],
    ]);
  });
});

describe('what is wrong is said', () => {
  const period = { from: '2026-05-01', to: '2026-05-02' };
  const trends = { events: [{ event: 'A' }], per: 'day', ...period };

  test.each([
    ['/insights/trends', { ...trends, to: '2026-05-01' }, 'trends.to: must be later'],
    ['/insights/trends', { ...trends, per: 'hour', to: '2027-05-02' }, 'more than 2000 buckets'],
    ['/insights/trends', { ...trends, zone: 'Mars/Base' }, 'trends.zone: must be the name of a time zone'],
    ['/insights/trends', { ...trends, top: 3 }, 'trends.top: is not known here'],
    ['/insights/trends', { ...trends, events: [{ name: 'A' }] }, 'trends.events[0].name'],
    [
      '/insights/trends',
      { ...trends, by: { field: 'nothing' } },
      'trends.by.field: must begin with properties.',
    ],
    ['/insights/trends', { ...trends, by: {} }, 'trends.by: must have one of field and trait'],
    ['/insights/trends', { ...trends, among: 'seg_none' }, 'there is no segment seg_none'],
    ['/insights/trends', { ...trends, among: { kind: 'trait' } }, 'trends.among.trait'],
    [
      '/insights/trends',
      { ...trends, among: { kind: 'segment', segment: 'seg_none' } },
      'there is no segment of this id',
    ],
    ['/insights/funnels', { steps: [{ event: 'A' }], ...period }, 'funnel.steps: must be a list of 2 to 10'],
    [
      '/insights/funnels',
      { steps: [{ event: 'A' }, { event: 'B', same: 'name' }], ...period },
      'funnel.steps[1].same: needs a same',
    ],
    [
      '/insights/funnels',
      { steps: [{ event: 'A' }, { event: 'B' }], ...period, within: 'soon' },
      'funnel.within: must be a duration',
    ],
    [
      '/insights/retention',
      { start: {}, return: {}, per: 'day', periods: 0, ...period },
      'retention.periods: must be a number from 1',
    ],
    [
      '/insights/retention',
      { start: {}, return: {}, per: 'day', periods: 1, from: '2020-01-01', to: '2026-01-01' },
      'more than 400 cohorts',
    ],
  ])('%s %j', async (path, body, detail) => {
    const told = await problem(path, body);
    expect([told.status, told.code]).toEqual([400, 'definition_invalid']);
    expect(told.detail).toContain(detail);
  });

  test.each([
    [{ sql: 'SELECT nothing FROM events' }, 'query_invalid', 'nothing'],
    [{ sql: 'SELEC 1' }, 'query_invalid', 'Syntax error'],
    [{ sql: "SELECT * FROM file('/etc/passwd')" }, 'query_forbidden', 'function file'],
    [{ sql: 'DELETE FROM events WHERE 1' }, 'query_forbidden', 'Only SELECT'],
    [{ sql: 'SELECT {n:UInt8}' }, 'query_invalid', 'params.n is missing'],
    [{ sql: 'SELECT 1', limit: 10_001 }, 'request_invalid', 'limit'],
    [{ sql: 'SELECT 1', settings: { readonly: 0 } }, 'request_invalid', 'additional properties'],
    [
      { sql: 'SELECT groupArray(x) FROM (SELECT arrayJoin(range(400000000)) AS x)' },
      'query_too_costly',
      'memory',
    ],
  ])('/query %j', async (body, code, detail) => {
    const told = await problem('/query', body);
    expect([told.status, told.code]).toEqual([400, code]);
    expect(told.detail).toContain(detail);
  });

  test('and a token is needed', async () => {
    const answer = await fetch(`${server.url}/api/v1/query`, { method: 'POST' });
    expect(answer.status).toBe(401);
  });
});

describe('real purchases', () => {
  const file = new URL('../shared/data/cdnow/CDNOW_master.txt', ROOT);
  const missing = !existsSync(file);

  test.skipIf(missing)(
    `add up as the file does${missing ? ` (skipped: ${file.pathname} is missing)` : ''}`,
    async () => {
      const content = await readFile(file, 'utf8');
      await importCdnow(content);
      const orders = ordersOf(content);
      const period = { from: '1997-01-01', to: '1998-07-01' };
      const months = Array.from({ length: 18 }, (_, index) =>
        new Date(Date.UTC(1997, index, 1)).toISOString(),
      );
      const event = {
        event: 'Order Completed',
        where: { field: 'properties.currency', is: { op: 'equals', value: 'USD' } },
      };
      const figures = async (measure: object) => {
        const asked = { events: [event], per: 'month', ...period, measure };
        const { buckets, series } = await server.admin<Answer>('/insights/trends', asked);
        expect(buckets).toEqual(months);
        return series[0]?.values;
      };
      const inMonth = months.map((_, month) => orders.filter((order) => order.month === month));
      expect(await figures({ kind: 'count' })).toEqual(inMonth.map(({ length }) => length));
      expect(await figures({ kind: 'people' })).toEqual(
        inMonth.map((own) => new Set(own.map(({ who }) => who)).size),
      );
      const cents = inMonth.map((own) => own.reduce((sum, order) => sum + order.cents, 0));
      const sums = await figures({ kind: 'sum', of: 'properties.revenue' });
      expect(sums?.map((sum) => Math.round(sum * 100))).toEqual(cents);

      // Everybody's first order was in the first three months.
      const asked = { start: event, return: event, per: 'month', periods: 6, ...period, to: '1997-04-01' };
      const { cohorts } = await server.admin<{ cohorts: Array<{ people: number; returned: number[] }> }>(
        '/insights/retention',
        asked,
      );
      const monthsOf = new Map<string, number[]>();
      for (const { who, month } of orders) monthsOf.set(who, [...(monthsOf.get(who) ?? []), month]);
      const people = [...monthsOf.values()].map((own) => ({ first: Math.min(...own), own }));
      expect(cohorts.map((cohort) => cohort.people)).toEqual(
        [0, 1, 2].map((first) => people.filter((one) => one.first === first).length),
      );
      expect(cohorts.map(({ returned }) => returned.slice(1))).toEqual(
        [0, 1, 2].map((first) =>
          [1, 2, 3, 4, 5, 6].map(
            (after) => people.filter((one) => one.first === first && one.own.includes(first + after)).length,
          ),
        ),
      );
      const { rows } = await server.admin<Rows>('/query', {
        sql: `SELECT uniqExact(profile_id), count(), sum(properties.quantity.:Int64) FROM events_resolved WHERE properties.currency.:String = 'USD'`,
      });
      expect(rows).toEqual([
        [23_570, orders.length, orders.reduce((sum, { quantity }) => sum + quantity, 0)],
      ]);
    },
    TEST_MS_MAX,
  );
});

function ordersOf(content: string) {
  return content
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d{4})(\d\d)\d\d\s+(\d+)\s+(\d+)\.(\d\d)\s*$/.exec(line))
    .flatMap((match) => {
      if (match === null) return [];
      const [, who = '', year, month, quantity, whole, cents] = match;
      return [
        {
          ...{ who, month: (Number(year) - 1997) * 12 + Number(month) - 1 },
          ...{ quantity: Number(quantity), cents: Number(whole) * 100 + Number(cents) },
        },
      ];
    });
}

async function importCdnow(content: string): Promise<void> {
  const mapping: unknown = JSON.parse(
    await readFile(new URL('docs/examples/cdnow.mapping.json', ROOT), 'utf8'),
  );
  const { id } = await server.admin<{ id: string }>('/imports', {
    source: { name: 'cdnow' },
    file: 'cdnow.txt',
    mapping,
  });
  const answer = await fetch(`${server.url}/api/v1/imports/${id}/content`, {
    ...{ method: 'PUT', headers: { authorization: `Bearer ${ADMIN_TOKEN}` }, body: content },
  });
  expect(answer.status).toBe(202);
  for (;;) {
    const { status } = await server.admin<{ status: string }>(`/imports/${id}`);
    if (status === 'done') break;
    expect(['queued', 'running']).toContain(status);
    await sleep(50);
  }
  await server.settled();
}
