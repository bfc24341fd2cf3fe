/**
 * Events as one block of ClickHouse's Native format: columns of table `events`, in binary. ClickHouse takes it as it is,
 * while it would spend most of an insert on parsing the same as JSON text.
 *
 * A block is: how many columns and rows, then of each column its name, its type and its values.
 * Rows come in the order of the table's key, so that ClickHouse does not have to sort them: it checks, and sorting a JSON
 * column costs it far more than sorting numbers here.
 */
import type { PrintedEvent } from '../event-store.js';
import type { ByteWriter } from './byte-writer.js';
import { UUID_WORDS, uuidWords, writeLowCardinality, writeNullableFloats } from './columns.js';
import { JsonColumn, jsonShape } from './json-column.js';

const PROPERTIES = jsonShape(256);
const TRAITS = jsonShape(128);
const CONTEXT = jsonShape(128);

/** Columns of `events`; see migrations/events/0001-events.sql. */
const COLUMNS = 32;

/** Events that a block can hold, and those which have to go another way. */
export interface Sorted {
  readonly native: readonly PrintedEvent[];
  readonly text: readonly PrintedEvent[];
}

/**
 * Writes the events as one block, and tells which it had to leave out because a value of theirs has no plain type (an
 * array of mixed values, say) or because there are too many different paths. The same events always give the same.
 */
export function writeEventBlock(writer: ByteWriter, events: readonly PrintedEvent[]): Sorted {
  const sorted = inKeyOrder(events);
  let block = jsonColumnsOf(sorted);
  let native = sorted;
  const { unfit } = block;
  if (unfit.size > 0) {
    native = sorted.filter((event) => !unfit.has(event));
    block = jsonColumnsOf(native);
  }
  if (native.length > 0) writeColumns(writer, native, block);
  return { native, text: unfit.size === 0 ? [] : events.filter((event) => unfit.has(event)) };
}

interface JsonColumns {
  readonly properties: JsonColumn;
  readonly traits: JsonColumn;
  readonly context: JsonColumn;
  readonly unfit: ReadonlySet<PrintedEvent>;
}

/** With any that is unfit, the columns hold parts of it and are of no use. */
function jsonColumnsOf(events: readonly PrintedEvent[]): JsonColumns {
  const properties = new JsonColumn(PROPERTIES);
  const traits = new JsonColumn(TRAITS);
  const context = new JsonColumn(CONTEXT);
  const unfit = new Set<PrintedEvent>();
  for (const printed of events) {
    const { event } = printed;
    const fits = properties.add(event.properties) && traits.add(event.traits) && context.add(event.context);
    if (!fits) unfit.add(printed);
  }
  return { properties, traits, context, unfit };
}

function writeColumns(writer: ByteWriter, rows: readonly PrintedEvent[], json: JsonColumns): void {
  const head = (name: string, type: string) => {
    writer.string(name);
    writer.string(type);
  };
  const text = (name: string, of: (row: PrintedEvent) => string) => {
    head(name, 'String');
    writer.strings(rows.map(of));
  };
  const word = (name: string, of: (row: PrintedEvent) => string) => {
    head(name, 'LowCardinality(String)');
    writeLowCardinality(writer, rows.map(of));
  };
  const integer = (name: string, type: string, of: (row: PrintedEvent) => number) => {
    head(name, type);
    writer.int64s(rows.map(of));
  };
  const object = (name: 'properties' | 'traits' | 'context', type: string) => {
    head(name, type);
    json[name].writePrefix(writer);
    json[name].writeData(writer);
  };
  writer.varint(COLUMNS);
  writer.varint(rows.length);
  head('profile_id', 'UUID');
  writer.u32s(uuidWords(rows.map((row) => row.profileId)));
  integer('timestamp', "DateTime64(3, 'UTC')", ({ event }) => event.timestamp);
  integer('received_at', "DateTime64(3, 'UTC')", ({ event }) => event.receivedAt);
  integer('offset', 'UInt64', ({ event }) => event.offset);
  word('source_id', ({ event }) => event.sourceId);
  text('message_id', ({ event }) => event.messageId);
  word('type', ({ event }) => event.type);
  word('name', ({ event }) => event.name);
  text('user_id', ({ event }) => event.userId);
  text('anonymous_id', ({ event }) => event.anonymousId);
  text('group_id', ({ event }) => event.groupId);
  text('previous_id', ({ event }) => event.previousId);
  object('properties', PROPERTIES.type);
  object('traits', TRAITS.type);
  object('context', CONTEXT.type);
  text('integrations', integrationsOf);
  head('is_bot', 'Bool');
  writer.u8s(rows.map(({ enrichment }) => (enrichment.bot ? 1 : 0)));
  word('browser', ({ enrichment }) => enrichment.browser);
  word('browser_version', ({ enrichment }) => enrichment.browserVersion);
  word('os', ({ enrichment }) => enrichment.os);
  word('device_type', ({ enrichment }) => enrichment.deviceType);
  word('campaign_source', ({ enrichment }) => enrichment.campaignSource);
  word('campaign_medium', ({ enrichment }) => enrichment.campaignMedium);
  word('campaign_name', ({ enrichment }) => enrichment.campaignName);
  word('campaign_term', ({ enrichment }) => enrichment.campaignTerm);
  word('campaign_content', ({ enrichment }) => enrichment.campaignContent);
  word('referrer_host', ({ enrichment }) => enrichment.referrerHost);
  word('country', ({ enrichment }) => enrichment.country);
  word('region', ({ enrichment }) => enrichment.region);
  word('city', ({ enrichment }) => enrichment.city);
  head('latitude', 'Nullable(Float64)');
  writeNullableFloats(
    writer,
    rows.map(({ enrichment }) => enrichment.latitude),
  );
  head('longitude', 'Nullable(Float64)');
  writeNullableFloats(
    writer,
    rows.map(({ enrichment }) => enrichment.longitude),
  );
}

function integrationsOf({ event }: PrintedEvent): string {
  for (const _ in event.integrations) return JSON.stringify(event.integrations);
  return '';
}

/** By type, name, profile, time and offset, as the table's key has them. UUIDs go by their second half first. */
function inKeyOrder(events: readonly PrintedEvent[]): PrintedEvent[] {
  const words = uuidWords(events.map((event) => event.profileId));
  const groups = new Map<string, number[]>();
  for (const [index, { event }] of events.entries()) {
    const key = `${event.type}\u0000${event.name}`;
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  const word = (index: number, nth: number) => words[index * UUID_WORDS + nth] as number;
  const compare = (one: number, other: number): number => {
    const by =
      word(one, 3) - word(other, 3) ||
      word(one, 2) - word(other, 2) ||
      word(one, 1) - word(other, 1) ||
      word(one, 0) - word(other, 0);
    if (by !== 0) return by;
    // Invariant: both are indexes of events, which come in the order of their offsets.
    const [first, second] = [events[one] as PrintedEvent, events[other] as PrintedEvent];
    return first.event.timestamp - second.event.timestamp || one - other;
  };
  return [...groups.keys()]
    .sort()
    .flatMap((key) => (groups.get(key) ?? []).sort(compare))
    .map((index) => events[index] as PrintedEvent);
}
