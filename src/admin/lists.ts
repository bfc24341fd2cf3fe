import { type Static, Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import type { JsonObject } from '../core/json.js';
import { isObject } from '../core/json.js';
import { LIST_EVENTS } from '../core/segments/leaves/list-leaf.js';
import { createList, type List, listLists, readList } from '../stores/state/lists.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { personNamer } from './person-namer.js';
import { moment } from './profile-json.js';
import { Moment, PageQuery, Problem, pageOf } from './schemas.js';

const ListSchema = Type.Object({ id: Type.String(), name: Type.String(), createdAt: Moment });
const IdentifierSchema = Type.Object(
  { kind: Type.String({ maxLength: 100 }), value: personal(Type.String({ maxLength: 512 })) },
  { additionalProperties: false },
);
const MEMBERS_MAX = 10_000;
const BODY_BYTES_MAX = 8 * 1024 * 1024;
const Members = Type.Optional(Type.Array(IdentifierSchema, { maxItems: MEMBERS_MAX }));
const ById = Type.Object({ id: Type.String({ maxLength: 100 }) });
const tags = ['lists'];

/** The source whose events put people on lists and take them off. */
const SOURCE = { name: 'tributary-lists', kind: 'list' } as const;

/** Lists of people: made, listed, filled. */
export async function listRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/lists',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List the lists' },
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(ListSchema) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const [after = ''] = decodeCursor(cursor, ['string'] as const) ?? [];
      const found = await listLists(parts.pool, after, limit);
      const last = found.at(-1);
      return {
        data: found.map(listJson),
        nextCursor: found.length === limit && last ? encodeCursor([last.id]) : null,
      };
    },
  );
  app.post(
    '/api/v1/lists',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Create a list' },
        body: Type.Object(
          {
            id: Type.String({
              pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$',
              description: 'For definitions that ask who is on it.',
            }),
            name: Type.String({ minLength: 1, maxLength: 200, pattern: '\\S' }),
          },
          { additionalProperties: false },
        ),
        response: { 201: ListSchema, 409: Problem },
      },
    },
    async ({ body }, reply) => reply.code(201).send(listJson(await createList(parts.pool, body))),
  );
  await memberRoutes(app, parts);
}

async function memberRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/lists/:id/members',
    {
      config: { access: { personal: 'none' } },
      bodyLimit: BODY_BYTES_MAX,
      schema: {
        ...{ tags, summary: 'Put people on a list, and take them off', params: ById },
        description: `Each is an event of the source ${SOURCE.name}, \`${LIST_EVENTS.joined}\` or \`${LIST_EVENTS.left}\`, of whoever has the identifier; who is not known yet becomes so. Adding comes before removing. Answered when all of it is durable; it counts a moment later.`,
        body: Type.Object(
          { add: Members, remove: Members },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: {
          202: Type.Object({ receipt: Type.String(), added: Type.Integer(), removed: Type.Integer() }),
          404: Problem,
        },
      },
    },
    async ({ params, body: { add = [], remove = [] } }, reply) => {
      const list = await readList(parts.pool, params.id);
      const callOf = await callMaker(list, parts);
      const calls = [
        ...add.map((one, index) => callOf(LIST_EVENTS.joined, one, `add[${index}]`)),
        ...remove.map((one, index) => callOf(LIST_EVENTS.left, one, `remove[${index}]`)),
      ];
      const { id: sourceId } = await parts.sources.ensure(SOURCE);
      const receipt = await parts.appendOwn(sourceId, calls);
      return reply.code(202).send({ receipt, added: add.length, removed: remove.length });
    },
  );
}

type CallMaker = (event: string, identifier: Static<typeof IdentifierSchema>, at: string) => JsonObject;

/** Makes a call of an identifier. @throws TributaryError `request_invalid` that names the place and the fix. */
async function callMaker({ id, name }: List, parts: AdminParts): Promise<CallMaker> {
  const nameIt = await personNamer(parts);
  return (event, identifier, at) => {
    const { given } = nameIt(identifier, at);
    const properties = isObject(given.properties) ? given.properties : {};
    return { type: 'track', event, ...given, properties: { ...properties, list_id: id, list_name: name } };
  };
}

function listJson({ id, name, createdAt }: List): Static<typeof ListSchema> {
  return { id, name, createdAt: moment(createdAt) };
}
