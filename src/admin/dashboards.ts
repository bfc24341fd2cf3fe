import { type Static, Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { CARD_WIDTHS, type GivenCard } from '../core/insights/dashboard-card.js';
import { PINNED_KINDS, type PinnedQuestion, readPinned } from '../core/insights/pinned-question.js';
import { type Dashboard, type DashboardSummary, Dashboards } from '../stores/state/dashboards.js';
import { actorLabel } from './access/authenticate.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { refuseDeepBody } from './definition-body.js';
import { moment } from './profile-json.js';
import { SqlText } from './query.js';
import { Moment, PageQuery, Problem, pageOf } from './schemas.js';

const Name = Type.String({
  ...{ minLength: 1, maxLength: 200, pattern: '\\S' },
  description: 'Unique among dashboards.',
});
const Description = Type.String({ maxLength: 2_000 });
/** Its own reader checks it: see `placeFor`. What it is made of is said where it is asked. */
const Question = Type.Unsafe<PinnedQuestion>({
  type: 'object',
  description:
    'The body of the insight of that kind, with `days` in place of `from`, `to` and `zone`; or `sql` of a query.',
  required: ['kind'],
  properties: {
    kind: { enum: [...PINNED_KINDS] },
    days: { type: 'integer', description: 'Of an insight: how far back it looks, today included.' },
    sql: personal(SqlText),
  },
  additionalProperties: true,
});
const Title = Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' });
const Width = Type.Enum([...CARD_WIDTHS], { description: 'Of a row.' });
const CardSchema = Type.Object({ id: Type.String(), title: Title, width: Width, question: Question });
const NewCard = { title: Title, width: Type.Optional(Width), question: Question };
const Cards = Type.Array(
  Type.Object(
    { id: Type.Optional(Type.String({ maxLength: 100 })), ...Type.Partial(Type.Object(NewCard)).properties },
    { additionalProperties: false },
  ),
  {
    description:
      'All of them, in their order. With the id of one that is there, what is left out of it stays; without an id it is new. Who is not named is taken off.',
  },
);
const about = {
  id: Type.String(),
  name: Name,
  description: Description,
  version: Type.Integer({ description: 'Moves with every change.' }),
  changedBy: Type.String(),
  createdAt: Moment,
  changedAt: Moment,
};
const DashboardSchema = Type.Object({ ...about, cards: Type.Array(CardSchema) });
const SummarySchema = Type.Object({ ...about, cards: Type.Integer({ description: 'How many it has.' }) });
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['dashboards'];
const masked = { access: { personal: 'masked' } } as const;

/** Dashboards: questions that are kept, in their order. */
export async function dashboardRoutes(app: AdminApp, { pool }: AdminParts): Promise<void> {
  const dashboards = new Dashboards(pool);
  app.get(
    '/api/v1/dashboards',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List dashboards', querystring: Type.Object(PageQuery) },
        response: { 200: pageOf(SummarySchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [after = ''] = decodeCursor(cursor, ['string'] as const) ?? [];
      const found = await dashboards.list(after, limit);
      const last = found.at(-1);
      return {
        data: found.map(timesJson),
        nextCursor: found.length === limit && last ? encodeCursor([last.name]) : null,
      };
    },
  );
  app.get(
    '/api/v1/dashboards/:id',
    {
      config: masked,
      schema: {
        ...{ tags, summary: 'Read a dashboard', params: ById },
        response: { 200: DashboardSchema, 404: Problem },
      },
    },
    async ({ params }) => dashboardJson(await dashboards.get(params.id)),
  );
  app.delete(
    '/api/v1/dashboards/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Delete a dashboard', params: ById },
        response: { 204: Type.Null(), 404: Problem },
      },
    },
    async ({ params }, reply) => {
      await dashboards.remove(params.id);
      return reply.code(204).send(null);
    },
  );
  await writeRoutes(app, dashboards);
}

async function writeRoutes(app: AdminApp, dashboards: Dashboards): Promise<void> {
  app.post(
    '/api/v1/dashboards',
    {
      config: masked,
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Create a dashboard' },
        body: Type.Object(
          { name: Name, description: Type.Optional(Description), cards: Type.Optional(Cards) },
          { additionalProperties: false },
        ),
        response: { 201: DashboardSchema, 409: Problem },
      },
    },
    async (request, reply) => {
      const { name, description = '', cards = [] } = request.body;
      const given = { name, description, cards: readCards(cards) };
      return reply.code(201).send(dashboardJson(await dashboards.create(given, actorLabel(request))));
    },
  );
  app.patch(
    '/api/v1/dashboards/:id',
    {
      config: masked,
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Change a dashboard, or its cards', params: ById },
        body: Type.Object(
          {
            ...{ name: Type.Optional(Name), description: Type.Optional(Description) },
            cards: Type.Optional(Cards),
            expectedVersion: Type.Optional(
              Type.Integer({ description: 'Refuse with 409 when it has another version by now.' }),
            ),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: { 200: DashboardSchema, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { expectedVersion, cards, ...change } = request.body;
      const given = { ...change, ...(cards === undefined ? {} : { cards: readCards(cards) }) };
      const { id } = request.params;
      return dashboardJson(await dashboards.change(id, given, expectedVersion, actorLabel(request)));
    },
  );
  app.post(
    '/api/v1/dashboards/:id/cards',
    {
      config: masked,
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Pin a question to a dashboard', params: ById },
        description: 'At its end, whatever others change meanwhile.',
        body: Type.Object(NewCard, { additionalProperties: false }),
        response: { 201: DashboardSchema, 404: Problem },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const card = { ...body, question: readPinned(body.question, 'question', Date.now()) };
      return reply
        .code(201)
        .send(dashboardJson(await dashboards.addCard(params.id, card, actorLabel(request))));
    },
  );
}

function readCards(cards: Static<typeof Cards>): GivenCard[] {
  return cards.map(({ question, ...card }, index) =>
    question === undefined
      ? card
      : { ...card, question: readPinned(question, `cards[${index}].question`, Date.now()) },
  );
}

function dashboardJson({ cards, ...dashboard }: Dashboard): Static<typeof DashboardSchema> {
  return { ...timesJson(dashboard), cards: [...cards] };
}

function timesJson<Times extends Pick<DashboardSummary, 'createdAt' | 'changedAt'>>({
  createdAt,
  changedAt,
  ...rest
}: Times) {
  return { ...rest, createdAt: moment(createdAt), changedAt: moment(changedAt) };
}
