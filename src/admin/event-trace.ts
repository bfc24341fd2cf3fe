import { Type } from 'typebox';
import { TributaryError } from '../core/errors.js';
import type { Attempt } from '../stores/events/delivery-queries.js';
import type { StoredEvent } from '../stores/events/event-queries.js';
import type { StoredChange } from '../stores/events/membership-queries.js';
import { listOpen, OPEN_STATUSES } from '../stores/state/deliveries.js';
import { mergedInto } from '../stores/state/profiles.js';
import { listRejected } from '../stores/state/quarantine.js';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { DeliverySchema, lastAttemptJson, openJson } from './delivery-json.js';
import { EventSchema, Moment, Problem } from './schemas.js';

/** Of one event: no more are shown. */
const SHOWN_MAX = 500;
/** Changes of a person since the event, the latest first, among which its own are looked for. */
const LOOKED_AT_MAX = 10_000;

const Trace = Type.Object({
  receivedAt: Type.String({ ...Moment, description: 'When its request was acknowledged.' }),
  verdict: Type.String({ description: '`processed`, or the code that it was refused with.' }),
  message: Type.Union([Type.String(), Type.Null()], { description: 'Why it was refused.' }),
  event: Type.Union([EventSchema, Type.Null()]),
  segments: Type.Array(
    Type.Object({
      segmentId: Type.String(),
      profileId: Type.String(),
      entered: Type.Boolean(),
      at: Type.String({ ...Moment, description: 'When it was processed: the change is of that moment.' }),
    }),
  ),
  deliveries: Type.Array(DeliverySchema, {
    description: 'Of the event, and of the changes of membership that it brought.',
  }),
});

/** The whole way of one event. */
export async function eventTraceRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/events/:messageId/trace',
    {
      config: { access: { personal: 'masked' } },
      schema: {
        tags: ['events'],
        summary: 'The way of one event: received, processed, segments changed by it, deliveries',
        params: Type.Object({ messageId: Type.String({ maxLength: 300 }) }),
        querystring: Type.Object({
          source: Type.Optional(
            Type.String({ description: 'Id of its source: two may use the same messageId.' }),
          ),
        }),
        response: { 200: Trace, 404: Problem },
      },
    },
    async ({ params: { messageId }, query: { source } }) => {
      const filter = { messageId, ...(source === undefined ? {} : { sourceId: source }) };
      const [event] = await parts.events.recent(filter, Number.MAX_SAFE_INTEGER, 1);
      if (event === undefined) return refused(parts, messageId, filter);
      const changes = await changesBy(parts, event);
      return {
        receivedAt: event.receivedAt,
        ...{ verdict: 'processed', message: null, event },
        segments: changes.map(({ segmentId, profileId, entered, at }) => {
          return { segmentId, profileId, entered, at: new Date(at).toISOString() };
        }),
        deliveries: await deliveriesOf(parts, event, changes),
      };
    },
  );
}

async function refused(
  parts: AdminParts,
  messageId: string,
  filter: { messageId: string; sourceId?: string },
) {
  const [rejected] = await listRejected(parts.pool, filter, Number.MAX_SAFE_INTEGER, 1);
  if (rejected === undefined) throw new TributaryError('not_found', `There is no event ${messageId}.`);
  const { receivedAt, code, message } = rejected;
  return { receivedAt, verdict: code, message, event: null, segments: [], deliveries: [] };
}

/** Changes of membership that an event brought. */
async function changesBy({ pool, segmentation }: AdminParts, event: StoredEvent): Promise<StoredChange[]> {
  const profileIds = [event.profileId, ...(await mergedInto(pool, event.profileId))];
  const from = Date.parse(event.receivedAt);
  const changes = await segmentation.memberships.changes({ profileIds, from }, undefined, LOOKED_AT_MAX);
  return changes.filter((one) => one.causeOffset === event.offset && one.causeMessageId === event.messageId);
}

async function deliveriesOf(
  { pool, activation }: AdminParts,
  event: { readonly offset: number; readonly messageId: string; readonly profileId: string },
  changes: ReadonlyArray<{ readonly segmentId: string; readonly profileId: string; readonly at: number }>,
) {
  const people = new Set([event.profileId, ...changes.map(({ profileId }) => profileId)]);
  const merged = await Promise.all([...people].map((id) => mergedInto(pool, id)));
  const profileIds = [...people, ...merged.flat()];
  const [open, ...told] = await Promise.all([
    listOpen(pool, { statuses: OPEN_STATUSES, profileIds }, Number.MAX_SAFE_INTEGER, SHOWN_MAX),
    activation.deliveries.ofEvent(event.offset, event.messageId),
    ...changes.map(({ profileId, segmentId, at }) =>
      activation.deliveries.ofChange(profileId, segmentId, at),
    ),
  ]);
  const isOfChange = (segmentId: string, at: number) =>
    changes.some((change) => change.segmentId === segmentId && change.at === at);
  const waiting = open.filter(
    (one) =>
      (one.offset === event.offset && one.messageId === event.messageId) ||
      isOfChange(one.segmentId, one.receivedAt),
  );
  const keys = new Set(waiting.map(({ key }) => key));
  const ended = (told as Attempt[][]).flat().filter(({ key }) => !keys.has(key));
  return [...waiting.map(openJson), ...ended.map(lastAttemptJson)];
}
