/** Dashboards by the API of the real server. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, RunningServer } from '../harness/running-server.js';

interface Dashboard {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly changedBy: string;
  readonly cards: ReadonlyArray<{ id: string; title: string; width: string; question: { sql?: string } }>;
}

const ORDERS = {
  ...{ kind: 'trends', events: [{ event: 'Order Completed' }], per: 'day', days: 30 },
  measure: { kind: 'count' },
};
const FUNNEL = { kind: 'funnels', steps: [{ event: 'Viewed' }, { event: 'Bought' }], days: 7 };
const RETENTION = {
  ...{ kind: 'retention', start: { event: 'Viewed' }, return: { event: 'Viewed' } },
  ...{ per: 'week', periods: 4, days: 90 },
};
const SQL = { kind: 'sql', sql: "SELECT count() FROM events WHERE user_id = 'zora-1'" };

let server: RunningServer;
let blind: string;
beforeAll(async () => {
  server = await RunningServer.start();
  const made = await server.admin<{ token: string }>('/tokens', { name: 'blind', role: 'editor' });
  blind = made.token;
});
afterAll(() => server?.remove());

async function ask<Answer = { code: string; detail: string }>(
  method: string,
  path: string,
  body?: unknown,
  token = ADMIN_TOKEN,
): Promise<{ status: number; answer: Answer }> {
  const response = await fetch(`${server.url}/api/v1/dashboards${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, answer: (text === '' ? undefined : JSON.parse(text)) as Answer };
}
const create = async (body: object) => (await ask<Dashboard>('POST', '', body)).answer;
const titlesOf = ({ cards }: Dashboard) => cards.map(({ title }) => title);

test('questions of all kinds are pinned, and come back as they were asked', async () => {
  const { id } = await create({ name: 'All kinds', description: 'For Monday' });
  for (const [title, question] of Object.entries({ ORDERS, FUNNEL, RETENTION, SQL })) {
    const { status, answer } = await ask('POST', `/${id}/cards`, { title, question });
    expect({ status, answer }).toMatchObject({ status: 201 });
  }
  const { answer } = await ask<Dashboard>('GET', `/${id}`);
  expect(answer).toMatchObject({ version: 5, changedBy: 'admin', description: 'For Monday' });
  expect(answer.cards.map(({ question }) => question)).toEqual([ORDERS, FUNNEL, RETENTION, SQL]);
  expect(answer.cards.map(({ width }) => width)).toEqual(['half', 'half', 'half', 'half']);
  // An insight is asked by the routes of insights with no more than its period.
  const { kind: _, days: __, ...body } = { ...ORDERS, ...answer.cards[0]?.question };
  const period = { from: '2026-01-01', to: '2026-01-31' };
  expect((await server.adminAnswer('/insights/trends', { ...body, ...period })).status).toBe(200);
});

test.each([
  ['an unknown kind', { kind: 'guess' }, 'question/kind must be'],
  ['no days', { ...ORDERS, days: undefined }, 'question.days: must be a number'],
  ['a period of its own', { ...ORDERS, from: '2026-01-01' }, 'question.from: is not kept'],
  ['a fault of the insight', { ...ORDERS, per: 'year' }, 'trends.per: must be one of'],
  ['an unknown field', { ...FUNNEL, colour: 'red' }, 'colour'],
  ['more buckets than a trend may have', { ...ORDERS, per: 'hour', days: 3_000 }, 'trends.per'],
  ['a return that is none', { ...RETENTION, return: 'Viewed' }, 'retention.return'],
  ['empty SQL', { kind: 'sql', sql: ' ' }, 'question.sql: must be a text'],
  ['what stands for hidden SQL', { kind: 'sql', sql: '•••' }, 'question.sql: is •••'],
])('a question is refused for %s', async (what, question, detail) => {
  const { id, version } = await create({ name: `Refuses ${what}` });
  const { status, answer } = await ask('POST', `/${id}/cards`, { title: 'T', question });
  expect({ status, detail: answer.detail }).toEqual({
    status: 400,
    detail: expect.stringContaining(detail),
  });
  expect((await ask<Dashboard>('GET', `/${id}`)).answer).toMatchObject({ version, cards: [] });
});

test('cards are put in order, renamed, widened, taken off and put back; an id that is not there is refused', async () => {
  const made = await create({
    name: 'Order',
    cards: ['a', 'b', 'c'].map((title) => ({ title, question: ORDERS })),
  });
  const [a, b, c] = made.cards.map(({ id }) => id);
  const change = async (cards: object[]) => (await ask<Dashboard>('PATCH', `/${made.id}`, { cards })).answer;
  const moved = await change([{ id: c, width: 'full' }, { id: a }, { id: b, title: 'B' }]);
  expect(moved.cards.map(({ id, title, width }) => [id, title, width])).toEqual([
    [c, 'c', 'full'],
    [a, 'a', 'half'],
    [b, 'B', 'half'],
  ]);
  expect(titlesOf(await change([{ id: c }, { id: b }]))).toEqual(['c', 'B']);
  expect(titlesOf(await change([{ id: c }, { title: 'a', question: ORDERS }, { id: b }]))).toEqual([
    'c',
    'a',
    'B',
  ]);
  for (const cards of [[{ id: a }], [{ id: c }, { id: c }], [{ title: 'no question' }]])
    expect(await ask('PATCH', `/${made.id}`, { cards })).toMatchObject({ status: 400 });
  expect(
    await ask('PATCH', `/${made.id}`, {
      cards: Array.from({ length: 41 }, (_, n) => ({ title: `${n}`, question: ORDERS })),
    }),
  ).toMatchObject({ status: 400, answer: { detail: expect.stringContaining('at most 40') } });
});

test('who changes what somebody else changed meanwhile is told; pins come in both', async () => {
  const { id, version } = await create({ name: 'Two at once' });
  const rename = (name: string) => ask('PATCH', `/${id}`, { name, expectedVersion: version });
  const both = await Promise.all([rename('First'), rename('Second')]);
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = both.find(({ status }) => status === 409);
  expect(refused?.answer).toMatchObject({ code: 'conflict', detail: expect.stringContaining('version 2') });
  const pins = ['x', 'y', 'z'].map((title) => ask('POST', `/${id}/cards`, { title, question: ORDERS }));
  expect((await Promise.all(pins)).map(({ status }) => status)).toEqual([201, 201, 201]);
  const { answer } = await ask<Dashboard>('GET', `/${id}`);
  expect(titlesOf(answer).sort()).toEqual(['x', 'y', 'z']);
});

test('names are unique; a dashboard is deleted once', async () => {
  const { id } = await create({ name: 'Once' });
  const other = await create({ name: 'Other' });
  expect(await ask('POST', '', { name: 'Once' })).toMatchObject({ status: 409 });
  expect(await ask('PATCH', `/${other.id}`, { name: 'Once' })).toMatchObject({ status: 409 });
  expect((await ask('DELETE', `/${id}`)).status).toBe(204);
  expect((await ask('DELETE', `/${id}`)).status).toBe(404);
  expect((await ask('GET', `/${id}`)).status).toBe(404);
  expect((await ask('POST', `/${id}/cards`, { title: 'T', question: ORDERS })).status).toBe(404);
  const names: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: { data: Array<{ name: string; cards: number }>; nextCursor: string | null } = (
      await ask<typeof page>('GET', `?limit=5${cursor === '' ? '' : `&cursor=${cursor}`}`)
    ).answer;
    names.push(...page.data.map(({ name, cards }) => `${name}: ${cards}`));
    cursor = page.nextCursor;
  }
  expect(names).toContain('All kinds: 4');
  expect(names).toContain('Other: 0');
  expect(new Set(names).size).toBe(names.length);
});

test('without the right to personal data SQL is hidden, and stays when others of it change; the audit hides it too', async () => {
  const made = await create({ name: 'Hidden', cards: [{ title: 'Zora', question: SQL }] });
  const seen = (await ask<Dashboard>('GET', `/${made.id}`, undefined, blind)).answer;
  expect(seen.cards[0]).toMatchObject({ title: 'Zora', question: { kind: 'sql', sql: '•••' } });
  const cards = [{ id: seen.cards[0]?.id, title: 'One person', width: 'full' }];
  expect((await ask('PATCH', `/${made.id}`, { cards }, blind)).status).toBe(200);
  const [card] = (await ask<Dashboard>('GET', `/${made.id}`)).answer.cards;
  expect(card).toMatchObject({ title: 'One person', width: 'full', question: SQL });
  const audit = JSON.stringify(await server.admin('/audit?limit=500'));
  expect(audit).toContain('One person');
  expect(audit).not.toContain('zora-1');
});
