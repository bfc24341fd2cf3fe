import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import { IDENTIFIER_KINDS, normalise } from '../core/identity/identifier.js';
import type { Profile, Sourced } from '../core/profile/profile.js';
import type { ProfileRef } from '../stores/state/profiles.js';
import { findProfile } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { withPeriod } from './period.js';
import { EventSchema, Moment, mapOf, OpenObject, PageQuery, Problem, pageOf } from './schemas.js';

const KINDS = ['id', ...IDENTIFIER_KINDS] as const;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const ProvenanceSchema = Type.Object({ sourceId: Type.String(), messageId: Type.String(), at: Moment });
const ProfileSchema = Type.Object({
  id: Type.String(),
  identifiers: Type.Array(
    Type.Object({ kind: Type.String(), value: Type.String(), firstSeenAt: Moment, lastSeenAt: Moment }),
  ),
  traits: OpenObject,
  provenance: mapOf(ProvenanceSchema, { description: 'Which event gave each trait.' }),
  consent: mapOf(Type.Boolean(), {
    description: 'By category; a missing one was never asked.',
  }),
  consentProvenance: mapOf(ProvenanceSchema),
  firstSeenAt: Moment,
  lastSeenAt: Moment,
  eventCounts: Type.Object({ total: Type.Integer(), byName: mapOf(Type.Integer()) }),
  mergedIds: Type.Array(Type.String(), { description: 'Ids of profiles that this one took in.' }),
});
const ByRef = Type.Object({
  ref: Type.String({
    description: `\`kind:value\`, kind one of ${KINDS.join(', ')}; the value URL-encoded.`,
    examples: ['user_id:42', 'email:ann@example.com'],
  }),
});
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
        params: ByRef,
        response: { 200: ProfileSchema, 404: Problem },
      },
    },
    async ({ params }) => asJson(await profileOf(params.ref, parts)),
  );
  app.get(
    '/api/v1/profiles/:ref/events',
    {
      schema: {
        tags,
        summary: "A person's events, newest first",
        params: ByRef,
        querystring: EventFilterQuery,
        response: { 200: pageOf(EventSchema), 404: Problem },
      },
    },
    async ({ params, query: { limit = 50, cursor, ...filter } }) => {
      const [timestamp, offset] = decodeCursor(cursor, ['number', 'offset'] as const) ?? [];
      const before = timestamp === undefined || offset === undefined ? undefined : { timestamp, offset };
      const profile = await profileOf(params.ref, parts);
      const ids = [profile.id, ...profile.merged];
      const data = await parts.events.timeline(ids, withPeriod(filter), before, limit);
      const last = data.at(-1);
      const nextCursor =
        data.length === limit && last ? encodeCursor([Date.parse(last.timestamp), last.offset]) : null;
      return { data, nextCursor };
    },
  );
}

async function profileOf(text: string, { pool }: AdminParts): Promise<Profile> {
  const profile = await findProfile(pool, readRef(text));
  if (!profile) throw new TributaryError('not_found', `There is no profile ${text}.`);
  return profile;
}

function readRef(text: string): ProfileRef {
  const at = text.indexOf(':');
  const kind = KINDS.find((known) => known === text.slice(0, at));
  if (kind === undefined) {
    throw new TributaryError(
      'request_invalid',
      `A profile is asked for as kind:value, kind one of ${KINDS.join(', ')}.`,
    );
  }
  const given = text.slice(at + 1);
  const value = kind === 'id' ? given.toLowerCase() : normalise(kind, given);
  if (value === '' || (kind === 'id' && !UUID.test(value))) {
    throw new TributaryError('request_invalid', `${JSON.stringify(given)} is not a valid ${kind}.`);
  }
  return { kind, value };
}

function asJson(profile: Profile) {
  return {
    id: profile.id,
    identifiers: Array.from(profile.identifiers.values(), (held) => ({
      kind: held.kind,
      value: held.value,
      firstSeenAt: moment(held.firstSeenAt),
      lastSeenAt: moment(held.lastSeenAt),
    })),
    traits: valuesOf(profile.traits),
    provenance: provenanceOf(profile.traits),
    consent: valuesOf(profile.consent),
    consentProvenance: provenanceOf(profile.consent),
    firstSeenAt: moment(profile.firstSeenAt),
    lastSeenAt: moment(profile.lastSeenAt),
    eventCounts: { total: profile.total, byName: Object.fromEntries(profile.counts) },
    mergedIds: [...profile.merged],
  };
}

function valuesOf<T>(map: ReadonlyMap<string, Sourced<T>>): Record<string, T> {
  return Object.fromEntries(Array.from(map, ([name, { value }]) => [name, value]));
}

function provenanceOf(map: ReadonlyMap<string, Sourced<unknown>>) {
  return Object.fromEntries(
    Array.from(map, ([name, { sourceId, messageId, at }]) => [name, { sourceId, messageId, at: moment(at) }]),
  );
}

function moment(at: number): string {
  return new Date(at).toISOString();
}
