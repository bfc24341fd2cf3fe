import { randomUUID } from 'node:crypto';
import { Type } from 'typebox';
import { compileConsent } from '../core/consent/compile-consent.js';
import { ConsentRulesSchema, checkConsentRules } from '../core/consent/consent-rules.js';
import { readSignals } from '../core/consent/consent-signals.js';
import { decodeGpp } from '../core/consent/decode/decode-gpp.js';
import { decodeTcf } from '../core/consent/decode/decode-tcf.js';
import { consentsOf, gate } from '../core/consent/gate.js';
import { TributaryError } from '../core/errors.js';
import type { Identifier } from '../core/identity/identifier.js';
import type { JsonObject } from '../core/json.js';
import type { Profile } from '../core/profile/profile.js';
import type { ConsentChange } from '../stores/events/consent-history.js';
import type { StoredConsentRules } from '../stores/state/consent-rules.js';
import { listConsentRules } from '../stores/state/consent-rules.js';
import { mergedInto } from '../stores/state/profiles.js';
import { actorLabel } from './access/authenticate.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { carryOut, OperationSchema } from './operation-json.js';
import type { NamedPerson } from './person-namer.js';
import { personNamer } from './person-namer.js';
import { moment } from './profile-json.js';
import { ByProfileRef, profileByRef } from './profile-ref.js';
import { Moment, mapOf, OpenObject, PageQuery, Problem, pageOf } from './schemas.js';
import { CONSENT_SOURCE } from './suppressing.js';
import { suppressionJson } from './suppressions.js';

/** What an operator's word, or a preference centre's, is called on the timeline. */
const CONSENT_EVENT = 'Consent Updated';
const PURPOSES_MAX = 200;

const RulesVersionSchema = Type.Object({
  version: Type.Integer({ description: '0 stands for the built-in rules.' }),
  since: Type.Integer({ description: 'The place in the log from which on they hold.' }),
  rules: ConsentRulesSchema,
  createdAt: Type.Union([Moment, Type.Null()]),
});
const Words = mapOf(Type.Boolean(), { description: 'By purpose: given or refused.' });
const SaidWords = Type.Unsafe<Record<string, boolean>>({
  ...{
    type: 'object',
    additionalProperties: { type: 'boolean' },
    description: 'By purpose: given or refused.',
  },
  ...{ minProperties: 1, maxProperties: PURPOSES_MAX, propertyNames: { minLength: 1, maxLength: 255 } },
});
const ConsentSchema = Type.Object({
  purposes: mapOf(
    Type.Object({ given: Type.Boolean(), sourceId: Type.String(), messageId: Type.String(), at: Moment }),
    { description: 'A missing one was never asked.' },
  ),
  suppressions: Type.Array(OpenObject, { description: 'Lists that the person is on by any identifier.' }),
  gate: Type.Optional(
    Type.Object(
      {
        allowed: Type.Boolean(),
        reason: Type.Optional(Type.String()),
        purposes: Type.Optional(Type.Array(Type.String())),
      },
      { description: 'What a destination with the purposes that were asked for would be answered.' },
    ),
  ),
});
const ChangeSchema = Type.Object({
  at: Moment,
  receivedAt: Moment,
  sourceId: Type.String(),
  messageId: Type.String(),
  event: Type.String({ description: "A track call's event, else the type of the call." }),
  purposes: Words,
  said: OpenObject,
  source: Type.Optional(Type.Unknown()),
  proof: Type.Optional(Type.Unknown()),
  tcf: Type.Optional(
    Type.Union([OpenObject, Type.Null()], { description: 'Null when the string cannot be decoded.' }),
  ),
  gpp: Type.Optional(
    Type.Union([OpenObject, Type.Null()], { description: 'Null when the string cannot be decoded.' }),
  ),
});
const tags = ['consent'];

/** Consent: what a person says now and said before, saying it for them, and the rules by which events are read. */
export async function consentRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  await readRoutes(app, parts);
  await sayRoutes(app, parts);
  await rulesRoutes(app, parts);
}

async function readRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/profiles/:ref/consent',
    {
      schema: {
        ...{ tags, summary: "A person's consent now", params: ByProfileRef },
        querystring: Type.Object({
          purposes: Type.Optional(
            Type.String({
              maxLength: 2_000,
              description: 'Purposes, separated by commas, to ask the gate for.',
            }),
          ),
        }),
        response: { 200: ConsentSchema, 404: Problem },
      },
    },
    async ({ params, query: { purposes } }) => {
      const { profile } = await profileByRef(params.ref, parts);
      const asked = purposes?.split(',').map((purpose) => purpose.trim());
      const answer = asked && gate(asked, consentsOf(profile.consent));
      return {
        purposes: Object.fromEntries(
          Array.from(profile.consent, ([purpose, { value: given, sourceId, messageId, at }]) => [
            purpose,
            { given, sourceId, messageId, at: moment(at) },
          ]),
        ),
        suppressions: (await parts.suppressions.of([...profile.identifiers.values()])).map(suppressionJson),
        ...(answer ? { gate: answer.allowed ? answer : { ...answer, purposes: [...answer.purposes] } } : {}),
      };
    },
  );
  app.get(
    '/api/v1/profiles/:ref/consent/history',
    {
      schema: {
        ...{ tags, summary: "What a person's events said of consent, newest first", params: ByProfileRef },
        description:
          'Each event that said something else than the one before it: what that meant by the rules of its place in the log, what it said, and what the strings of the IAB in it say.',
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(ChangeSchema), 404: Problem },
      },
    },
    async ({ params, query: { limit = 50, cursor } }) => {
      const [timestamp, offset] = decodeCursor(cursor, ['number', 'offset'] as const) ?? [];
      const before = timestamp === undefined || offset === undefined ? undefined : { timestamp, offset };
      const { profile } = await profileByRef(params.ref, parts);
      const ids = [profile.id, ...(await mergedInto(parts.pool, profile.id))];
      const changes = await parts.consentHistory.changes(ids, before, limit);
      const compiled = compileConsent(await listConsentRules(parts.pool));
      const last = changes.at(-1);
      return {
        data: changes.map((change) => changeJson(change, compiled.said(change).purposes)),
        nextCursor: changes.length === limit && last ? encodeCursor([last.at, last.offset]) : null,
      };
    },
  );
}

