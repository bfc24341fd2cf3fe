import type { paths } from '../../api/schema';

type EventPage = paths['/api/v1/events']['get']['responses'][200]['content']['application/json'];
type RejectedPage = paths['/api/v1/rejected']['get']['responses'][200]['content']['application/json'];
type StoredEvent = EventPage['data'][number];
type RejectedEvent = RejectedPage['data'][number];

/** An event of the debugger, wherever it was learnt of. */
export interface LiveEvent {
  /** Its place in the log. */
  readonly offset: number;
  /** `processed`, `duplicate`, or the code that it was refused with. */
  readonly verdict: string;
  /** Why it was refused. */
  readonly message: string | null;
  readonly sourceId: string;
  readonly profileId: string | null;
  readonly messageId: string | null;
  readonly type: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  /** As it came, or, of one that was stored before this page was opened, as it is stored. */
  readonly event: unknown;
}

/** One that the stream brought. */
export function fromStream(data: unknown): LiveEvent {
  // Invariant: the server sends nothing else under this name.
  const told = data as Omit<LiveEvent, 'type' | 'name'> & { readonly type: string | null };
  return { ...told, type: told.type ?? '–', name: nameIn(told.event) };
}

/** One that is stored. */
export function fromStored({ offset, profileId, sourceId, messageId, ...event }: StoredEvent): LiveEvent {
  const { receivedAt, enrichment: _, ...rest } = event;
  const given = Object.entries(rest).filter(([, value]) => !isEmpty(value));
  return {
    ...{ offset, profileId, sourceId, messageId, type: event.type, name: event.name },
    ...{ verdict: 'processed', message: null, receivedAt: Date.parse(receivedAt) },
    event: { messageId, ...Object.fromEntries(given) },
  };
}

/** One of the quarantine. */
export function fromRejected({ code, receivedAt, event, ...one }: RejectedEvent): LiveEvent {
  const { offset, message, sourceId, messageId } = one;
  return {
    ...{ offset, message, sourceId, messageId, event, profileId: null, verdict: code },
    ...{ type: textIn(event, 'type') || '–', name: nameIn(event), receivedAt: Date.parse(receivedAt) },
  };
}

function nameIn(event: unknown): string {
  return textIn(event, 'event') || textIn(event, 'name');
}

function textIn(event: unknown, field: string): string {
  const value =
    typeof event === 'object' && event !== null ? (event as Record<string, unknown>)[field] : undefined;
  return typeof value === 'string' ? value : '';
}

function isEmpty(value: unknown): boolean {
  return value === '' || (typeof value === 'object' && value !== null && Object.keys(value).length === 0);
}
