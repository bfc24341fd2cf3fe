import { Readable } from 'node:stream';
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import type { FinishedDelivery } from '../stores/events/delivery-queries.js';
import type { OpenFilter, OpenStatus, WholeDelivery } from '../stores/state/deliveries.js';
import {
  deadLetters,
  findOpen,
  listOpen,
  OPEN_STATUSES,
  RETRIED_MAX,
  retryNow,
} from '../stores/state/deliveries.js';
import { destinationIds } from '../stores/state/destinations.js';
import { mergedInto } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import {
  AttemptSchema,
  attemptJson,
  DeliverySchema,
  finishedJson,
  lastAttemptJson,
  openJson,
  SHOWN_STATUSES,
} from './delivery-json.js';
import { readMoment } from './period.js';
import { profileByRef } from './profile-ref.js';
import { Moment, PageQuery, PersonalObject, Problem, pageOf } from './schemas.js';

const Filter = {
  destination: Type.Optional(Type.String({ maxLength: 100, description: 'Its id.' })),
  connection: Type.Optional(Type.String({ maxLength: 100, description: 'Its id.' })),
  profile: Type.Optional(
    Type.String({ maxLength: 600, description: 'As in `/profiles/{ref}`, such as `user_id:42`.' }),
  ),
  segment: Type.Optional(Type.String({ maxLength: 200, description: 'Its id.' })),
  messageId: Type.Optional(Type.String({ maxLength: 300 })),
  reason: Type.Optional(
    Type.String({ maxLength: 100, description: 'Code of the last failure, or why it was filtered.' }),
  ),
  from: Type.Optional(Type.String({ ...Moment, description: 'Received then or later.' })),
  to: Type.Optional(Type.String({ ...Moment, description: 'Received before.' })),
};
const Status = Type.Enum([...SHOWN_STATUSES]);
const ByKey = Type.Object({ key: Type.String({ format: 'uuid' }) });
const OfDestination = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['deliveries'];
/** Dead letters that are read at a time. */
const LETTERS = 500;

type AskedFilter = { readonly [Name in keyof typeof Filter]?: string };

/** Deliveries: what waits, what became of it, and asking for it again. */
export async function deliveryRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const { pool, activation } = parts;
  app.get(
    '/api/v1/deliveries',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Deliveries: first those that wait or were given up, then finished ones; each newest first',
        querystring: Type.Object({ ...PageQuery, ...Filter, status: Type.Optional(Status) }),
        response: { 200: pageOf(DeliverySchema), 404: Problem },
      },
    },
    async ({ query: { limit = 50, cursor, status, ...asked } }) =>
      listDeliveries(parts, asked, status, cursor, limit),
  );
  app.get(
    '/api/v1/deliveries/:key',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'One delivery with all its attempts',
        params: ByKey,
        response: {
          200: Type.Object({
            ...DeliverySchema.properties,
            payload: Type.Union([PersonalObject, Type.Null()], {
              description: 'What is sent, while it is not finished.',
            }),
            attemptsMade: Type.Array(AttemptSchema),
          }),
          404: Problem,
        },
      },
    },
    async ({ params: { key } }) => {
      const [open, attempts] = await Promise.all([findOpen(pool, key), activation.deliveries.attempts(key)]);
      const last = attempts.at(-1);
      const about = open === undefined ? last && lastAttemptJson(last) : openJson(open);
      if (about === undefined) throw new TributaryError('not_found', `There is no delivery ${key}.`);
      return {
        ...about,
        payload: open === undefined ? null : payloadOf(open),
        attemptsMade: attempts.map(attemptJson),
      };
    },
  );
  retryRoute(app, parts);
  deadLettersRoute(app, parts);
}

function deadLettersRoute(app: AdminApp, parts: AdminParts): void {
  app.get(
    '/api/v1/destinations/:id/dead-letters',
    {
      config: { access: { personal: 'required' } },
      schema: {
        tags,
        summary: 'All dead letters of a destination as JSON lines, the oldest first',
        params: OfDestination,
        response: {
          200: {
            description: 'One object a line.',
            content: { 'application/x-ndjson': { schema: Type.String() } },
          },
          404: Problem,
        },
      },
    },
    async ({ params: { id } }, reply) => {
      await refuseUnknown(parts, id);
      return reply
        .header('content-type', 'application/x-ndjson; charset=utf-8')
        .header(
          'content-disposition',
          `attachment; filename="dead-letters-${id.replaceAll(/\W/g, '_')}.jsonl"`,
        )
        .send(Readable.from(linesOf(parts, id)) as never);
    },
  );
}

