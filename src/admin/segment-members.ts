import { type Static, Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import type { StoredChange } from '../stores/events/membership-queries.js';
import { findProfiles } from '../stores/state/profiles.js';
import type { MembershipChange } from '../stores/state/segment-state.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { eventStreams } from './event-stream.js';
import { readMoment } from './period.js';
import { moment, profileJson } from './profile-json.js';
import { IdentifierSchema, Moment, PageQuery, PersonalObject, Problem, pageOf } from './schemas.js';
import { BySegment } from './segments.js';
import { StreamResponse } from './stream.js';

const MemberSchema = Type.Object({
  id: Type.String({ description: 'Of the profile.' }),
  enteredAt: Moment,
  version: Type.Integer({ description: 'The version of the segment by which the person entered.' }),
  traits: PersonalObject,
  identifiers: Type.Array(IdentifierSchema),
});
const ChangeSchema = Type.Object({
  segmentId: Type.String(),
  profileId: Type.String(),
  entered: Type.Boolean({ description: 'False when the person left.' }),
  at: Moment,
  version: Type.Integer(),
  cause: Type.String({ description: 'event, timer, backfill, merge, operation or deletion.' }),
  messageId: Type.Union([Type.String(), Type.Null()], { description: 'Of an event that caused it.' }),
});
const BucketSchema = Type.Object({
  from: Moment,
  size: Type.Integer({ description: 'People in it at the end.' }),
  entered: Type.Integer(),
  left: Type.Integer(),
});

const INTERVALS = { hour: 3_600_000, day: 86_400_000 } as const;
const BUCKETS_MAX = 2_000;
const OVERLAP_MAX = 10;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const tags = ['segments'];

/** Who is in a segment, was, came and went. */
export async function segmentMemberRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  await memberRoutes(app, parts);
  await changeRoutes(app, parts);
  await figureRoutes(app, parts);
}

async function memberRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/segments/:id/members',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        ...{ tags, summary: 'List the people in a segment, now or at a moment', params: BySegment },
        querystring: Type.Object({ ...PageQuery, at: Type.Optional(Moment) }),
        response: { 200: pageOf(MemberSchema), 404: Problem },
      },
    },
    async ({ params, query: { limit = 50, cursor, at } }) => {
      const { segments, memberships } = parts.segmentation;
      await segments.get(params.id);
      const [after] = decodeCursor(cursor, ['string'] as const) ?? [];
      if (after !== undefined && !UUID.test(after))
        throw new TributaryError('request_invalid', 'cursor must be the nextCursor of an earlier page.');
      const asked = { at: readMoment('at', at), after, limit };
      const members = await memberships.members(params.id, asked);
      const ids = members.map(({ profileId }) => profileId);
      const [profiles, force] = await Promise.all([findProfiles(parts.pool, ids), parts.rulesInForce()]);
      const data = members.map(({ profileId: id, since, version }) => {
        const profile = profiles.get(id);
        // One that was there in the past may have been merged away since.
        const { traits, identifiers } =
          profile === undefined ? { traits: {}, identifiers: [] } : profileJson(profile, force.traits);
        return { id, enteredAt: moment(since), version, traits, identifiers };
      });
      const last = ids.at(-1);
      return { data, nextCursor: ids.length === limit && last ? encodeCursor([last]) : null };
    },
  );
}

