import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import { mergedInto } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { computedTraitsOf } from './computed-traits.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { twinsOf } from './duplicates.js';
import { withPeriod } from './period.js';
import { ProfileSchema, profileJson } from './profile-json.js';
import { ByProfileRef, profileByRef } from './profile-ref.js';
import { EventSchema, Moment, PageQuery, Problem, pageOf } from './schemas.js';
import { readTimeline, type TimelinePlace } from './timeline.js';

const EventFilterQuery = Type.Object({
  ...PageQuery,
  type: Type.Optional(Type.String()),
  name: Type.Optional(Type.String()),
  from: Type.Optional(Moment),
  to: Type.Optional(Moment),
});
const tags = ['profiles'];

/** Profiles: the person, and the person's timeline. */
export async function profileRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/profiles/:ref',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Read a profile',
        params: ByProfileRef,
        response: { 200: ProfileSchema, 404: Problem },
      },
    },
    async ({ params }) => {
      const { profile, force } = await profileByRef(params.ref, parts);
      const { traits: rules } = force;
      const [twins, computed] = await Promise.all([
        twinsOf(profile, parts, force),
        computedTraitsOf(profile, rules, parts),
      ]);
      return profileJson(profile, rules, twins, computed);
    },
  );
  app.get(
    '/api/v1/profiles/:ref/events',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: "A person's events, newest first",
        description:
          'Among them, as track events of the source `tributary`, `Audience Entered` and `Audience Exited`: when the person came into segments and left them.',
        params: ByProfileRef,
        querystring: EventFilterQuery,
        response: { 200: pageOf(EventSchema), 404: Problem },
      },
    },
    async ({ params, query: { limit = 50, cursor, ...filter } }) => {
      const after = placeOf(cursor);
      const { profile } = await profileByRef(params.ref, parts);
      const ids = [profile.id, ...(await mergedInto(parts.pool, profile.id))];
      const from = { events: parts.events, ...parts.segmentation };
      const { data, end } = await readTimeline(ids, withPeriod(filter), after, limit, from);
      return { data, nextCursor: end ? encodeCursor([end.at, end.kind, end.order]) : null };
    },
  );
}

function placeOf(cursor: string | undefined): TimelinePlace | undefined {
  const [at, kind, order] = decodeCursor(cursor, ['number', 'string', 'offset'] as const) ?? [];
  if (at === undefined || order === undefined) return undefined;
  if (kind === 'event' || kind === 'change') return { at, kind, order };
  throw new TributaryError(
    'request_invalid',
    'cursor must be the nextCursor of an earlier page of the same list.',
  );
}
