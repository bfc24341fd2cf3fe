import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { REJECTIONS, TributaryError } from '../core/errors.js';
import { isShallow } from '../core/event/measure.js';
import { isObject, type JsonObject, type JsonValue } from '../core/json.js';
import { LIMITS } from '../core/limits.js';
import { listRejected } from '../stores/state/quarantine.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { withPeriod } from './period.js';
import { Moment, PageQuery, PersonalText, Problem, pageOf } from './schemas.js';

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
export async function rejectedRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const { pool } = parts;
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
  resendRoute(app, parts);
}

function resendRoute(app: AdminApp, { pool, appendOwn }: AdminParts): void {
  app.post(
    '/api/v1/rejected/:offset/resend',
    {
      config: { access: { personal: 'required' } },
      schema: {
        tags: ['events'],
        summary: 'Send a refused event again, as it is or mended',
        description:
          'It goes the way of all events, as one of its source, and is judged anew. Without a messageId or a timestamp it gets one made of the refused event, so that sending ' +
          'it twice counts once, and at its time. The refused one stays in the quarantine for as long as such are kept.',
        params: Type.Object({ offset: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }) }),
        body: Type.Object(
          {
            event: Type.Optional(Type.Unknown({ description: 'A whole call, in place of the refused one.' })),
          },
          { additionalProperties: false },
        ),
        response: {
          202: Type.Object({
            receipt: Type.String({ description: 'Where it is refused again: `/api/v1/rejected?receipt=…`.' }),
            messageId: Type.String(),
          }),
          404: Problem,
        },
      },
    },
    async ({ params: { offset }, body }, reply) => {
      const [refused] = await listRejected(pool, {}, offset + 1, 1);
      if (refused?.offset !== offset)
        throw new TributaryError('not_found', `There is no refused event at ${offset}.`);
      const given = body.event ?? parsed(refused.event);
      if (!isObject(given) || !isShallow(given as JsonValue, LIMITS.nestingDepthMax))
        throw new TributaryError(
          'request_invalid',
          `Give event: a JSON object, nested no more than ${LIMITS.nestingDepthMax} levels deep.`,
        );
      const messageId =
        typeof given.messageId === 'string' && given.messageId !== '' ? given.messageId : `resent-${offset}`;
      const call = { timestamp: refused.receivedAt, ...given, messageId } as JsonObject;
      const receipt = await appendOwn(refused.sourceId, [call]);
      return reply.code(202).send({ receipt, messageId });
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
