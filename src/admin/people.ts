import { type Static, Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { TributaryError } from '../core/errors.js';
import type { JsonObject } from '../core/json.js';
import { isNamed, searchWords } from '../core/profile/name-words.js';
import { readPathKeys, valueAt } from '../core/segments/path.js';
import type { Scalar } from '../core/segments/scalar.js';
import { compileTest } from '../core/segments/tests/test.js';
import type { PeopleSought } from '../stores/events/people-queries.js';
import {
  type Beginning,
  type FoundIdentifier,
  identifiersBeginning,
  placesNow,
} from '../stores/state/find-people.js';
import { readLogEnd } from '../stores/state/ledger.js';
import { findProfiles } from '../stores/state/profiles.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { profileJson } from './profile-json.js';
import type { RulesInForce } from './rules-in-force.js';
import { IdentifierSchema, Moment, PersonalObject } from './schemas.js';

const PEOPLE_MAX = 200;
/** Found rows may tell of what was so a while ago: a few more are asked for. */
const SPARE = 10;
/** What is in identifiers and hardly in a name. */
const NAMELESS = /[@\d:_]/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const FoundSchema = Type.Object({
  id: Type.String(),
  traits: PersonalObject,
  identifiers: Type.Array(IdentifierSchema),
  matched: Type.Union([IdentifierSchema, Type.Null()], {
    description: 'The identifier by which the search found the person.',
  }),
  firstSeenAt: Moment,
  lastSeenAt: Moment,
  events: Type.Integer(),
});
const PeopleSchema = Type.Object({
  data: Type.Array(FoundSchema),
  more: Type.Boolean({ description: 'There may be others: ask for more, or search for something narrower.' }),
});

/** Whom a search found, in the order of the answer, and by which identifier: the profile's own id is of kind `id`. */
type Found = Map<string, FoundIdentifier | undefined>;

/** Finding people. */
export async function peopleRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/profiles',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags: ['profiles'],
        summary: 'Find people; without a search, those who were seen last',
        description:
          'By how an identifier begins, of any kind or as `kind:value`, by a profile id, or by how the words of a name begin. Who may not see personal data ' +
          'finds people by whole identifiers alone: otherwise trying letters would tell them.',
        querystring: Type.Object({
          search: Type.Optional(personal(Type.String({ maxLength: 512 }))),
          trait: Type.Optional(
            personal(
              Type.String({
                maxLength: 1_000,
                description: 'Only people with this value of a trait, as `path:value`; case does not matter.',
                examples: ['plan:pro', 'address.city:Graz'],
              }),
            ),
          ),
          limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PEOPLE_MAX, default: 50 })),
        }),
        response: { 200: PeopleSchema },
      },
    },
    async ({ query: { search = '', trait, limit = 50 }, actor }) => {
      const text = search.trim();
      const force = await parts.rulesInForce();
      const sought = { words: searchWords(text), trait: trait === undefined ? undefined : readTrait(trait) };
      if (actor?.personalData !== true) {
        if (sought.trait !== undefined)
          throw new TributaryError(
            'personal_data_forbidden',
            'Searching by a trait tells what it holds, which you may not see. An owner can change that.',
          );
        return peopleJson(
          text === '' ? await recent(limit, parts) : await named(text, parts, force),
          undefined,
          limit,
          parts,
          force,
        );
      }
      if (text === '' && sought.trait === undefined)
        return peopleJson(await recent(limit, parts), undefined, limit, parts, force);
      return peopleJson(await find(text, sought, limit, parts, force), sought, limit, parts, force);
    },
  );
}

/** Who was seen last. */
async function recent(limit: number, { people, pool }: AdminParts): Promise<Found> {
  const ids = await people.recent(await readLogEnd(pool), limit + 1);
  const now = await placesNow(pool, ids);
  return new Map(ids.map((id) => [now.get(id) ?? id, undefined]));
}

/** Whose identifier, or id, this is exactly. */
async function named(text: string, { pool }: AdminParts, force: RulesInForce): Promise<Found> {
  const wanted = beginningsOf(text, force);
  const found = await identifiersBeginning(pool, wanted, 1);
  return withId(
    text,
    found.filter(({ kind, value }) => wanted.some((one) => one.kind === kind && one.text === value)),
    pool,
  );
}

