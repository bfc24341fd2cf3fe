/**
 * Events as one block of ClickHouse's Native format: columns of table `events`, in binary. ClickHouse takes it as it is,
 * while it would spend most of an insert on parsing the same as JSON text.
 *
 * A block is: how many columns and rows, then of each column its name, its type and its values.
 * Rows come in the order of the table's key, so that ClickHouse does not have to sort them: it looks, and moving the rows
 * of a JSON column costs it far more than sorting numbers costs here.
 */
import type { PrintedEvent } from '../event-store.js';
import type { ByteWriter } from './byte-writer.js';
import { EventColumns } from './event-columns.js';
import { arrangeUuids, compareUuids, uuidWords } from './uuid-words.js';

/** Events that are in the block, and those which have to go another way. */
export interface Split {
  readonly native: readonly PrintedEvent[];
  readonly text: readonly PrintedEvent[];
}

/**
 * Writes the events as one block, and tells which it had to leave out because a value of theirs has no plain type (an
 * array of mixed values, say) or because there are too many different paths. The same events always give the same.
 * @param events in the order of their offsets
 */
export function writeEventBlock(writer: ByteWriter, events: readonly PrintedEvent[]): Split {
  const words = uuidWords(events.map((event) => event.profileId));
  let order = inKeyOrder(events, words);
  let { columns, unfit } = columnsOf(events, order);
  if (unfit.size > 0) {
    order = order.filter((index) => !unfit.has(index));
    ({ columns } = columnsOf(events, order));
  }
  const split = {
    native: events.filter((_, index) => !unfit.has(index)),
    text: events.filter((_, index) => unfit.has(index)),
  };
  if (order.length === 0) return split;
  writer.varint(columns.count + 1);
  writer.varint(order.length);
  writer.string('profile_id');
  writer.string('UUID');
  writer.u32s(arrangeUuids(words, order));
  columns.write(writer);
  return split;
}

/** With any that is unfit, the columns hold parts of it and are of no use. */
function columnsOf(
  events: readonly PrintedEvent[],
  order: readonly number[],
): { columns: EventColumns; unfit: ReadonlySet<number> } {
  const columns = new EventColumns(order.length);
  const unfit = new Set<number>();
  for (const index of order) {
    if (!columns.add(events[index] as PrintedEvent)) unfit.add(index);
  }
  return { columns, unfit };
}

/** Indexes of the events by type, name, profile, time and offset. */
function inKeyOrder(events: readonly PrintedEvent[], words: Uint32Array): number[] {
  const types = new Map<string, Map<string, number[]>>();
  for (let index = 0; index < events.length; index += 1) {
    const { event } = events[index] as PrintedEvent;
    const names = childOf(types, event.type, () => new Map<string, number[]>());
    childOf(names, event.name, () => []).push(index);
  }
  const timeOf = (index: number) => events[index]?.event.timestamp ?? 0;
  // Offsets rise with the indexes.
  const compare = (one: number, other: number) =>
    compareUuids(words, one, other) || timeOf(one) - timeOf(other) || one - other;
  return sortedValues(types).flatMap((names) =>
    sortedValues(names).flatMap((indexes) => indexes.sort(compare)),
  );
}

function childOf<T>(map: Map<string, T>, key: string, create: () => T): T {
  const found = map.get(key);
  if (found !== undefined) return found;
  const created = create();
  map.set(key, created);
  return created;
}

function sortedValues<T>(map: ReadonlyMap<string, T>): T[] {
  return [...map.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, value]) => value);
}
