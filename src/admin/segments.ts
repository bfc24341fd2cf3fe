import { type Static, Type } from 'typebox';
import { explain } from '../core/segments/explain/explain-definition.js';
import { referrersOf } from '../core/segments/references.js';
import { printText } from '../core/segments/text/segment-text.js';
import { connectionsOfSegment } from '../stores/state/connections.js';
import type { Segment, SegmentVersion } from '../stores/state/segments.js';
import { actorLabel } from './access/authenticate.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { DefinitionFields, definitionOf, neededDefinition, refuseDeepBody } from './definition-body.js';
import { placeFor } from './definition-schemas.js';
import { moment } from './profile-json.js';
import { Moment, PageQuery, Problem, pageOf } from './schemas.js';

const Name = Type.String({
  ...{ minLength: 1, maxLength: 200, pattern: '\\S' },
  description: 'Unique among segments.',
});
const Description = Type.String({ maxLength: 2_000 });
const Progress = Type.Union([Type.Object({ done: Type.Integer(), total: Type.Integer() }), Type.Null()], {
  description: 'How much of everybody the backfill has gone through, in slices; null before it begins.',
});
const Status = Type.String({
  description:
    '`pending`, `backfilling` (kept up to date for whom anything happens to, the others follow), `live`, `replaced`, or `failed`.',
});
const orNull = <Schema extends ReturnType<typeof Type.String>>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

const summary = {
  id: Type.String(),
  name: Type.String(),
  description: Type.String(),
  version: Type.Integer({ description: 'The newest version; what follows is said of it.' }),
  status: Status,
  progress: Progress,
  error: orNull(Type.String({ description: 'Why it failed.' })),
  size: Type.Integer({ description: 'People that are in it now.' }),
  createdAt: Moment,
  changedAt: Moment,
};
const VersionSchema = Type.Object({
  ...{ version: Type.Integer(), status: Status, progress: Progress },
  error: orNull(Type.String()),
  definition: placeFor('SegmentNode', 'As it was given.'),
  text: Type.String(),
  actor: Type.String({ description: 'Who made it.' }),
  createdAt: Moment,
  liveAt: Type.Union([Moment, Type.Null()], { description: 'When it came into force.' }),
  backfilledAt: Type.Union([Moment, Type.Null()], { description: 'When it was right for everybody.' }),
});
const SegmentSchema = Type.Object({
  ...summary,
  definition: placeFor('SegmentNode', 'As it was given.'),
  text: Type.String({ description: 'The definition as text.' }),
  english: Type.String({ description: 'The definition in words.' }),
  versions: Type.Array(VersionSchema, { description: 'Newest first.' }),
  usedBy: Type.Object(
    {
      segments: Type.Array(Type.String(), { description: 'Ids.' }),
      connections: Type.Array(Type.Object({ id: Type.String(), name: Type.String() })),
    },
    { description: 'What refers to it, and so keeps it from being deleted.' },
  ),
});

/** The path parameter of routes on one segment. */
export const BySegment = Type.Object({ id: Type.String({ maxLength: 100 }) });

const tags = ['segments'];

/** Segments: list, create, read, change, delete. */
export async function segmentRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/segments',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List segments' },
        querystring: Type.Object(PageQuery),
        response: { 200: pageOf(Type.Object(summary)) },
      },
    },
    async ({ query: { limit = 50, cursor } }) => {
      const { segments, memberships } = parts.segmentation;
      const [after = 0] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const found = await segments.list(after, limit);
      const sizes = await memberships.sizes(found.map(({ id }) => id));
      const last = found.at(-1);
      return {
        data: found.map((segment) => summaryOf(segment, sizes.get(segment.id) ?? 0)),
        nextCursor: found.length === limit && last ? encodeCursor([last.number]) : null,
      };
    },
  );
  app.get(
    '/api/v1/segments/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Read a segment, with all its versions', params: BySegment },
        response: { 200: SegmentSchema, 404: Problem },
      },
    },
    async ({ params }) => segmentJson(await parts.segmentation.segments.get(params.id), parts),
  );
  app.delete(
    '/api/v1/segments/:id',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Delete a segment', params: BySegment },
        description:
          'Its members leave it. Refused while other segments refer to it. Its history, and so its id, stay.',
        response: { 204: Type.Null(), 404: Problem, 409: Problem },
      },
    },
    async (request, reply) => {
      await parts.segmentation.segments.remove(request.params.id, actorLabel(request));
      parts.segmentation.changed();
      return reply.code(204).send(null);
    },
  );
  await writeRoutes(app, parts);
}

