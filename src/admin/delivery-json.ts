/** Deliveries and attempts as the API shows them. */
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';
import { FILTER_REASONS } from '../core/delivery/delivery.js';
import type { DeliveryStatus } from '../core/delivery/lifecycle.js';
import type { Attempt, FinishedDelivery } from '../stores/events/delivery-queries.js';
import type { OpenDelivery } from '../stores/state/deliveries.js';
import { Moment } from './schemas.js';

/** Where a delivery can be seen to be; one that was dropped is seen no more. */
export const SHOWN_STATUSES = [
  'pending',
  'retried',
  'dead',
  'delivered',
  'filtered',
] as const satisfies ReadonlyArray<DeliveryStatus | 'retried'>;

const orNull = <T extends ReturnType<typeof Type.Integer> | ReturnType<typeof Type.String>>(schema: T) =>
  Type.Union([schema, Type.Null()]);

/** One delivery. */
export const DeliverySchema = Type.Object({
  key: Type.String({ description: 'Its idempotency key: what the tool sees of it, always the same.' }),
  status: Type.Enum([...SHOWN_STATUSES], {
    description: '`pending`: not tried yet; `retried`: it failed and waits to be tried again.',
  }),
  destinationId: Type.String(),
  connectionId: Type.String(),
  connectionVersion: Type.Integer(),
  kind: Type.String({ description: 'Why it is there, such as `event`, `entered` or `removed`.' }),
  profileId: Type.String(),
  messageId: orNull(Type.String({ description: 'Of its event.' })),
  segmentId: orNull(Type.String({ description: 'Of its segment.' })),
  attempts: Type.Integer(),
  reason: orNull(
    Type.String({
      description: `Code of the last failure; of a filtered one, one of ${Object.keys(FILTER_REASONS).join(', ')}.`,
    }),
  ),
  error: personal(orNull(Type.String({ description: 'The same for people.' }))),
  receivedAt: Type.String({
    ...Moment,
    description: 'When its event was received, or the membership changed.',
  }),
  nextAttemptAt: orNull(Type.String({ ...Moment, description: 'Not before; of one that waits.' })),
  endedAt: orNull(Type.String({ ...Moment, description: 'When it was delivered, filtered or given up.' })),
});

/** One attempt of a delivery. */
export const AttemptSchema = Type.Object({
  attempt: Type.Integer({ description: '0: it was decided not to send it.' }),
  at: Moment,
  tookMs: Type.Integer(),
  outcome: Type.String({ description: '`delivered`, `retried`, `dead` or `filtered`.' }),
  reason: orNull(Type.String()),
  error: personal(orNull(Type.String())),
  requests: Type.Array(personal(Type.Unknown()), {
    description:
      'What was sent, secrets masked, for 30 days; `{"see": {key, attempt}}` where it went along with another in one call.',
  }),
  responses: Type.Array(personal(Type.Unknown()), { description: 'What was answered to each.' }),
});

/** One that is not finished. */
export function openJson(one: OpenDelivery): Static<typeof DeliverySchema> {
  const isDead = one.status === 'dead';
  const at = iso(one.nextAt);
  return {
    ...aboutOf(one),
    ...{ status: one.status, attempts: one.attempts, reason: one.reason, error: one.error },
    nextAttemptAt: isDead ? null : at,
    endedAt: isDead ? at : null,
  };
}

/** One that is. */
export function finishedJson(one: FinishedDelivery): Static<typeof DeliverySchema> {
  return {
    ...aboutOf(one),
    ...{ status: one.status, attempts: one.attempts, reason: one.reason || null, error: one.error || null },
    ...{ nextAttemptAt: null, endedAt: iso(one.endedAt) },
  };
}

/** A delivery as its last attempt tells. */
export function lastAttemptJson(last: Attempt): Static<typeof DeliverySchema> {
  // Invariant: the log holds no other outcomes.
  const status = last.outcome as 'delivered' | 'filtered' | 'retried' | 'dead';
  return {
    ...aboutOf(last),
    ...{ status, attempts: last.attempt, reason: last.reason || null, error: last.error || null },
    nextAttemptAt: null,
    endedAt: status === 'retried' ? null : iso(last.at),
  };
}

/** An attempt. */
export function attemptJson(one: Attempt): Static<typeof AttemptSchema> {
  return {
    ...{ attempt: one.attempt, at: iso(one.at), tookMs: one.tookMs, outcome: one.outcome },
    ...{ reason: one.reason || null, error: one.error || null },
    ...{ requests: listOf(one.request), responses: listOf(one.response) },
  };
}

function aboutOf(one: OpenDelivery | FinishedDelivery | Attempt) {
  const { key, destinationId, connectionId, connectionVersion, kind, profileId, messageId, segmentId } = one;
  return {
    ...{ key, destinationId, connectionId, connectionVersion, kind, profileId },
    ...{ messageId: messageId || null, segmentId: segmentId || null, receivedAt: iso(one.receivedAt) },
  };
}

function listOf(json: string): unknown[] {
  return json === '' ? [] : (JSON.parse(json) as unknown[]);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
