import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import { expectedSplit } from '../core/identity/expected-split.js';
import { mergeInto } from '../core/profile/merge.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { graphOf, linksOf, planOf, UNMERGED } from './profile-identity.js';
import { ProfileSchema, profileJson } from './profile-json.js';
import { ByProfileRef, profileByRef } from './profile-ref.js';
import { IdentifierSchema, Problem } from './schemas.js';

const tags = ['identity'];

/** What merging and unmerging would do. Nothing is changed. */
export async function previewChangeRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/profiles/merge',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'See what joining two profiles would give',
        querystring: Type.Object({
          into: Type.String({ description: 'The profile that stays, as kind:value or id:….' }),
          from: Type.String({ description: 'The one that it would take in.' }),
        }),
        response: {
          200: Type.Object({ profile: ProfileSchema, into: ProfileSchema, from: ProfileSchema }),
          404: Problem,
          409: Problem,
        },
      },
    },
    async ({ query }) => {
      const [{ profile: into, force }, { profile: from }] = await Promise.all([
        profileByRef(query.into, parts),
        profileByRef(query.from, parts),
      ]);
      if (into.id === from.id) throw new TributaryError('conflict', 'They are one profile already.');
      const print = (profile: typeof into) => profileJson(profile, force.traits);
      const apart = { into: print(into), from: print(from) };
      mergeInto(into, from, force.traits);
      return { profile: print(into), ...apart };
    },
  );
  app.get(
    '/api/v1/profiles/:ref/unmerge',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'See what taking a profile apart would give',
        description:
          'As far as the links on record tell; the operation itself replays the events of everybody concerned.',
        params: ByProfileRef,
        querystring: Type.Object(UNMERGED),
        response: {
          200: Type.Object({
            groups: Type.Array(Type.Array(IdentifierSchema), {
              description: 'Who would be with whom, the largest group first.',
            }),
            pairs: Type.Array(Type.Array(IdentifierSchema), {
              description: 'What would never come together again by itself.',
            }),
            events: Type.Integer({ description: 'Events of the profile, which would be folded anew.' }),
          }),
          404: Problem,
          409: Problem,
        },
      },
    },
    async ({ params, query }) => {
      const graph = await graphOf(params.ref, parts);
      const plan = planOf(graph, query, await parts.rulesInForce());
      return {
        groups: expectedSplit(graph.held, linksOf(graph.edges), plan),
        pairs: plan.pairs.map(([one, other]) => [one, other]),
        events: graph.profile.total,
      };
    },
  );
}