async function writeRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.post(
    '/api/v1/segments',
    {
      config: { access: { personal: 'none' } },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Create a segment' },
        description:
          'It is in force from the next event on; who is in it already is found in the background.',
        body: Type.Object(
          {
            id: Type.Optional(
              Type.String({
                pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$',
                description: 'For definitions that refer to it; made of the name when left out.',
              }),
            ),
            ...{ name: Name, description: Type.Optional(Description), ...DefinitionFields },
          },
          { additionalProperties: false },
        ),
        response: { 201: SegmentSchema, 409: Problem },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const { id, name, description = '' } = body;
      const given = { id, name, description, definition: neededDefinition(body) };
      const created = await parts.segmentation.segments.create(given, actorLabel(request));
      parts.segmentation.changed();
      return reply.code(201).send(await segmentJson(created, parts));
    },
  );
  app.patch(
    '/api/v1/segments/:id',
    {
      config: { access: { personal: 'none' } },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Change a segment', params: BySegment },
        description: 'Another definition is a new version, also of segments that refer to this one.',
        body: Type.Object(
          { name: Type.Optional(Name), description: Type.Optional(Description), ...DefinitionFields },
          { additionalProperties: false, minProperties: 1 },
        ),
        response: { 200: SegmentSchema, 404: Problem, 409: Problem },
      },
    },
    async (request) => {
      const { params, body } = request;
      const { name, description } = body;
      const change = { name, description, definition: definitionOf(body) };
      const changed = await parts.segmentation.segments.change(params.id, change, actorLabel(request));
      parts.segmentation.changed();
      return segmentJson(changed, parts);
    },
  );
}

function summaryOf({ newest, createdAt, ...segment }: Segment, size: number) {
  const { id, name, description } = segment;
  const { version, status, error } = newest;
  return {
    ...{ id, name, description, version, status, progress: progressOf(newest), error, size },
    createdAt: moment(createdAt),
    changedAt: moment(newest.createdAt),
  };
}

async function segmentJson(
  segment: Segment,
  { pool, segmentation: { segments, memberships, vocabulary } }: AdminParts,
): Promise<Static<typeof SegmentSchema>> {
  const { id } = segment;
  const [sizes, versions, known, connections] = await Promise.all([
    memberships.sizes([id]),
    segments.versions(id),
    vocabulary(),
    connectionsOfSegment(pool, id),
  ]);
  const { definition } = segment.newest;
  return {
    ...summaryOf(segment, sizes.get(id) ?? 0),
    ...{ definition, text: printText(definition), english: explain(definition) },
    versions: versions.map(versionJson),
    usedBy: {
      segments: referrersOf({ segment: id }, known.segments),
      connections: connections.map((one) => ({ id: one.id, name: one.name })),
    },
  };
}

function versionJson(one: SegmentVersion): Static<typeof VersionSchema> {
  const { version, status, error, definition, actor, createdAt, liveAt, backfilledAt } = one;
  return {
    ...{ version, status, progress: progressOf(one), error },
    ...{ definition, text: printText(definition), actor, createdAt: moment(createdAt) },
    liveAt: liveAt === null ? null : moment(liveAt),
    backfilledAt: backfilledAt === null ? null : moment(backfilledAt),
  };
}

function progressOf({ slices, slicesDone }: SegmentVersion): Static<typeof Progress> {
  return slices === null ? null : { done: slicesDone, total: slices };
}
