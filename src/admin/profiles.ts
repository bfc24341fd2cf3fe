import { Type } from 'typebox';
import { mergedInto } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { twinsOf } from './duplicates.js';
import { withPeriod } from './period.js';
import { ProfileSchema, profileJson } from './profile-json.js';
import { ByProfileRef, profileByRef } from './profile-ref.js';
import { EventSchema, Moment, PageQuery, Problem, pageOf } from './schemas.js';

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
      schema: {
        tags,
        summary: 'Read a profile',
        params: ByProfileRef,
        response: { 200: ProfileSchema, 404: Problem },
      },
    },
    async ({ params }) => {
      const { profile, force } = await profileByRef(params.ref, parts);
      return profileJson(profile, force.traits, await twinsOf(profile, parts, force));
    },
  );
  app.get(
    '/api/v1/profiles/:ref/events',
    {
      schema: {
        tags,
        summary: "A person's events, newest first",
        params: ByProfileRef,
        querystring: EventFilterQuery,
        response: { 200: pageOf(EventSchema), 404: Problem },
      },
    },
    async ({ params, query: { limit = 50, cursor, ...filter } }) => {
      const [timestamp, offset] = decodeCursor(cursor, ['number', 'offset'] as const) ?? [];
      const before = timestamp === undefined || offset === undefined ? undefined : { timestamp, offset };
      const { profile } = await profileByRef(params.ref, parts);
      const ids = [profile.id, ...(await mergedInto(parts.pool, profile.id))];
      const data = await parts.events.timeline(ids, withPeriod(filter), before, limit);
      const last = data.at(-1);
      const nextCursor =
        data.length === limit && last ? encodeCursor([Date.parse(last.timestamp), last.offset]) : null;
      return { data, nextCursor };
    },
  );
}
