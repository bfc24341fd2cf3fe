import { Type } from 'typebox';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { Moment, PageQuery, Problem, pageOf } from './schemas.js';

const Name = Type.String({
  minLength: 1,
  maxLength: 200,
  pattern: '\\S',
  description: 'Unique among sources.',
});
const Kind = Type.String({
  pattern: '^[a-z][a-z0-9_-]{0,49}$',
  description: 'What sends: `web`, `mobile`, `server`, `email`, `pos`, `import` or a word of your own.',
});

const SourceSchema = Type.Object({
  id: Type.String(),
  name: Type.String(),
  kind: Type.String(),
  writeKey: Type.String({
    description: 'Lets clients send events as this source. Public where the client is.',
  }),
  enabled: Type.Boolean({ description: 'While false, the write key is answered 401 and nothing is stored.' }),
  createdAt: Moment,
  lastReceivedAt: Type.Union([Moment, Type.Null()], {
    description: 'When anything of it last came in, whatever became of it; null before its first event.',
  }),
});
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['sources'];

/** Sources: list, create, read, change. */
export async function sourceRoutes(app: AdminApp, { sources }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/sources',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'List sources, in the order in which they were made',
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(SourceSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [after = ''] = decodeCursor(cursor, ['string'] as const) ?? [];
      const data = await sources.list(after, limit);
      const last = data.at(-1);
      return { data, nextCursor: data.length === limit && last ? encodeCursor([last.id]) : null };
    },
  );
  app.post(
    '/api/v1/sources',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'Create a source',
        body: Type.Object({ name: Name, kind: Kind }, { additionalProperties: false }),
        response: { 201: SourceSchema, 409: Problem },
      },
    },
    async ({ body }, reply) => reply.code(201).send(await sources.create(body)),
  );
  app.get(
    '/api/v1/sources/:id',
    {
      config: { access: { personal: 'none' } },
      schema: { tags, summary: 'Read a source', params: ById, response: { 200: SourceSchema, 404: Problem } },
    },
    async ({ params }) => sources.get(params.id),
  );
  app.patch(
    '/api/v1/sources/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'Change a source',
        params: ById,
        body: Type.Object(
          { name: Type.Optional(Name), kind: Type.Optional(Kind), enabled: Type.Optional(Type.Boolean()) },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: { 200: SourceSchema, 404: Problem, 409: Problem },
      },
    },
    async ({ params, body }) => sources.update(params.id, body),
  );
}
