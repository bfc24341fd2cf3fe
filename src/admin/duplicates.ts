import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import type { MatchRule } from '../core/matching/compile-matching.js';
import { evidenceOf, MATCH_RULES } from '../core/matching/compile-matching.js';
import type { Profile } from '../core/profile/profile.js';
import type { JudgedProfile } from '../core/quality/quality-of.js';
import { matchedPairs, matchesOf } from '../stores/state/matches.js';
import { readProfiles } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { RulesInForce } from './rules-in-force.js';
import { PageQuery, pageOf } from './schemas.js';

/** Other profiles that are shown on one. */
const TWINS_SHOWN_MAX = 10;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

const PairSchema = Type.Object({
  profileId: Type.String(),
  otherProfileId: Type.String({ description: 'The profile that had what they share first.' }),
  evidence: Type.Array(
    Type.Object({
      rule: Type.String({ description: MATCH_RULES.join(', ') }),
      detail: personal(Type.String({ description: 'What they share, in words.' })),
    }),
  ),
});

/** Profiles that are probably one person and share no identifier. */
export async function duplicateRoutes(app: AdminApp, { pool, rulesInForce }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/identity/duplicates',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags: ['identity'],
        summary: 'List profiles that are probably one person',
        description:
          'They share no identifier, but what people are told apart by, as traits. Nothing is merged by itself: POST /api/v1/profiles/merge joins a ' +
          'pair, as id:…. Of several profiles with the same, each is paired with the one that had it first.',
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(PairSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [profileId = FIRST_ID, otherProfileId = FIRST_ID] =
        decodeCursor(cursor, ['uuid', 'uuid'] as const) ?? [];
      const pairs = await matchedPairs(pool, { profileId, otherProfileId }, limit);
      const profiles = await readProfiles(pool, [...new Set(pairs.map((pair) => pair.profileId))]);
      const force = await rulesInForce();
      const data = pairs.map(({ rules, ...pair }) => ({
        ...pair,
        evidence: evidenceFor(profiles.get(pair.profileId), rules, force),
      }));
      const last = pairs.at(-1);
      const nextCursor =
        pairs.length === limit && last ? encodeCursor([last.profileId, last.otherProfileId]) : null;
      return { data, nextCursor };
    },
  );
}

/** The other profiles that are probably the same person as one, with what speaks for it: of very many, some. */
export async function twinsOf(
  profile: Profile,
  { pool }: Pick<AdminParts, 'pool'>,
  force: RulesInForce,
): Promise<JudgedProfile['twins']> {
  if (profile.matches.size === 0) return [];
  const pairs = await matchesOf(pool, profile.id, TWINS_SHOWN_MAX);
  return pairs.map(({ otherProfileId, rules }) => ({
    profileId: otherProfileId,
    evidence: evidenceFor(profile, rules, force).map(({ detail }) => detail),
  }));
}

/** What a profile shares under some rules. Its values are missing only when it has changed since the pair was read. */
function evidenceFor(profile: Profile | undefined, rules: readonly MatchRule[], { matching }: RulesInForce) {
  const said = new Map((profile && matching(profile.traits))?.map((key) => [key.rule, key.said]));
  return MATCH_RULES.filter((rule) => rules.includes(rule)).map((rule) => ({
    rule,
    detail: evidenceOf(rule, said.get(rule)),
  }));
}
