import type { Static } from 'typebox';
import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { TributaryError } from '../core/errors.js';
import type { HeldLink } from '../core/identity/explain.js';
import { explainPath, reasonOf } from '../core/identity/explain.js';
import type { Identifier } from '../core/identity/identifier.js';
import { identifierKey } from '../core/identity/identifier.js';
import type { UnmergePlan } from '../core/identity/unmerge-pairs.js';
import { unmergeIdentifier, unmergeLink } from '../core/identity/unmerge-pairs.js';
import type { Profile } from '../core/profile/profile.js';
import type { StoredEdge } from '../stores/state/identity-graph.js';
import { edgesOf, identifiersOf, separationsAmong } from '../stores/state/identity-graph.js';
import type { StoredRefusals } from '../stores/state/refusals.js';
import { refusalsOf } from '../stores/state/refusals.js';
import { actorLabel } from './access/authenticate.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { carryOut, OperationSchema } from './operation-json.js';
import { moment } from './profile-json.js';
import { ByProfileRef, profileByRef, readIdentifier } from './profile-ref.js';
import { IdentifierSchema, Moment, PersonalText, Problem } from './schemas.js';

/** Identifiers and links of one profile that one answer holds. */
const IDENTIFIERS_MAX = 1_000;
const EDGES_MAX = 5_000;

const Nullable = <Schema extends ReturnType<typeof Type.Object> | ReturnType<typeof Type.String>>(
  schema: Schema,
) => Type.Union([schema, Type.Null()]);
const EdgeSchema = Type.Object({
  id: Type.Integer(),
  verdict: Type.String({ description: 'linked, moved, merged, refused or quarantined.' }),
  rule: Type.String({
    description: 'What made the link (event, alias, merge_call, operator), or what forbade it.',
  }),
  identifier: Nullable(IdentifierSchema),
  to: Type.Union([IdentifierSchema, Type.Null()], {
    description:
      'The identifier of the same person that it was given together with; null for the first of a profile.',
  }),
  otherProfileId: Nullable(Type.String()),
  sourceId: Type.String(),
  messageId: Type.String(),
  at: Moment,
  operationId: Type.Union([Type.Integer(), Type.Null()]),
  reason: Nullable(personal(Type.String({ description: 'Of a refusal, in words.' }))),
});
const RefusalSchema = Type.Object({
  ...EdgeSchema.properties,
  id: Type.Union([Type.Integer(), Type.Null()], {
    description: 'Null for identifiers that nobody has: then it tells of the newest one.',
  }),
  times: Type.Integer({ description: 'How many of that kind the rule kept out.' }),
});
const GraphSchema = Type.Object({
  profileId: Type.String(),
  identifiers: Type.Array(
    Type.Object({
      ...IdentifierSchema.properties,
      former: Type.Boolean({ description: 'True for one that has moved on to somebody else since.' }),
    }),
  ),
  edges: Type.Array(EdgeSchema, { description: 'What joined them: the evidence, oldest first.' }),
  refused: Type.Array(RefusalSchema, {
    description: 'What a rule kept out: each identifier of somebody else once, and those of nobody together.',
  }),
  separations: Type.Array(Type.Array(IdentifierSchema), { description: 'Pairs that somebody took apart.' }),
});
const StepSchema = Type.Object({
  from: IdentifierSchema,
  to: IdentifierSchema,
  edge: EdgeSchema,
  sentence: PersonalText,
});
const tags = ['identity'];

/** Why a person is one person, and how to change that. */
export async function profileIdentityRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/profiles/:ref/identity',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Read who a profile is: identifiers, links, evidence',
        params: ByProfileRef,
        response: { 200: GraphSchema, 404: Problem },
      },
    },
    async ({ params }) => graphJson(await graphOf(params.ref, parts)),
  );
  app.get(
    '/api/v1/profiles/:ref/identity/path',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Explain why two identifiers are one person',
        params: ByProfileRef,
        querystring: Type.Object({
          from: Type.String({ examples: ['user_id:42'] }),
          to: Type.String({ examples: ['anonymous_id:a-7'] }),
        }),
        response: {
          200: Type.Object({ joined: Type.Boolean(), summary: PersonalText, steps: Type.Array(StepSchema) }),
          404: Problem,
        },
      },
    },
    async ({ params, query }) => {
      const graph = await graphOf(params.ref, parts);
      const force = await parts.rulesInForce();
      return pathJson(graph, readIdentifier(query.from, force), readIdentifier(query.to, force), parts);
    },
  );
  await changeRoutes(app, parts);
}

