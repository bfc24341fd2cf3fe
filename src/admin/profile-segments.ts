import { type Static, Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { SegmentCompiler } from '../core/segments/compile.js';
import type { StoredChange } from '../stores/events/membership-queries.js';
import { mergedInto } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { placeFor } from './definition-schemas.js';
import { explainedJson } from './explained-json.js';
import { peopleAtHand } from './people-at-hand.js';
import { moment } from './profile-json.js';
import { ByProfileRef, profileByRef } from './profile-ref.js';
import { Moment, Problem } from './schemas.js';

const stay = {
  id: Type.String({ description: 'Of the segment.' }),
  name: Type.String(),
  enteredAt: Moment,
  version: Type.Integer({ description: 'The version of the segment by which the person entered.' }),
};
const MembershipsSchema = Type.Object({
  now: Type.Array(Type.Object(stay)),
  past: Type.Array(
    Type.Object({
      ...stay,
      leftAt: Moment,
      cause: Type.String({ description: 'Why the person left: event, timer, merge and so on.' }),
    }),
    { description: 'The latest first. Those of profiles that were merged into this one are among them.' },
  ),
});
/** Changes of one person that are looked at, the latest. */
const CHANGES_MAX = 5_000;
const tags = ['profiles'];

/** The segments of a person. */
export async function profileSegmentRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/profiles/:ref/segments',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List the segments that a person is in, and was', params: ByProfileRef },
        response: { 200: MembershipsSchema, 404: Problem },
      },
    },
    async ({ params }) => {
      const { memberships, segments } = parts.segmentation;
      const { profile } = await profileByRef(params.ref, parts);
      const profileIds = [profile.id, ...(await mergedInto(parts.pool, profile.id))];
      const changes = await memberships.changes({ profileIds }, undefined, CHANGES_MAX);
      const names = await segments.names([...new Set(changes.map(({ segmentId }) => segmentId))]);
      return membershipsOf(changes, names);
    },
  );
  app.get(
    '/api/v1/profiles/:ref/explain',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        ...{ tags, summary: 'Explain why a person is in a segment, or is not', params: ByProfileRef },
        description: "Holds the newest version against the person's profile and events as they are now.",
        querystring: Type.Object({ segment: Type.String({ maxLength: 100, description: 'Its id.' }) }),
        response: {
          200: Type.Object({
            ...{ segment: Type.String(), version: Type.Integer(), at: Moment, holds: Type.Boolean() },
            why: personal(
              placeFor('SegmentExplanation', 'Which node holds and which does not, with the values.'),
              ['value'],
            ),
          }),
          404: Problem,
        },
      },
    },
    async ({ params, query }) => {
      const { segments, vocabulary } = parts.segmentation;
      const { profile, force } = await profileByRef(params.ref, parts);
      const { newest } = await segments.get(query.segment);
      const compiled = new SegmentCompiler(await vocabulary()).segment(newest.definition);
      const people = await peopleAtHand([profile], compiled, force.traits, parts);
      const now = Date.now();
      // Invariant: whoever is given is at hand.
      const found = compiled.explain(people.get(profile.id) as Parameters<typeof compiled.explain>[0], now);
      return {
        ...{ segment: query.segment, version: newest.version, at: moment(now) },
        ...{ holds: found.holds, why: explainedJson(found) },
      };
    },
  );
}

/** @param changes the latest first. */
function membershipsOf(
  changes: readonly StoredChange[],
  names: ReadonlyMap<string, string>,
): Static<typeof MembershipsSchema> {
  const open = new Map<string, Static<typeof MembershipsSchema>['now'][number]>();
  const past: Static<typeof MembershipsSchema>['past'] = [];
  for (const { segmentId: id, profileId, entered, at, version, cause } of changes.toReversed()) {
    const key = `${id} ${profileId}`;
    const stayed = open.get(key);
    if (entered) open.set(key, { id, name: names.get(id) ?? id, enteredAt: moment(at), version });
    else if (stayed !== undefined) {
      open.delete(key);
      past.unshift({ ...stayed, leftAt: moment(at), cause });
    }
  }
  return { now: [...open.values()].reverse(), past };
}
