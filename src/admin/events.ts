import { Type } from 'typebox';
import { readLogEnd } from '../stores/state/ledger.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { withPeriod } from './period.js';
import { EventSchema, Moment, PageQuery, pageOf } from './schemas.js';

const Query = Type.Object({
  ...PageQuery,
  type: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  sourceId: Type.Optional(Type.String()),
  messageId: Type.Optional(Type.String()),
  userId: Type.Optional(Type.String()),
  anonymousId: Type.Optional(Type.String()),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
});

/** Events of everybody, for a look at what comes in. */
export async function eventRoutes(app: AdminApp, { events, pool }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/events',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags: ['events'],
        summary: 'Recent events, last arrived first',
        querystring: Query,
        response: { 200: pageOf(EventSchema) },
      },
    },
    async ({ query: { limit = 50, cursor, ...filter } }) => {
      const [before = await readLogEnd(pool)] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const data = await events.recent(withPeriod(filter), before, limit);
      const last = data.at(-1);
      return { data, nextCursor: data.length === limit && last ? encodeCursor([last.offset]) : null };
    },
  );
}