function retryRoute(app: AdminApp, { pool, activation, ...parts }: AdminParts): void {
  app.post(
    '/api/v1/deliveries/retry',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'Ask for one delivery again, or for all that match a filter',
        description: `Dead ones wait anew, and their time for trying begins again; those that wait are due now. At most ${RETRIED_MAX} at once.`,
        body: Type.Object(
          {
            ...Filter,
            key: Type.Optional(Type.String({ format: 'uuid' })),
            status: Type.Optional(Type.Enum(['dead', 'retried'], { default: 'dead' })),
          },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: {
          200: Type.Object({ retried: Type.Integer({ description: 'How many are tried again.' }) }),
          404: Problem,
        },
      },
    },
    async ({ body: { key, status, ...asked } }) => {
      const given: OpenStatus[] =
        status === undefined ? (key === undefined ? ['dead'] : ['dead', 'retried']) : [status];
      const filter = await openFilter({ pool, activation, ...parts }, asked, given);
      const retried = await retryNow(pool, { ...filter, key }, Date.now());
      if (key !== undefined && retried === 0)
        throw new TributaryError('not_found', `No delivery ${key} is dead or waits to be tried again.`);
      if (retried > 0) activation.changed();
      return { retried };
    },
  );
}

async function listDeliveries(
  parts: AdminParts,
  asked: AskedFilter,
  status: Static<typeof Status> | undefined,
  cursor: string | undefined,
  limit: number,
) {
  const statuses = status === undefined ? SHOWN_STATUSES : [status];
  const open = OPEN_STATUSES.filter((one) => statuses.includes(one));
  const filter = await openFilter(parts, asked, open);
  const [seq, offset, key] = decodeCursor(cursor, ['number', 'number', 'string'] as const) ?? [
    Number.MAX_SAFE_INTEGER,
    -1,
    '',
  ];
  const waiting = open.length === 0 || seq === 0 ? [] : await listOpen(parts.pool, filter, seq, limit);
  const data = waiting.map(openJson);
  const lastWaiting = waiting.at(-1);
  if (data.length === limit && lastWaiting)
    return { data, nextCursor: encodeCursor([lastWaiting.seq, -1, '']) };
  const done = ['delivered', 'filtered'].filter((one): one is FinishedDelivery['status'] =>
    statuses.includes(one as never),
  );
  if (done.length === 0) return { data, nextCursor: null };
  const found = await parts.activation.deliveries.listFinished(
    {
      ...filter,
      statuses: done,
      destinationIds:
        filter.destinationId === undefined ? await destinationIds(parts.pool) : [filter.destinationId],
    },
    offset < 0 ? undefined : { offset, key },
    limit - data.length,
  );
  const last = found.at(-1);
  const isFull = data.length + found.length === limit;
  return {
    data: [...data, ...found.map(finishedJson)],
    nextCursor: isFull && last ? encodeCursor([0, last.offset, last.key]) : null,
  };
}

async function openFilter(
  parts: AdminParts,
  { destination, connection, profile, segment, messageId, reason, from, to }: AskedFilter,
  statuses: readonly OpenStatus[],
): Promise<OpenFilter> {
  return {
    ...{
      statuses,
      destinationId: destination,
      connectionId: connection,
      segmentId: segment,
      messageId,
      reason,
    },
    profileIds: profile === undefined ? undefined : await idsOf(parts, profile),
    ...{ from: readMoment('from', from), to: readMoment('to', to) },
  };
}

async function idsOf(parts: AdminParts, ref: string): Promise<string[]> {
  const { profile } = await profileByRef(ref, parts);
  return [profile.id, ...(await mergedInto(parts.pool, profile.id))];
}

async function* linesOf({ pool }: AdminParts, destinationId: string): AsyncGenerator<string> {
  let after = 0;
  for (;;) {
    const letters = await deadLetters(pool, destinationId, after, LETTERS);
    const last = letters.at(-1);
    if (last === undefined) return;
    after = last.seq;
    yield letters.map((one) => `${JSON.stringify({ ...openJson(one), payload: payloadOf(one) })}\n`).join('');
  }
}

function payloadOf({ payload }: WholeDelivery): Record<string, unknown> {
  return JSON.parse(payload) as Record<string, unknown>;
}

/** @throws TributaryError `not_found` */
export async function refuseUnknown({ pool }: AdminParts, destinationId: string): Promise<void> {
  if (!(await destinationIds(pool)).includes(destinationId))
    throw new TributaryError('not_found', `There is no destination ${destinationId}.`);
}
