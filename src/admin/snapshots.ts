import { type Static, Type } from 'typebox';
import { snapshotPlanOf } from '../core/delivery/connection.js';
import { TributaryError } from '../core/errors.js';
import type { Connection } from '../stores/state/connections.js';
import type { ShownSnapshot } from '../stores/state/snapshots.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { ByConnection } from './connections.js';
import { decodeCursor, encodeCursor } from './cursor.js';
import { moment } from './profile-json.js';
import { Moment, mapOf, PageQuery, Problem, pageOf } from './schemas.js';

const orNull = Type.Union([Moment, Type.Null()]);
const SnapshotSchema = Type.Object({
  id: Type.String({ description: 'Also the name of its folder, and what its rows have as `snapshot_id`.' }),
  version: Type.Integer({ description: 'Of the connection.' }),
  rows: Type.Enum(['all', 'differences'], { description: 'What its rows are. The first one has all.' }),
  previousId: Type.Union([Type.String(), Type.Null()], {
    description: 'The snapshot that differences are from.',
  }),
  state: Type.Enum(['exporting', 'sending', 'closing', 'complete', 'incomplete', 'abandoned'], {
    description:
      '`exporting`: its list is gone through; `sending`: rows wait to be written; `closing`: the marker is written. Then `complete`; `incomplete`, without a marker, as rows could not be written; or `abandoned`, as the connection was changed or switched off.',
  }),
  startedAt: Moment,
  finishedAt: orNull,
  people: Type.Integer({ description: 'In the segment in the moment when it began.' }),
  looked: Type.Integer({ description: 'Of those, how many were looked at so far.' }),
  sent: Type.Integer({ description: 'Rows that were decided to be written.' }),
  unchanged: Type.Integer({ description: 'Of differences: people whose rows are as in the one before.' }),
  outcome: Type.Union(
    [
      Type.Object({
        delivered: Type.Integer(),
        filtered: mapOf(Type.Integer(), { description: 'By reason.' }),
        dead: Type.Integer({ description: 'Rows that could not be written.' }),
      }),
      Type.Null(),
    ],
    { description: 'What became of the rows, when it has ended.' },
  ),
});
const tags = ['connections'];

/** Snapshots of a connection: list, and ask for one. */
export async function snapshotRoutes(app: AdminApp, { activation }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/connections/:id/snapshots',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'List snapshots of a connection, newest first', params: ByConnection },
        querystring: Type.Object(PageQuery),
        response: {
          200: Type.Object({
            ...pageOf(SnapshotSchema).properties,
            nextAt: Type.Union([Moment, Type.Null()], {
              description: 'When the next one is due; null when somebody has to ask.',
            }),
          }),
          ...{ 404: Problem, 409: Problem },
        },
      },
    },
    async ({ params, query: { limit = 50, cursor } }) => {
      const number = takerOf(await activation.connections.get(params.id));
      const [before = Number.MAX_SAFE_INTEGER] = decodeCursor(cursor, ['offset'] as const) ?? [];
      const [found, nextAt] = await Promise.all([
        activation.snapshots.list(number, before, limit),
        activation.snapshots.nextAt(number),
      ]);
      const last = found.at(-1);
      return {
        data: found.map(shown),
        nextCursor: found.length === limit && last ? encodeCursor([last.seq]) : null,
        nextAt: nextAt === undefined ? null : moment(nextAt),
      };
    },
  );
  app.post(
    '/api/v1/connections/:id/snapshots',
    {
      config: { access: { personal: 'none' } },
      schema: {
        ...{ tags, summary: 'Take a snapshot now', params: ByConnection },
        description: 'It begins within moments. What the plan says of the next one stays.',
        response: { 202: Type.Object({ requested: Type.Boolean() }), 404: Problem, 409: Problem },
      },
    },
    async ({ params }, reply) => {
      const connection = await activation.connections.get(params.id);
      const number = takerOf(connection);
      if (!connection.enabled)
        throw new TributaryError('conflict', `The connection ${connection.id} is switched off.`);
      await activation.snapshots.ask(number);
      activation.changed();
      return reply.code(202).send({ requested: true });
    },
  );
}

/** The number of a connection that takes snapshots. */
function takerOf({ id, number, newest }: Connection): number {
  if (snapshotPlanOf(newest.definition) !== undefined) return number;
  throw new TributaryError(
    'conflict',
    `The connection ${id} takes no snapshots: those do whose definition has \`from.snapshot\`.`,
  );
}

function shown({
  previous,
  startedAt,
  finishedAt,
  outcome,
  ...rest
}: ShownSnapshot): Static<typeof SnapshotSchema> {
  const { seq: _, ...snapshot } = rest;
  return {
    ...snapshot,
    ...{ previousId: previous, startedAt: moment(startedAt) },
    finishedAt: finishedAt === null ? null : moment(finishedAt),
    outcome: outcome && { delivered: 0, filtered: {}, dead: 0, ...outcome },
  };
}