async function find(
  text: string,
  sought: PeopleSought,
  limit: number,
  { pool, people }: AdminParts,
  force: RulesInForce,
): Promise<Found> {
  const byIdentifier =
    text === '' ? [] : await identifiersBeginning(pool, beginningsOf(text, force), limit + 1);
  const isFound = NAMELESS.test(text) && byIdentifier.length > 0;
  const byName = isFound ? [] : await people.find(sought, limit + SPARE);
  const found = await withId(text, byIdentifier, pool);
  for (const id of byName) if (!found.has(id)) found.set(id, undefined);
  return found;
}

async function withId(
  text: string,
  identifiers: readonly FoundIdentifier[],
  pool: AdminParts['pool'],
): Promise<Found> {
  const id = text.toLowerCase().replace(/^id:/, '');
  const found: Found = new Map();
  if (UUID.test(id))
    found.set((await placesNow(pool, [id])).get(id) ?? id, { kind: 'id', value: id, profileId: id });
  // A whole identifier goes before those that only begin so.
  const sorted = identifiers.toSorted((a, b) => a.value.length - b.value.length);
  for (const one of sorted) if (!found.has(one.profileId)) found.set(one.profileId, one);
  return found;
}

/** How identifiers may begin that somebody writes like this. */
function beginningsOf(text: string, { rules }: RulesInForce): Beginning[] {
  const [, named = '', rest = ''] = /^([a-z][a-z0-9_]*):(.*)$/s.exec(text) ?? [];
  const isOfKind = rules.kindOf(named) !== undefined;
  const kinds = isOfKind ? [named] : rules.kinds.map(({ kind }) => kind);
  const written = isOfKind ? rest.trim() : text;
  return kinds.flatMap((kind) => {
    const forms = new Set([written, written.toLowerCase(), rules.normalise(kind, written)]);
    return [...forms].filter((form) => form !== '').map((form) => ({ kind, text: form }));
  });
}

function readTrait(given: string): NonNullable<PeopleSought['trait']> {
  const at = given.indexOf(':');
  const keys = at < 1 ? undefined : readPathKeys(given.slice(0, at));
  if (keys === undefined)
    throw new TributaryError(
      'request_invalid',
      'trait: give path:value, such as plan:pro or address.city:Graz.',
    );
  const text = given.slice(at + 1).trim();
  const values: Scalar[] = [text];
  if (text !== '' && Number.isFinite(Number(text))) values.push(Number(text));
  if (text === 'true' || text === 'false') values.push(text === 'true');
  return { keys, test: compileTest({ op: 'in', values, ignoreCase: true }) };
}

/** @param sought what those must still be who were found by their traits */
async function peopleJson(
  found: Found,
  sought: PeopleSought | undefined,
  limit: number,
  { pool }: AdminParts,
  force: RulesInForce,
): Promise<Static<typeof PeopleSchema>> {
  const profiles = await findProfiles(pool, [...found.keys()]);
  const data = Array.from(found).flatMap(([id, identifier]) => {
    const profile = profiles.get(id);
    if (profile === undefined) return [];
    const { traits, identifiers, firstSeenAt, lastSeenAt, eventCounts } = profileJson(profile, force.traits);
    if (sought !== undefined && !isSought(traits as JsonObject, identifier !== undefined, sought)) return [];
    const matched = identifier === undefined ? null : { kind: identifier.kind, value: identifier.value };
    return [{ id, traits, identifiers, matched, firstSeenAt, lastSeenAt, events: eventCounts.total }];
  });
  return { data: data.slice(0, limit), more: data.length > limit };
}

function isSought(traits: JsonObject, isIdentified: boolean, { words, trait }: PeopleSought): boolean {
  const [name = '', ...rest] = trait?.keys ?? [];
  const hasTrait =
    trait === undefined || (Object.hasOwn(traits, name) && trait.test.holds(valueAt(traits[name], rest), 0));
  return hasTrait && (isIdentified || isNamed(traits, words));
}
