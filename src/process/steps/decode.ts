import type { Rejection } from '../../core/errors.js';
import type { Identifies } from '../../core/event/check.js';
import { checkEvent, isRejection } from '../../core/event/check.js';
import type { Event } from '../../core/event/event.js';
import type { Envelope } from '../../core/event/wire.js';
import { readWire } from '../../core/event/wire.js';
import type { JsonValue } from '../../core/json.js';
import { isObject } from '../../core/json.js';
import type { Chunk, LogRecord } from '../../log/log.js';

/** One event of the log on its way: where it stands, what came, and what the check made of it. */
export interface Item {
  readonly offset: number;
  readonly record: LogRecord;
  /** The event as it came. */
  readonly given: JsonValue;
  readonly checked: Event | Rejection;
}

/**
 * Takes chunks apart into their events, each checked. Every offset of the chunks gets exactly one item.
 * @param poisoned events that made a later step fail, by offset, with the reason.
 * @param identifies see `checkEvent`.
 */
export function decode(
  chunks: readonly Chunk[],
  poisoned: ReadonlyMap<number, string>,
  eventBytesMax: number,
  identifies?: Identifies,
): Item[] {
  const items: Item[] = [];
  for (const chunk of chunks) {
    let offset = chunk.offset;
    for (const record of chunk.records) {
      decodeRecord(record, offset, { poisoned, eventBytesMax, identifies }, items);
      offset += record.count;
    }
  }
  return items;
}

interface DecodeOptions {
  readonly poisoned: ReadonlyMap<number, string>;
  readonly eventBytesMax: number;
  readonly identifies: Identifies | undefined;
}

function decodeRecord(
  record: LogRecord,
  first: number,
  { poisoned, eventBytesMax, identifies }: DecodeOptions,
  items: Item[],
): void {
  // Collect let nothing into the log that does not parse.
  const wire = readWire(record.call, JSON.parse(record.body) as JsonValue);
  const envelope: Envelope = {
    ...record,
    context: wire?.context,
    integrations: wire?.integrations,
    sentAt: wire?.sentAt,
    bodyBytes: Buffer.byteLength(record.body),
    eventBytesMax,
    escapes: record.body.includes('\\u'),
  };
  for (let index = 0; index < record.count; index += 1) {
    const offset = first + index;
    const given = wire?.items[index] ?? null;
    const poison = poisoned.get(offset);
    const checked: Event | Rejection =
      poison === undefined
        ? check(given, index, envelope, offset, identifies)
        : { code: 'processing_failed', message: poison };
    items.push({ offset, record, given, checked });
  }
}

/** A check that fails must cost one event, not the batch. */
function check(
  given: JsonValue,
  index: number,
  envelope: Envelope,
  offset: number,
  identifies: Identifies | undefined,
): Event | Rejection {
  try {
    return checkEvent(given, index, envelope, offset, identifies);
  } catch (error) {
    return { code: 'processing_failed', message: `The check failed: ${String(error)}` };
  }
}

/** True when the item was refused. */
export function isRefused(item: Item): item is Item & { readonly checked: Rejection } {
  return isRejection(item.checked);
}

/** The messageId of an item as far as one can be read. */
export function messageIdOf(item: Item): string | null {
  if (!isRefused(item)) return (item.checked as Event).messageId;
  const id = isObject(item.given) ? item.given.messageId : undefined;
  return typeof id === 'string' ? id.slice(0, 255).replaceAll('\u0000', '') : null;
}
