import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { REJECTIONS } from '../core/errors.js';
import { isShallow } from '../core/event/measure.js';
import type { JsonValue } from '../core/json.js';
import { LIMITS } from '../core/limits.js';
import { listRejected } from '../stores/state/quarantine.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { withPeriod } from './period.js';
import { Moment, PageQuery, PersonalText, pageOf } from './schemas.js';

const RejectedSchema = Type.Object({
  offset: Type.Integer(),
  sourceId: Type.String(),
  code: Type.String({ description: `One of ${Object.keys(REJECTIONS).join(', ')}.` }),
  message: PersonalText,
  messageId: Type.Union([Type.String(), Type.Null()]),
  receipt: Type.String({ description: 'Of the request that it came in.' }),
  receivedAt: Moment,
  line: Type.Union([Type.Integer(), Type.Null()], { description: 'Of an import: the line in its file.' }),
  event: personal(Type.Unknown({ description: 'The event as it came.' })),
});
const Query = Type.Object({
  ...PageQuery,
  code: Type.Optional(Type.String({ description: 'The reason.' })),
  sourceId: Type.Optional(Type.String()),
  messageId: Type.Optional(Type.String()),
  receipt: Type.Optional(Type.String()),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
});

/** The quarantine: what was refused, why, and as it came. */
export async function rejectedRoutes(app: AdminApp, { pool }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/rejected',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags: ['events'],
        summary: 'Refused events, last arrived first',
        querystring: Query,
        response: { 200: pageOf(RejectedSchema) },
      },
    },
    async ({ query: { limit = 50, cursor, ...filter } }) => {
      const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const rows = await listRejected(pool, withPeriod(filter), before, limit);
      const last = rows.at(-1);
      const data = rows.map((row) => ({ ...row, event: parsed(row.event) }));
      return { data, nextCursor: rows.length === limit && last ? encodeCursor([last.offset]) : null };
    },
  );
}

/** The event, or its text where it was too long to be kept whole, or is nested too deeply to be printed again. */
function parsed(text: string): unknown {
  try {
    const event = JSON.parse(text) as JsonValue;
    return isShallow(event, LIMITS.shownDepthMax) ? event : text;
  } catch {
    return text;
  }
}
