import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { TributaryError } from '../core/errors.js';
import { checkRules, sourcesIn } from '../core/identity/check-rules.js';
import type { IdentityRules } from '../core/identity/rules.js';
import { IdentityRulesSchema } from '../core/identity/rules.js';
import { quarantinedAfter } from '../stores/state/identity-graph.js';
import { listOperations, readOperation } from '../stores/state/identity-operations.js';
import type { RulesVersion } from '../stores/state/identity-rules.js';
import { listRules, readRules } from '../stores/state/identity-rules.js';
import { crowdedProfiles } from '../stores/state/refusals.js';
import { actorLabel } from './access/authenticate.js';
import type { AdminApp, AdminParts, Simulated } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { carryOut, OperationSchema, operationJson } from './operation-json.js';
import { moment } from './profile-json.js';
import { readIdentifier } from './profile-ref.js';
import { IdentifierSchema, Moment, PageQuery, Problem, pageOf } from './schemas.js';

const RulesVersionSchema = Type.Object({
  version: Type.Integer({ description: '0 stands for the built-in rules.' }),
  rules: IdentityRulesSchema,
  operationId: Type.Union([Type.Integer(), Type.Null()], { description: 'The operation that applied them.' }),
  createdAt: Type.Union([Moment, Type.Null()]),
});
const ValueBody = Type.Object(
  {
    identifier: personal(Type.String({ description: 'kind:value', examples: ['phone:+4930123456'] })),
  },
  { additionalProperties: false },
);
const SimulatedSchema = Type.Object({
  events: Type.Integer({ description: 'Events of the history that were looked at.' }),
  identifiers: Type.Integer(),
  profilesBefore: Type.Integer(),
  profilesAfter: Type.Integer(),
  merging: Type.Integer({ description: 'Profiles of now that would go together with others.' }),
  splitting: Type.Integer({ description: 'Profiles of now that would fall apart.' }),
  staying: Type.Integer({ description: 'Profiles of now that would hold the same identifiers.' }),
  largestBefore: Type.Array(Type.Integer(), { description: 'Identifiers of the largest profiles.' }),
  largestAfter: Type.Array(Type.Integer()),
  samples: Type.Array(
    Type.Object({
      before: personal(Type.Array(Type.Array(Type.String()))),
      after: personal(Type.Array(Type.Array(Type.String()))),
    }),
  ),
});
const tags = ['identity'];

/** The rules of identity, what operators did, and values that too many people share. */
export async function identityRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  await rulesRoutes(app, parts);
  await operationRoutes(app, parts);
  await valueRoutes(app, parts);
  await changeRoutes(app, parts);
}

async function rulesRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/identity/rules',
    {
      config: { access: { personal: 'none' } },
      schema: { tags, summary: 'Read the rules in force', response: { 200: RulesVersionSchema } },
    },
    async () => rulesJson(await readRules(parts.pool)),
  );
  app.get(
    '/api/v1/identity/rules/versions',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags,
        summary: 'List all versions of the rules, newest first',
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(RulesVersionSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [before = 2 ** 31 - 1] = decodeCursor(cursor, ['number'] as const) ?? [];
      const data = (await listRules(parts.pool, before, limit)).map(rulesJson);
      const last = data.at(-1);
      return { data, nextCursor: data.length === limit && last ? encodeCursor([last.version]) : null };
    },
  );
  await newRulesRoutes(app, parts);
}

/** Changing the rules, and trying others. */
async function newRulesRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.put(
    '/api/v1/identity/rules',
    {
      config: { access: { role: 'owner', personal: 'none' } },
      schema: {
        tags,
        summary: 'Change the rules, and resolve the history anew by them',
        description:
          'New events follow the new rules at once; everybody known is looked at anew in the background. The operation tells how far that is.',
        body: Type.Object(
          {
            rules: Type.Unknown({ description: 'The whole document: see GET.' }),
            expectedVersion: Type.Optional(
              Type.Integer({ description: 'Refuse with 409 when another version is in force.' }),
            ),
          },
          { additionalProperties: false },
        ),
        response: { 200: OperationSchema, 202: OperationSchema, 409: Problem },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const { status, operation } = await carryOut(
        'apply_rules',
        { ...body, rules: await checkedRules(body.rules, parts) },
        actorLabel(request),
        parts,
      );
      // The door goes by them from here on.
      await parts.rulesInForce();
      return reply.code(status).send(operation);
    },
  );
  app.post(
    '/api/v1/identity/simulate',
    {
      config: { access: { role: 'viewer', personal: 'masked' }, audited: false },
      schema: {
        tags,
        summary: 'See what other rules would make of the stored history',
        description: 'Nothing is changed. Which profiles would merge, split or stay, with samples.',
        body: Type.Object(
          {
            rules: Type.Unknown({ description: 'The whole document: see GET rules.' }),
            samples: Type.Optional(Type.Integer({ minimum: 0, maximum: 100, default: 20 })),
          },
          { additionalProperties: false },
        ),
        response: { 200: SimulatedSchema, 409: Problem },
      },
    },
    async ({ body: { rules, samples = 20 } }) =>
      simulatedJson(await parts.simulate(await checkedRules(rules, parts), samples)),
  );
  rebuildRoute(app, parts);
}

