import { Type } from 'typebox';
import type { Account } from '../core/account/account.js';
import { TributaryError } from '../core/errors.js';
import { searchWords } from '../core/profile/name-words.js';
import { traitOf } from '../core/profile/traits/trait-rules.js';
import {
  accountsBeginning,
  countMembers,
  findAccount,
  findAccounts,
  listAccounts,
  membersOf,
} from '../stores/state/accounts.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { moment, profileJson } from './profile-json.js';
import { profileByRef } from './profile-ref.js';
import type { RulesInForce } from './rules-in-force.js';
import {
  EventSchema,
  IdentifierSchema,
  Moment,
  mapOf,
  OpenObject,
  PageQuery,
  PersonalObject,
  Problem,
  pageOf,
} from './schemas.js';

const AccountSchema = Type.Object({
  id: Type.String({ description: 'The groupId of the calls.' }),
  traits: OpenObject,
  provenance: mapOf(Type.Object({ sourceId: Type.String(), messageId: Type.String(), at: Moment })),
  firstSeenAt: Moment,
  lastSeenAt: Moment,
});
const ById = Type.Object({ id: Type.String({ maxLength: 512, description: 'The groupId, URL-encoded.' }) });
const FIRST_ID = '00000000-0000-0000-0000-000000000000';
const tags = ['accounts'];

/** Accounts: what `group` calls speak of, and who belongs to them. */
export async function accountRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const { pool, rulesInForce } = parts;
  app.get(
    '/api/v1/accounts',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'List accounts',
        querystring: Type.Object({
          ...PageQuery,
          search: Type.Optional(
            Type.String({
              maxLength: 512,
              description: 'How the id begins, or words of the name do. Then there is one page.',
            }),
          ),
        }),
        response: { 200: pageOf(AccountSchema) },
      },
    },
    async ({ query: { limit = 50, cursor, search = '' } }) => {
      const [after = ''] = decodeCursor(cursor, ['string'] as const) ?? [];
      const force = await rulesInForce();
      if (search.trim() !== '') {
        const found = await searchAccounts(search.trim(), limit, parts);
        return { data: found.map((account) => accountJson(account, force)), nextCursor: null };
      }
      const data = (await listAccounts(pool, after, limit)).map((account) => accountJson(account, force));
      const last = data.at(-1);
      return { data, nextCursor: data.length === limit && last ? encodeCursor([last.id]) : null };
    },
  );
  app.get(
    '/api/v1/accounts/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'Read an account',
        params: ById,
        response: {
          200: Type.Intersect([AccountSchema, Type.Object({ members: Type.Integer() })]),
          404: Problem,
        },
      },
    },
    async ({ params }) => {
      const account = await accountNamed(params.id, parts);
      return { ...accountJson(account, await rulesInForce()), members: await countMembers(pool, params.id) };
    },
  );
  await belongingRoutes(app, parts);
}

/** Who belongs to an account, and what happened in it. */
async function belongingRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const { pool, events } = parts;
  app.get(
    '/api/v1/accounts/:id/members',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'List the people of an account',
        params: ById,
        querystring: Type.Object(PageQuery),
        response: {
          200: pageOf(
            Type.Object({
              id: Type.String(),
              traits: PersonalObject,
              identifiers: Type.Array(IdentifierSchema),
            }),
          ),
          404: Problem,
        },
      },
    },
    async ({ params, query: { limit = 50, cursor } }) => {
      await accountNamed(params.id, parts);
      const [after = FIRST_ID] = decodeCursor(cursor, ['uuid'] as const) ?? [];
      const ids = await membersOf(pool, params.id, after, limit);
      const people = await Promise.all(ids.map((id) => profileByRef(`id:${id}`, parts)));
      const data = people.map(({ profile, force }) => profileJson(profile, force.traits, []));
      const last = ids.at(-1);
      return { data, nextCursor: ids.length === limit && last ? encodeCursor([last]) : null };
    },
  );
  app.get(
    '/api/v1/accounts/:id/events',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: "An account's own calls and those that took place in it, newest arrival first",
        params: ById,
        querystring: Type.Object({
          ...PageQuery,
          type: Type.Optional(Type.String()),
          name: Type.Optional(Type.String()),
        }),
        response: { 200: pageOf(EventSchema), 404: Problem },
      },
    },
    async ({ params, query: { limit = 50, cursor, ...filter } }) => {
      await accountNamed(params.id, parts);
      const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const data = await events.recent({ ...filter, groupId: params.id }, before, limit);
      const last = data.at(-1);
      return { data, nextCursor: data.length === limit && last ? encodeCursor([last.offset]) : null };
    },
  );
}

async function searchAccounts(
  search: string,
  limit: number,
  { pool, people }: AdminParts,
): Promise<Account[]> {
  const [byId, byName] = await Promise.all([
    accountsBeginning(pool, search, limit),
    people.accounts(searchWords(search), limit),
  ]);
  const ids = [...new Set([...byId, ...byName])].slice(0, limit);
  const accounts = await findAccounts(pool, ids);
  return ids.flatMap((id) => accounts.get(id) ?? []);
}

async function accountNamed(id: string, { pool }: AdminParts): Promise<Account> {
  const account = await findAccount(pool, id);
  if (account) return account;
  throw new TributaryError('not_found', `There is no account ${JSON.stringify(id)}: no group call named it.`);
}

function accountJson({ groupId, fold }: Account, { traits }: RulesInForce) {
  const winners = Array.from(
    fold.traits,
    ([name, state]) => [name, traitOf(name, state, traits).winner] as const,
  );
  return {
    id: groupId,
    traits: Object.fromEntries(winners.map(([name, { value }]) => [name, value])),
    provenance: Object.fromEntries(
      winners.map(([name, { sourceId, messageId, at }]) => [name, { sourceId, messageId, at: moment(at) }]),
    ),
    firstSeenAt: moment(fold.firstSeenAt),
    lastSeenAt: moment(fold.lastSeenAt),
  };
}