/** What may be taken apart. */
export const UNMERGED = {
  edge: Type.Optional(Type.Integer({ description: 'A link, by its id.' })),
  identifier: Type.Optional(
    Type.String({
      description:
        'kind:value: it will stand alone, or in a profile that was joined by hand with what came to it by itself.',
    }),
  ),
  merge: Type.Optional(Type.String({ description: 'The id of a profile that was merged into this one.' })),
};
const UnmergeBody = Type.Object(UNMERGED, { additionalProperties: false, description: 'One of these.' });

async function changeRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/profiles/:ref/unmerge',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Take a profile apart, as if a link had never been made',
        description:
          'Traits, counts, consent and timeline of everybody concerned are made anew from their events. What was taken apart does not come ' +
          'back by itself; `POST /api/v1/profiles/merge` joins it again.',
        params: ByProfileRef,
        body: UnmergeBody,
        response: { 200: OperationSchema, 202: OperationSchema, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      const graph = await graphOf(params.ref, parts);
      const plan = planOf(graph, body, await parts.rulesInForce());
      const { status, operation } = await carryOut('unmerge', plan, actorLabel(request), parts);
      return reply.code(status).send(operation);
    },
  );
  app.post(
    '/api/v1/profiles/merge',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags,
        summary: 'Join two profiles by hand',
        body: Type.Object(
          {
            into: Type.String({ description: 'The profile that stays, as kind:value or id:….' }),
            from: Type.String({ description: 'The one that it takes in.' }),
          },
          { additionalProperties: false },
        ),
        response: { 200: OperationSchema, 202: OperationSchema, 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const [a, b] = [await identifierNamed(body.into, parts), await identifierNamed(body.from, parts)];
      const { status, operation } = await carryOut('merge', { a, b }, actorLabel(request), parts);
      return reply.code(status).send(operation);
    },
  );
}

/** What is on record of who a profile is. */
export interface Graph {
  readonly profile: Profile;
  readonly held: readonly Identifier[];
  readonly edges: readonly StoredEdge[];
  readonly refusals: readonly StoredRefusals[];
  readonly separations: ReadonlyArray<readonly [Identifier, Identifier]>;
}

/** Reads it. @throws TributaryError `not_found` */
export async function graphOf(ref: string, parts: AdminParts): Promise<Graph> {
  const { profile } = await profileByRef(ref, parts);
  const [held, edges, refusals] = await Promise.all([
    identifiersOf(parts.pool, profile.id, IDENTIFIERS_MAX),
    edgesOf(parts.pool, profile.id, 0, EDGES_MAX),
    refusalsOf(parts.pool, profile.id),
  ]);
  return { profile, held, edges, refusals, separations: await separationsAmong(parts.pool, held) };
}

function graphJson({ profile, held, edges, refusals, separations }: Graph) {
  const current = new Set(held.map(keyOf));
  const accepted = edges.filter(({ verdict }) => verdict !== 'refused');
  const former = new Map<string, Identifier>();
  for (const { identifier } of accepted) {
    if (identifier !== null && !current.has(keyOf(identifier))) former.set(keyOf(identifier), identifier);
  }
  return {
    profileId: profile.id,
    identifiers: [
      ...held.map(({ kind, value }) => ({ kind, value, former: false })),
      ...Array.from(former.values(), ({ kind, value }) => ({ kind, value, former: true })),
    ],
    edges: accepted.map(edgeJson),
    refused: [
      ...edges
        .filter(({ verdict }) => verdict === 'refused')
        .map((edge) => ({ ...edgeJson(edge), times: 1 })),
      ...refusals.map(refusalJson),
    ],
    separations: separations.map(([a, b]) => [a, b]),
  };
}

function edgeJson({ seq, offset: _, profileId: __, at, ...edge }: StoredEdge) {
  return {
    id: seq,
    ...edge,
    at: moment(at),
    reason: edge.verdict === 'refused' ? reasonOf(edge.rule) : null,
  };
}