function rebuildRoute(app: AdminApp, parts: AdminParts): void {
  app.post(
    '/api/v1/identity/rebuild',
    {
      config: { access: { role: 'owner', personal: 'masked' } },
      schema: {
        tags,
        summary: 'Make all profiles anew from their events, under the rules in force',
        response: { 200: OperationSchema, 202: OperationSchema },
      },
    },
    async (request, reply) => {
      const { status, operation } = await carryOut('rebuild', {}, actorLabel(request), parts);
      return reply.code(status).send(operation);
    },
  );
}

async function operationRoutes(app: AdminApp, { pool }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/identity/operations',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'List what operators did to identity, newest first',
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(OperationSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const data = (await listOperations(pool, before, limit)).map(operationJson);
      const last = data.at(-1);
      return { data, nextCursor: data.length === limit && last ? encodeCursor([last.id]) : null };
    },
  );
  app.get(
    '/api/v1/identity/operations/:id',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Read one operation',
        params: Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) }),
        response: { 200: OperationSchema, 404: Problem },
      },
    },
    async ({ params }) => {
      const operation = await readOperation(pool, params.id);
      if (!operation) throw new TributaryError('not_found', `There is no operation ${params.id}.`);
      return operationJson(operation);
    },
  );
}

async function valueRoutes(app: AdminApp, { pool }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/identity/quarantined',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'List values that too many people share: they link nobody',
        querystring: Type.Object(PageQuery),
        response: {
          200: pageOf(
            Type.Object({
              ...IdentifierSchema.properties,
              offset: Type.Integer({ description: 'The place in the log from which on it links nobody.' }),
              people: Type.Integer({
                description:
                  'Other people that gave it: those after the quarantine are counted up to twice the limit.',
              }),
            }),
          ),
        },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [kind = '', value = ''] = decodeCursor(cursor, ['string', 'string'] as const) ?? [];
      const data = await quarantinedAfter(pool, { kind, value }, limit);
      const last = data.at(-1);
      return {
        data,
        nextCursor: data.length === limit && last ? encodeCursor([last.kind, last.value]) : null,
      };
    },
  );
  app.get(
    '/api/v1/identity/crowded',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'List profiles that want more identifiers than they may have',
        querystring: Type.Object({ limit: PageQuery.limit }),
        response: {
          200: Type.Object({
            data: Type.Array(
              Type.Object({
                profileId: Type.String(),
                kind: Type.String(),
                refused: Type.Integer(),
                lastAt: Moment,
              }),
            ),
          }),
        },
      },
    },
    async ({ query: { limit = 50 } }) => ({
      data: (await crowdedProfiles(pool, limit)).map((one) => ({ ...one, lastAt: moment(one.lastAt) })),
    }),
  );
}

/** What an operator may do about one value. */
async function changeRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  const schemaOf = (summary: string, description: string) => ({
    ...{ tags, summary, description, body: ValueBody },
    response: { 200: OperationSchema, 202: OperationSchema, 404: Problem, 409: Problem },
  });
  const change = async (kind: 'block' | 'release', text: string, actor: string) =>
    carryOut(kind, readIdentifier(text, await parts.rulesInForce()), actor, parts);
  app.post(
    '/api/v1/identity/block',
    {
      config: { access: { personal: 'masked' } },
      schema: schemaOf(
        'Block a value: it names nobody, and never did',
        'Undoes what it joined, all at once.',
      ),
    },
    async (request, reply) => {
      const { status, operation } = await change('block', request.body.identifier, actorLabel(request));
      return reply.code(status).send(operation);
    },
  );
  app.post(
    '/api/v1/identity/release',
    {
      config: { access: { personal: 'masked' } },
      schema: schemaOf('Take a value out of quarantine', 'It belongs to whoever gives it next.'),
    },
    async (request, reply) => {
      const { status, operation } = await change('release', request.body.identifier, actorLabel(request));
      return reply.code(status).send(operation);
    },
  );
}

/** Reads a document of rules. @throws TributaryError `request_invalid` with the field and the fix. */
async function checkedRules(value: unknown, { sources }: AdminParts): Promise<IdentityRules> {
  const rules = checkRules(value);
  const named = sourcesIn(rules);
  if (named.length === 0) return rules;
  const unknown = await sources.unknown(named.map(({ source }) => source));
  const wrong = named.find(({ source }) => unknown.has(source));
  if (wrong === undefined) return rules;
  throw new TributaryError(
    'request_invalid',
    `${wrong.at}: there is no source ${JSON.stringify(wrong.source)}. Give the id of one, as GET /api/v1/sources tells it.`,
  );
}

function rulesJson({ createdAt, ...version }: RulesVersion) {
  return { ...version, createdAt: createdAt === null ? null : moment(createdAt) };
}

function simulatedJson({ largestBefore, largestAfter, samples, ...counts }: Simulated) {
  return {
    ...counts,
    largestBefore: [...largestBefore],
    largestAfter: [...largestAfter],
    samples: samples.map(({ before, after }) => ({ before: [...before], after: [...after] })),
  };
}
