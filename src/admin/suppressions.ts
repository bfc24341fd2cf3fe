import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Suppression } from '../core/consent/suppression.js';
import { listsFor, SUPPRESSION_CHANNELS, SUPPRESSION_REASONS } from '../core/consent/suppression.js';
import { readSuppressionCsv } from '../core/consent/suppression-csv.js';
import { TributaryError } from '../core/errors.js';
import { keyOf } from '../core/identity/identifier.js';
import { explainFault } from '../core/import/explain-fault.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import type { NewSuppression, StoredSuppression } from '../stores/state/suppressions.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { personNamer } from './person-namer.js';
import { moment } from './profile-json.js';
import { Moment, OpenObject, PageQuery, pageOf } from './schemas.js';

const oneOf = <Word extends string>(words: readonly Word[], description: string) =>
  Type.Unsafe<Word>({ type: 'string', enum: [...words], description });
const Channel = oneOf(SUPPRESSION_CHANNELS, 'The list: of one way to reach people, or of all.');
const Reason = oneOf(SUPPRESSION_REASONS, 'Why. There is one entry for each identifier, channel and reason.');
const Kind = Type.String({ maxLength: 100, description: 'Of the identifier, such as `email`.' });
const Text = Type.String({ minLength: 1, maxLength: 512 });
const Source = Type.String({ minLength: 1, maxLength: 200, description: 'Who, or what, says so.' });
const Proof = mapOfAnything('Whatever proves it, kept as it is.');
const Purposes = Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
  maxItems: 50,
  description: 'Of `unsubscribed`: purposes that the person refuses by it, told as an event.',
});

const NewSchema = Type.Object(
  {
    kind: Kind,
    value: Text,
    channel: Type.Optional(Channel),
    reason: Type.Optional(Reason),
    purposes: Type.Optional(Purposes),
    source: Type.Optional(Source),
    proof: Type.Optional(Proof),
  },
  { additionalProperties: false },
);
const SuppressionSchema = Type.Object({
  kind: Type.String(),
  value: Type.String(),
  channel: Type.String(),
  reason: Type.String(),
  source: Type.String(),
  proof: Type.Union([OpenObject, Type.Null()]),
  at: Moment,
});
const Added = Type.Object({
  given: Type.Integer(),
  added: Type.Integer({ description: 'Those that are new.' }),
});
const Filter = {
  kind: Type.Optional(Kind),
  value: Type.Optional(Text),
  channel: Type.Optional(Channel),
  reason: Type.Optional(Reason),
};
const BULK_MAX = 50_000;
const BODY_BYTES_MAX = 16 * 1024 * 1024;
const tags = ['consent'];

type Given = Static<typeof NewSchema>;

/** Suppression lists: whom nothing is sent to any more. */
export async function suppressionRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  await listRoutes(app, parts);
  await addRoutes(app, parts);
  await checkRoutes(app, parts);
}

async function listRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/suppressions',
    {
      schema: {
        ...{ tags, summary: 'List suppressions, newest first' },
        querystring: Type.Object({ ...PageQuery, ...Filter }),
        response: { 200: pageOf(SuppressionSchema) },
      },
    },
    async ({ query: { limit = 50, cursor, ...filter } }) => {
      const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const found = await parts.suppressions.list(
        normalised(filter, await parts.rulesInForce()),
        before,
        limit,
      );
      const last = found.at(-1);
      return {
        data: found.map(suppressionJson),
        nextCursor: found.length === limit && last ? encodeCursor([last.seq]) : null,
      };
    },
  );
  app.delete(
    '/api/v1/suppressions',
    {
      schema: {
        ...{ tags, summary: 'Take somebody off suppression lists' },
        description:
          'Of one channel or reason, or all. What the person refused stays refused: only their yes changes that.',
        querystring: Type.Object({ ...Filter, kind: Kind, value: Text }),
        response: { 200: Type.Object({ removed: Type.Integer() }) },
      },
    },
    async ({ query }) => {
      const { kind, value } = query;
      const { identifier } = (await personNamer(parts))({ kind, value }, 'query');
      return { removed: await parts.suppressions.remove({ ...query, ...identifier }) };
    },
  );
}

