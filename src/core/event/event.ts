import type { JsonObject } from '../json.js';

/** The six calls of the Segment specification that carry an event. */
export const SPECIFIED_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
/** All calls: those, and RudderStack's `merge`, which names several identifiers of one person. */
export const EVENT_TYPES = [...SPECIFIED_TYPES, 'merge'] as const;
/** One of those. */
export type SpecifiedType = (typeof SPECIFIED_TYPES)[number];
export type EventType = (typeof EVENT_TYPES)[number];

/**
 * One checked call of a client: what every step after `check` works on.
 * Empty strings stand for absent identifiers and names, so that no step needs two kinds of nothing.
 */
export interface Event {
  /** Position in the log: unique, and rising in the order of arrival. */
  readonly offset: number;
  readonly sourceId: string;
  readonly messageId: string;
  readonly type: EventType;
  /** The event's name for `track`, the page's or screen's for those, else empty. */
  readonly name: string;
  readonly userId: string;
  readonly anonymousId: string;
  readonly groupId: string;
  readonly previousId: string;
  readonly properties: JsonObject;
  readonly traits: JsonObject;
  readonly context: JsonObject;
  /** Which destinations the client wants it to reach, as given. */
  readonly integrations: JsonObject;
  /** When it happened, in milliseconds since 1970 UTC, corrected for the client's clock. */
  readonly timestamp: number;
  /** When it reached us, in milliseconds since 1970 UTC. */
  readonly receivedAt: number;
}

/** The name under which an event is counted on a profile: a track call's own name, else its type. */
export function countedName(event: Event): string {
  return event.type === 'track' ? event.name : event.type;
}