async function changeRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const send = eventStreams(app);
  app.get(
    '/api/v1/segments/:id/changes',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List who entered and left, the latest first', params: BySegment },
        querystring: Type.Object({ ...PageQuery, from: Type.Optional(Moment), to: Type.Optional(Moment) }),
        response: { 200: pageOf(ChangeSchema), 404: Problem },
      },
    },
    async ({ params, query: { limit = 50, cursor, from, to } }) => {
      const { segments, memberships } = parts.segmentation;
      await segments.get(params.id);
      const [at, seq] = decodeCursor(cursor, ['number', 'offset'] as const) ?? [];
      const before = at === undefined || seq === undefined ? undefined : { at, seq };
      const period = { from: readMoment('from', from), to: readMoment('to', to) };
      const found = await memberships.changes({ segmentId: params.id, ...period }, before, limit);
      const last = found.at(-1);
      return {
        data: found.map(storedJson),
        nextCursor: found.length === limit && last ? encodeCursor([last.at, last.seq]) : null,
      };
    },
  );
  app.get(
    '/api/v1/segments/changes/stream',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Live changes of membership' },
        description:
          'Server-sent events: `change` for each person that enters or leaves, `skipped` with a count where there were too many to show.',
        querystring: Type.Object({ segment: Type.Optional(Type.String({ maxLength: 100 })) }),
        response: StreamResponse,
      },
    },
    (request, reply) => {
      const { segment } = request.query;
      return send(request, reply, parts.segmentation.live, {
        print: (change) =>
          segment === undefined || change.segmentId === segment
            ? { event: 'change', data: liveJson(change) }
            : undefined,
        skipped: 'changes',
      });
    },
  );
}

async function figureRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/segments/:id/history',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'See how the size of a segment changed', params: BySegment },
        querystring: Type.Object({
          ...{ from: Moment, to: Moment },
          interval: Type.Optional(
            Type.Union([Type.Literal('hour'), Type.Literal('day')], { default: 'day' }),
          ),
        }),
        response: { 200: Type.Object({ data: Type.Array(BucketSchema) }), 404: Problem },
      },
    },
    async ({ params, query: { from, to, interval = 'day' } }) => {
      const { segments, memberships } = parts.segmentation;
      await segments.get(params.id);
      const [begin, end] = [readMoment('from', from), readMoment('to', to)];
      if (begin >= end) throw new TributaryError('request_invalid', 'to must be later than from.');
      const length = INTERVALS[interval];
      if ((end - begin) / length > BUCKETS_MAX)
        throw new TributaryError(
          'request_invalid',
          `That is more than ${BUCKETS_MAX} intervals: ask for a shorter time, or by day.`,
        );
      const buckets = await memberships.history(params.id, begin, end, length);
      return { data: buckets.map((bucket) => ({ ...bucket, from: moment(bucket.from) })) };
    },
  );
  app.get(
    '/api/v1/segments/:id/overlap',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'See how many people segments share', params: BySegment },
        querystring: Type.Object({
          with: Type.String({ maxLength: 2_000, description: 'Ids of other segments, separated by commas.' }),
        }),
        response: {
          200: Type.Object({
            segments: Type.Array(Type.String(), { description: 'Ids, in the order of rows and columns.' }),
            matrix: Type.Array(Type.Array(Type.Integer()), {
              description: 'People that are in both; the diagonal has the sizes.',
            }),
          }),
          404: Problem,
        },
      },
    },
    async ({ params, query }) => {
      const { segments, memberships } = parts.segmentation;
      const ids = [...new Set([params.id, ...query.with.split(',').map((id) => id.trim())])];
      if (ids.length > OVERLAP_MAX)
        throw new TributaryError('request_invalid', `At most ${OVERLAP_MAX} segments are compared at once.`);
      for (const id of ids) await segments.get(id);
      const combinations = await memberships.combinations(ids);
      const shared = (one: string, other: string) =>
        combinations
          .filter((combination) => [one, other].every((id) => combination.segments.includes(id)))
          .reduce((sum, { people }) => sum + people, 0);
      return { segments: ids, matrix: ids.map((one) => ids.map((other) => shared(one, other))) };
    },
  );
}

function storedJson(change: StoredChange): Static<typeof ChangeSchema> {
  const { segmentId, profileId, entered, at, version, cause, causeMessageId } = change;
  const messageId = causeMessageId === '' ? null : causeMessageId;
  return { segmentId, profileId, entered, at: moment(at), version, cause, messageId };
}

function liveJson(change: MembershipChange): Static<typeof ChangeSchema> {
  const { segmentId, profileId, entered, at, version, cause } = change;
  const messageId = cause.messageId ?? null;
  return { segmentId, profileId, entered, at: moment(at), version, cause: cause.kind, messageId };
}