/** Many refusals as one: the newest stands for all. */
function refusalJson({ kind, rule, times, last }: StoredRefusals) {
  const { value, to, sourceId, messageId, at } = last;
  return {
    ...{ id: null, times, verdict: 'refused', rule, reason: reasonOf(rule), identifier: { kind, value }, to },
    ...{ sourceId, messageId, at: moment(at), otherProfileId: null, operationId: null },
  };
}

async function pathJson(graph: Graph, from: Identifier, to: Identifier, { sources }: AdminParts) {
  const { identifiers } = graphJson(graph);
  for (const one of [from, to]) {
    if (identifiers.some((held) => keyOf(held) === keyOf(one))) continue;
    throw new TributaryError(
      'not_found',
      `${one.kind} ${one.value} does not belong to this profile, and never did.`,
    );
  }
  const names = new Map((await sources.list('', 500)).map(({ id, name }) => [id, name]));
  const path = explainPath(linksOf(graph.edges), from, to, (id) => names.get(id) ?? id);
  const edges = new Map(graph.edges.map((edge) => [edge.seq, edge]));
  const steps = (path ?? []).map(({ link, ...step }) => ({
    ...step,
    // Invariant: links are made of these edges.
    edge: edgeJson(edges.get(link.seq) as StoredEdge),
  }));
  const summary =
    path === undefined
      ? 'No link on record leads from one to the other.'
      : path.length === 0
        ? 'They are the same identifier.'
        : path.map(({ sentence }) => sentence).join(' ');
  return { joined: path !== undefined, summary, steps };
}

/** The links that hold, out of the record. */
export function linksOf(edges: readonly StoredEdge[]): HeldLink[] {
  return edges.flatMap(({ identifier, to, ...edge }) =>
    identifier === null || to === null || edge.verdict === 'refused' || edge.verdict === 'quarantined'
      ? []
      : [{ ...edge, identifier, to }],
  );
}

/** What must be taken apart for what was asked. @throws TributaryError `request_invalid`, `not_found`, `conflict` */
export function planOf(
  graph: Graph,
  { edge, identifier, merge }: Static<typeof UnmergeBody>,
  force: Parameters<typeof readIdentifier>[1],
): UnmergePlan {
  if ([edge, identifier, merge].filter((given) => given !== undefined).length !== 1) {
    throw new TributaryError(
      'request_invalid',
      'Give one of edge (the id of a link), identifier (kind:value) and merge (the id of a profile that was merged into this one).',
    );
  }
  if (identifier !== undefined) return identifierPlan(graph, identifier, force);
  const { edges, profile } = graph;
  const into = merge?.toLowerCase();
  const found = edges.find(({ seq, verdict, otherProfileId }) =>
    into === undefined ? seq === edge : verdict === 'merged' && otherProfileId === into,
  );
  const link = linksOf(edges).find(({ seq }) => seq === found?.seq);
  if (link !== undefined) return unmergeLink(link);
  const what =
    into === undefined
      ? `edge: ${edge} is no link between two identifiers of`
      : `merge: ${JSON.stringify(into)} is no profile that was merged into`;
  throw new TributaryError('not_found', `${what} profile ${profile.id}. GET its identity to see what is.`);
}

function identifierPlan(
  { held, edges }: Graph,
  text: string,
  force: Parameters<typeof readIdentifier>[1],
): UnmergePlan {
  const identifier = readIdentifier(text, force);
  if (!held.some((one) => keyOf(one) === keyOf(identifier))) {
    throw new TributaryError('not_found', `identifier: ${text} does not belong to this profile.`);
  }
  const plan = unmergeIdentifier(identifier, held, linksOf(edges));
  if (plan.pairs.length > 0) return plan;
  throw new TributaryError(
    'conflict',
    `identifier: ${text} is the only one of this profile: there is nothing to take it from.`,
  );
}

/** The identifier that a reference names; of a profile's id, its first one. */
async function identifierNamed(ref: string, parts: AdminParts): Promise<Identifier> {
  const { profile, force } = await profileByRef(ref, parts);
  if (!ref.startsWith('id:')) return readIdentifier(ref, force);
  const [first] = await identifiersOf(parts.pool, profile.id, 1);
  if (first !== undefined) return first;
  throw new TributaryError('conflict', `${ref} holds no identifier by which it could be joined.`);
}

function keyOf({ kind, value }: Identifier): string {
  return identifierKey(kind, value);
}
