/** What is to be sent, as the pipeline decides it and the deliverer carries it out. */
import type { JsonObject } from '../json.js';

/**
 * Why there is a delivery: an event of a source; somebody entered or left a segment; an audience is filled for the first time or repaired; somebody is
 * taken off an audience or a snapshot, which carries out a withdrawal, so that no door holds it back; somebody asked for it by hand. Of snapshots: a row of
 * everybody's, one that is new or other since the last, and the marker that all are there, which is of nobody.
 */
export const DELIVERY_KINDS = [
  'event',
  'entered',
  'left',
  'sync',
  'removed',
  'manual',
  'row',
  'added',
  'changed',
  'closing',
] as const;
export type DeliveryKind = (typeof DELIVERY_KINDS)[number];

/**
 * One thing to be sent to one destination, decided once: neither a later edit of the connection nor a retry changes it.
 * Times are milliseconds since 1970 UTC.
 */
export interface Delivery {
  /** A UUID that follows from the connection's version and what is sent: the same again is the same delivery. */
  readonly key: string;
  /** Numbers of the destination and of the connection's version. */
  readonly destination: number;
  readonly connection: number;
  readonly kind: DeliveryKind;
  readonly profileId: string;
  /** The place in the log that it was decided at: that of its event, else where the consumer stood. */
  readonly offset: number;
  /** Of an event, its messageId; of a part of a snapshot, the snapshot's id; else empty. */
  readonly messageId: string;
  /** Of what tells of a segment, the segment; else empty. */
  readonly segmentId: string;
  /** The action's fields, mapped. Late values stand in it as placeholders. */
  readonly payload: JsonObject;
  /** What it was mapped from, where the action asks for it. */
  readonly given?: JsonObject;
  /** When the event was received, or the membership changed. */
  readonly receivedAt: number;
  readonly decidedAt: number;
}

/** Why something that matched is not sent. Stable: people filter and alert by these. */
export const FILTER_REASONS = {
  consent_missing: 'The person was never asked for a purpose of the destination',
  consent_refused: 'The person refuses a purpose of the destination',
  suppressed: 'The person, or the address, is on a suppression list',
  identifier_missing: 'Nobody is known whom the event is about',
  mapping_failed: 'The mapping cannot be carried out on the event',
  payload_invalid: 'What the mapping gives is not what the action takes',
  backlog_full: 'The destination had more waiting than it may have',
  connection_disabled: 'The connection was switched off or deleted while it waited',
  destination_deleted: 'The destination was deleted while it waited',
  replaced: 'A newer delivery about the same person took its place',
  never_added: 'The person leaves an audience that nobody was told to add them to',
  skipped_by_destination: 'The tool, or its connector, has nothing to do for it',
} as const;
export type FilterReason = keyof typeof FILTER_REASONS;
