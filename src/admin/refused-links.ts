import { Type } from 'typebox';
import { reasonOf } from '../core/identity/explain.js';
import { refusedEdges } from '../stores/state/identity-graph.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { moment } from './profile-json.js';
import { IdentifierSchema, Moment, PageQuery, pageOf } from './schemas.js';

const orNull = <Schema extends ReturnType<typeof Type.Object> | ReturnType<typeof Type.String>>(
  schema: Schema,
) => Type.Union([schema, Type.Null()]);
const RefusedSchema = Type.Object({
  id: Type.Integer(),
  profileId: Type.String({ description: 'The profile that did not get the identifier.' }),
  otherProfileId: orNull(Type.String({ description: 'The one that keeps it.' })),
  identifier: Type.Union([IdentifierSchema, Type.Null()]),
  to: Type.Union([IdentifierSchema, Type.Null()], {
    description: 'The identifier that it was given together with.',
  }),
  rule: Type.String({ description: 'What forbade it.' }),
  reason: Type.String({ description: 'The same in words.' }),
  sourceId: Type.String(),
  messageId: Type.String(),
  at: Moment,
});

/** Links that a rule kept out, of everybody. */
export async function refusedLinkRoutes(app: AdminApp, { pool }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/identity/refused',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags: ['identity'],
        summary: 'List links between two people that a rule refused, newest first',
        description:
          'Each identifier of somebody else is told once for a profile. What was resolved anew since is left out.',
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(RefusedSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const edges = await refusedEdges(pool, before, limit);
      const last = edges.at(-1);
      return {
        data: edges.map(({ seq: id, at, offset: _, operationId: __, verdict: ___, ...edge }) => ({
          ...{ ...edge, id, at: moment(at), reason: reasonOf(edge.rule) },
        })),
        nextCursor: edges.length === limit && last ? encodeCursor([last.seq]) : null,
      };
    },
  );
}
