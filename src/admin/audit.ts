import { Type } from 'typebox';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { Moment, PageQuery, pageOf } from './schemas.js';

const AuditSchema = Type.Object({
  seq: Type.Integer(),
  at: Moment,
  actor: Type.String({
    description: '`admin`, `user <name>` or `token <name>`; at the door also `oidc <address>` and `nobody`.',
  }),
  action: Type.String({ description: 'Method and route.' }),
  path: Type.String(),
  status: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Of the answer; null while it is in work, or where the server ended in its midst.',
  }),
  request: Type.Unknown(),
  before: Type.Unknown({ description: 'How the thing was; null where it did not exist.' }),
  after: Type.Unknown(),
});

/** The log of changes. */
export async function auditRoutes(app: AdminApp, { audit }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/audit',
    {
      config: { access: { role: 'owner', personal: 'none' } },
      schema: {
        tags: ['access'],
        summary: 'Changes, the newest first',
        description:
          'Who changed what, with what was before and after. It holds no personal data and no secrets.',
        querystring: Type.Object({
          ...PageQuery,
          actor: Type.Optional(Type.String({ maxLength: 300 })),
          action: Type.Optional(
            Type.String({ maxLength: 300, description: 'How it begins, such as `PATCH`.' }),
          ),
          text: Type.Optional(Type.String({ maxLength: 300, description: 'Occurs anywhere in an entry.' })),
          from: Type.Optional(Moment),
          to: Type.Optional(Moment),
        }),
        response: { 200: pageOf(AuditSchema) },
      },
    },
    async ({ query: { limit = 50, cursor, ...filter } }) => {
      const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const data = await audit.list(before, limit, filter);
      const last = data.at(-1);
      return { data, nextCursor: data.length === limit && last ? encodeCursor([last.seq]) : null };
    },
  );
}