async function sayRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/profiles/:ref/consent',
    {
      schema: {
        ...{ tags, summary: 'Say what a person consents to', params: ByProfileRef },
        description: `An event of the source ${CONSENT_SOURCE.name}, \`${CONSENT_EVENT}\`, like any other: folded, merged and undone with its person. Answered when it is durable; it counts a moment later.`,
        body: Type.Object(
          {
            purposes: SaidWords,
            source: Type.Optional(
              Type.String({
                minLength: 1,
                maxLength: 200,
                description: 'Who, or what, says so, such as a preference centre.',
              }),
            ),
            proof: Type.Optional(OpenObject),
          },
          { additionalProperties: false },
        ),
        response: { 202: Type.Object({ receipt: Type.String(), messageId: Type.String() }), 404: Problem },
      },
    },
    async ({ params, body: { purposes, source = 'api', proof } }, reply) => {
      const { profile } = await profileByRef(params.ref, parts);
      const { given } = await nameOf(profile, params.ref, parts);
      const messageId = randomUUID();
      const consent = { purposes, source, ...(proof === undefined ? {} : { proof: proof as JsonObject }) };
      const context = { ...(given.context as JsonObject | undefined), consent };
      const { id } = await parts.sources.ensure(CONSENT_SOURCE);
      const call = { ...given, type: 'track', event: CONSENT_EVENT, messageId, context };
      const receipt = await parts.appendOwn(id, [call]);
      return reply.code(202).send({ receipt, messageId });
    },
  );
}

async function rulesRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/consent/rules',
    {
      schema: { tags, summary: 'Read the rules of consent in force', response: { 200: RulesVersionSchema } },
    },
    async () => rulesJson((await listConsentRules(parts.pool))[0]),
  );
  app.get(
    '/api/v1/consent/rules/versions',
    {
      schema: {
        ...{ tags, summary: 'List all versions of the rules of consent, newest first' },
        response: { 200: Type.Object({ data: Type.Array(RulesVersionSchema) }) },
      },
    },
    async () => ({ data: (await listConsentRules(parts.pool)).map(rulesJson) }),
  );
  app.put(
    '/api/v1/consent/rules',
    {
      schema: {
        ...{ tags, summary: 'Change the rules of consent, for events from here on' },
        description: 'What people said before goes on meaning what it meant.',
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
      const wanted = { ...body, rules: checkConsentRules(body.rules) };
      const actor = actorLabel(request);
      const { status, operation } = await carryOut('apply_consent_rules', wanted, actor, parts);
      return reply.code(status).send(operation);
    },
  );
}

/** The identifier that was asked by; of one that was asked by its id, the strongest that a call can give. */
async function nameOf(profile: Profile, ref: string, parts: AdminParts): Promise<NamedPerson> {
  const namer = await personNamer(parts);
  if (!ref.startsWith('id:')) {
    const at = ref.indexOf(':');
    return namer({ kind: ref.slice(0, at), value: ref.slice(at + 1) }, 'ref');
  }
  const { rules } = await parts.rulesInForce();
  const held: readonly Identifier[] = [...profile.identifiers.values()];
  for (const { kind } of rules.kinds) {
    for (const one of held.filter((identifier) => identifier.kind === kind)) {
      try {
        return namer(one, 'ref');
      } catch (error) {
        // Of a kind that certain sources alone may give.
        if (!(error instanceof TributaryError)) throw error;
      }
    }
  }
  throw new TributaryError('conflict', 'This profile has no identifier that a call can name it by.');
}

function changeJson(change: ConsentChange, purposes: ReadonlyMap<string, boolean>) {
  const { at, receivedAt, sourceId, messageId, type, name, context } = change;
  const consent = (context.consent ?? {}) as JsonObject;
  const { source, proof, ...said } = consent;
  const { tcf, gpp } = readSignals(context) ?? {};
  return {
    ...{ at: moment(at), receivedAt: moment(receivedAt), sourceId, messageId },
    event: type === 'track' ? name : type,
    purposes: Object.fromEntries(purposes),
    said:
      context.consentManagement === undefined
        ? said
        : { ...said, consentManagement: context.consentManagement },
    ...(source === undefined ? {} : { source }),
    ...(proof === undefined ? {} : { proof }),
    ...(tcf === undefined ? {} : { tcf: decodedJson(decodeTcf(tcf)) }),
    ...(gpp === undefined ? {} : { gpp: decodedJson(decodeGpp(gpp)) }),
  };
}

function decodedJson(decoded: object | undefined): Record<string, unknown> | null {
  if (decoded === undefined) return null;
  const json = { ...decoded } as Record<string, unknown>;
  return 'lastUpdated' in json ? { ...json, lastUpdated: moment(json.lastUpdated as number) } : json;
}

function rulesJson({ createdAt, ...version }: StoredConsentRules) {
  return { ...version, createdAt: createdAt === null ? null : moment(createdAt) };
}
