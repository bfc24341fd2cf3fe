/** The timeline of a person: the events, and between them the times at which the person entered and left segments. */

import type {
  EventFilter,
  EventQueries,
  StoredEvent,
  TimelineCursor,
} from '../stores/events/event-queries.js';
import type { ChangeCursor, MembershipQueries, StoredChange } from '../stores/events/membership-queries.js';
import type { Segments } from '../stores/state/segments.js';
import { moment } from './profile-json.js';

/** How entering and leaving are called among the events of a person. */
export const AUDIENCE_EVENTS = { entered: 'Audience Entered', left: 'Audience Exited' } as const;

/** The source of what Tributary itself adds to a timeline. */
const OWN_SOURCE = 'tributary';

/** Where a page of a timeline begins: after an event, or after a change of membership. */
export interface TimelinePlace {
  readonly at: number;
  readonly kind: 'event' | 'change';
  /** Of an event its offset, of a change its place among all changes. */
  readonly order: number;
}

/** What the timeline is read from. */
export interface TimelineParts {
  readonly events: Pick<EventQueries, 'timeline'>;
  readonly memberships: Pick<MembershipQueries, 'changes'>;
  readonly segments: Pick<Segments, 'names'>;
}

interface Entry {
  readonly place: TimelinePlace;
  readonly event: StoredEvent;
}

/**
 * A page of the timeline, newest first. Of one millisecond, changes of membership come after the events that they follow from.
 * @param profileIds the profile's own id, and those of the ones merged into it.
 */
export async function readTimeline(
  profileIds: readonly string[],
  filter: EventFilter,
  after: TimelinePlace | undefined,
  limit: number,
  { events, memberships, segments }: TimelineParts,
): Promise<{ data: StoredEvent[]; end: TimelinePlace | undefined }> {
  const wanted = changesWanted(filter);
  const [stored, changes] = await Promise.all([
    events.timeline(profileIds, filter, after && eventCursor(after), limit),
    wanted === undefined
      ? []
      : memberships.changes({ ...wanted, profileIds }, after && changeCursor(after), limit),
  ]);
  const names = await segments.names([...new Set(changes.map(({ segmentId }) => segmentId))]);
  const [own = ''] = profileIds;
  const entries = [
    ...stored.map((event): Entry => {
      return { event, place: { at: Date.parse(event.timestamp), kind: 'event', order: event.offset } };
    }),
    ...changes.map((change): Entry => {
      const event = asEvent(change, own, names.get(change.segmentId) ?? change.segmentId);
      return { event, place: { at: change.at, kind: 'change', order: change.seq } };
    }),
  ].sort((a, b) => compare(b.place, a.place));
  const page = entries.slice(0, limit);
  return {
    data: page.map(({ event }) => event),
    end: page.length === limit ? page.at(-1)?.place : undefined,
  };
}

/** The order of time, of places on one timeline. */
function compare(one: TimelinePlace, other: TimelinePlace): number {
  if (one.at !== other.at) return one.at - other.at;
  if (one.kind !== other.kind) return one.kind === 'event' ? -1 : 1;
  return one.order - other.order;
}

/** Events before a place: those of the same time are all before a change. */
function eventCursor({ at, kind, order }: TimelinePlace): TimelineCursor {
  return { timestamp: at, offset: kind === 'event' ? order : Number.MAX_SAFE_INTEGER };
}

/** Changes before a place: those of the same time are none of them before an event. */
function changeCursor({ at, kind, order }: TimelinePlace): ChangeCursor {
  return { at, seq: kind === 'change' ? order : 0 };
}

/** Which changes an event filter lets through; undefined for none. */
function changesWanted({ type, name, from, to }: EventFilter) {
  const { entered, left } = AUDIENCE_EVENTS;
  if (type !== undefined && type !== 'track') return undefined;
  if (name !== undefined && name !== entered && name !== left) return undefined;
  const ms = (text: string | undefined) => (text === undefined ? undefined : Date.parse(text));
  return { entered: name === undefined ? undefined : name === entered, from: ms(from), to: ms(to) };
}

function asEvent(change: StoredChange, profileId: string, audience: string): StoredEvent {
  const { segmentId, seq, version, at, entered, cause, causeOffset } = change;
  return {
    ...{ offset: causeOffset, profileId, sourceId: OWN_SOURCE, messageId: `${OWN_SOURCE}-audience-${seq}` },
    ...{ type: 'track', name: entered ? AUDIENCE_EVENTS.entered : AUDIENCE_EVENTS.left },
    ...{ userId: '', anonymousId: '', groupId: '', previousId: '' },
    properties: { audience_id: segmentId, audience_name: audience, version, cause },
    ...{ traits: {}, context: {}, enrichment: {} },
    ...{ timestamp: moment(at), receivedAt: moment(at) },
  };
}