async function addRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/suppressions',
    {
      schema: {
        ...{ tags, summary: 'Put somebody on a suppression list', body: NewSchema },
        description:
          'Nothing is sent to them from that moment on. Who unsubscribes, bounces or complains has it on the timeline, as an event of the source tributary-consent.',
        response: { 200: Added, 201: Added },
      },
    },
    async ({ body }, reply) => {
      const answer = await suppress([body], parts);
      return reply.code(answer.added > 0 ? 201 : 200).send(answer);
    },
  );
  await app.register(async (scope) => {
    scope.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) =>
      done(null, { csv: body }),
    );
    scope.post<{ Body: { csv?: string; suppressions?: unknown } | null }>(
      '/api/v1/suppressions/bulk',
      {
        bodyLimit: BODY_BYTES_MAX,
        schema: {
          ...{ tags, summary: 'Put many on suppression lists' },
          description: `\`{"suppressions": […]}\` with entries as of POST /api/v1/suppressions, or CSV (\`text/csv\`) with the columns kind, value, channel, reason and source; at most ${BULK_MAX.toLocaleString('en')}. All of them or none.`,
          consumes: ['application/json', 'text/csv'],
          response: { 200: Added },
        } as object,
      },
      async ({ body }) => suppress(checkedBulk(body ?? {}), parts),
    );
  });
}

async function checkRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/suppressions/check',
    {
      schema: {
        ...{ tags, summary: 'Ask who of some people is suppressed' },
        description: 'As a delivery by the channel would ask: lists of the channel, and the one for all.',
        body: Type.Object(
          {
            channel: Channel,
            identifiers: Type.Array(
              Type.Object({ kind: Kind, value: Text }, { additionalProperties: false }),
              { maxItems: 10_000 },
            ),
          },
          { additionalProperties: false },
        ),
        response: {
          200: Type.Object({
            lists: Type.Array(Type.String()),
            suppressed: Type.Array(SuppressionSchema),
          }),
        },
      },
    },
    async ({ body: { channel, identifiers } }) => {
      const namer = await personNamer(parts);
      const asked = identifiers.map((one, at) => namer(one, `identifiers[${at}]`).identifier);
      const found = await parts.suppressions.suppressedAmong(channel, asked);
      const keys = new Set(asked.map(keyOf));
      const suppressed = [...keys].flatMap((key) => found.get(key) ?? []);
      return { lists: [...listsFor(channel)], suppressed: suppressed.map(suppressionJson) };
    },
  );
}

async function suppress(list: readonly Given[], parts: AdminParts) {
  const namer = await personNamer(parts);
  const all = list.map((one, at): NewSuppression => {
    const where = list.length === 1 ? 'body' : `suppressions[${at}]`;
    const { identifier } = namer(one, where);
    const { channel = 'all', reason = 'manual', purposes = [], source = 'api', proof } = one;
    if (purposes.length > 0 && reason !== 'unsubscribed') {
      throw new TributaryError(
        'request_invalid',
        `${where}.purposes: only who unsubscribes refuses purposes. Leave them out, or set reason to unsubscribed.`,
      );
    }
    return { ...identifier, channel, reason, purposes, source, proof: (proof as JsonObject) ?? null };
  });
  return { given: all.length, added: await parts.suppressing.suppress(all) };
}

/** @throws TributaryError `request_invalid` that names the entry and the fix. */
function checkedBulk({ csv, suppressions }: { csv?: string; suppressions?: unknown }): Given[] {
  const list: unknown = csv === undefined ? suppressions : readSuppressionCsv(csv);
  if (!Array.isArray(list) || list.length === 0 || list.length > BULK_MAX) {
    const most = BULK_MAX.toLocaleString('en');
    throw new TributaryError('request_invalid', `suppressions must be a list of 1 to ${most} entries.`);
  }
  for (const [at, one] of list.entries()) {
    if (Value.Check(NewSchema, one)) continue;
    const fault = explainFault(NewSchema, one as JsonValue, `suppressions[${at}]`);
    throw new TributaryError('request_invalid', fault ?? `suppressions[${at}] must be an entry.`);
  }
  return list as Given[];
}

/** A filter by an identifier finds it however it is written. */
function normalised(
  filter: { [Field in keyof Suppression]?: Suppression[Field] | undefined },
  { rules }: Awaited<ReturnType<AdminParts['rulesInForce']>>,
) {
  const { kind, value } = filter;
  if (kind === undefined || value === undefined || rules.kindOf(kind) === undefined) return filter;
  return { ...filter, value: rules.normalise(kind, value) || value };
}

/** Prints an entry. */
export function suppressionJson({ seq: _, at, ...suppression }: StoredSuppression) {
  return { ...suppression, at: moment(at) };
}

function mapOfAnything(description: string) {
  return Type.Unsafe<JsonObject>({ type: 'object', additionalProperties: true, description });
}
