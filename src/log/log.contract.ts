/**
 * What every log must pass. Properties:
 *
 * - Order: what is appended is read in the order of its offsets, unchanged, in whole chunks.
 * - Gapless: concurrent appends take offsets one after the other, without a gap and without two having the same.
 * - Atomic: a reader sees all records of an append or none, and never a chunk before those in front of it.
 * - Reading starts at any offset, inside a chunk too, and takes what fits, but at least one chunk.
 * - Received counts events by source, of all that was ever appended.
 * - Pruning drops whole closed segments, oldest first, by age or by size, and nothing that is unprocessed or still open.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aRecord } from '../../tests/support/a-record.js';
import type { Chunk, Log, LogRecord, Retention } from './log.js';

/** A log, and how to see to it. */
export interface LogUnderTest {
  readonly log: Log;
  /** Closes the log and opens it anew on the same data; missing where nothing is durable. */
  readonly reopen?: () => Promise<Log>;
  /** Closes whatever is open. */
  readonly close: () => Promise<void>;
}

/** Opens an empty log which closes a segment of more than this many bytes, at the latest when it is pruned. */
export type OpenLog = (options: { readonly segmentBytesMax: number }) => Promise<LogUnderTest>;

const KEEP_ALL: Retention = { processed: 0, closedBefore: 0, bytesMax: Number.MAX_SAFE_INTEGER };
const DROP_ALL: Retention = { processed: Number.MAX_SAFE_INTEGER, closedBefore: 0, bytesMax: 0 };

let under: LogUnderTest;
let log: Log;

/** Declares the suite for one implementation. */
export function describeLog(name: string, open: OpenLog): void {
  describe(name, () => {
    const openWith = async (segmentBytesMax: number) => {
      under = await open({ segmentBytesMax });
      ({ log } = under);
    };
    afterEach(() => under.close());

    describe('with one large segment', () => {
      beforeEach(() => openWith(1e9));
      appending();
      reading();
      concurrency();
    });
    describe('with a segment for each append', () => {
      beforeEach(() => openWith(1));
      pruning();
    });
  });
}

const record = (receipt: string, count = 1, sourceId = 's') => aRecord({ receipt, count, sourceId });
const all = () => log.read(0, Number.MAX_SAFE_INTEGER);
const receipts = (chunks: readonly Chunk[]) =>
  chunks.map(({ records }) => records.map((r) => r.receipt).join());

/** Records as plain values: implementations may give bodies as any view of bytes. */
function plain(records: readonly LogRecord[]): unknown[] {
  return [...records];
}

/** Appends each record in a segment of its own. */
async function appendSegments(...records: LogRecord[]): Promise<void> {
  for (const one of records) {
    await log.append([one]);
    await log.prune(KEEP_ALL);
  }
}

function appending(): void {
  test('an empty log has nothing, from anywhere', async () => {
    expect(await log.extent()).toEqual({ first: 0, next: 0 });
    expect([await log.read(0, 10), await log.read(5, 10)]).toEqual([[], []]);
    expect(await log.received()).toEqual(new Map());
    expect(await log.prune(DROP_ALL)).toBe(0);
  });

  test('records come back as they were, under the offsets that they were given', async () => {
    const first = [record('a', 3), aRecord({ receipt: 'b', direct: true, body: '{"ä": "🎉\\u0000"\n}' })];
    expect(await log.append(first)).toBe(0);
    expect(await log.append([record('c', 2)])).toBe(4);
    const [one, two, ...others] = await all();
    expect(others).toEqual([]);
    expect([one?.offset, one?.count, two?.offset, two?.count]).toEqual([0, 4, 4, 2]);
    expect(plain(one?.records ?? [])).toEqual(plain(first));
    expect(await log.extent()).toEqual({ first: 0, next: 6 });
  });

  test('received counts events by source', async () => {
    await log.append([record('a', 3, 'one'), record('b', 2, 'two')]);
    await log.append([record('c', 4, 'one')]);
    expect(await log.received()).toEqual(
      new Map([
        ['one', 7],
        ['two', 2],
      ]),
    );
  });

  test('a large body comes back whole', async () => {
    const body = JSON.stringify('tributary '.repeat(400_000));
    await log.append([aRecord({ body })]);
    const [chunk] = await all();
    expect(chunk?.records[0]?.body === body).toBe(true);
  });

  test('keeps everything when it is opened again, where it is durable', async () => {
    await log.append([record('a', 3, 'one')]);
    if (!under.reopen) return;
    log = await under.reopen();
    expect(await log.append([record('b')])).toBe(3);
    expect(receipts(await all())).toEqual(['a', 'b']);
    expect(await log.received()).toEqual(
      new Map([
        ['one', 3],
        ['s', 1],
      ]),
    );
  });
}

function reading(): void {
  test('starts with the chunk that holds the offset, inside of it too', async () => {
    for (const name of ['a', 'b', 'c']) await log.append([record(name, 10)]);
    const from = async (offset: number) => receipts(await log.read(offset, 1_000));
    expect(await from(0)).toEqual(['a', 'b', 'c']);
    expect(await from(9)).toEqual(['a', 'b', 'c']);
    expect(await from(10)).toEqual(['b', 'c']);
    expect(await from(29)).toEqual(['c']);
    expect(await from(30)).toEqual([]);
    // Back again: what was read before must not stand in the way.
    expect(await from(3)).toEqual(['a', 'b', 'c']);
  });

  test('takes as many chunks as fit, but at least one', async () => {
    for (const [name, count] of [
      ['a', 10],
      ['b', 5],
      ['c', 5],
      ['d', 1],
    ] as const) {
      await log.append([record(name, count)]);
    }
    const upTo = async (eventsMax: number, from = 0) => receipts(await log.read(from, eventsMax));
    expect(await upTo(1)).toEqual(['a']);
    expect(await upTo(14)).toEqual(['a']);
    expect(await upTo(15)).toEqual(['a', 'b']);
    expect(await upTo(20)).toEqual(['a', 'b', 'c']);
    expect(await upTo(5, 10)).toEqual(['b']);
    expect(await upTo(11, 10)).toEqual(['b', 'c', 'd']);
  });

  test('goes through any number of chunks, step by step', async () => {
    for (let n = 0; n < 150; n += 1) await log.append([record(`r${n}`)]);
    const seen: string[] = [];
    for (let next = 0; ; ) {
      const chunks = await log.read(next, 1_000);
      const last = chunks.at(-1);
      if (last === undefined) break;
      seen.push(...receipts(chunks));
      next = last.offset + last.count;
    }
    expect(seen).toEqual(Array.from({ length: 150 }, (_, n) => `r${n}`));
  });
}

function concurrency(): void {
  test('concurrent appends leave no gap, and readers see whole chunks in order', async () => {
    let done = false;
    const reader = (async () => {
      while (!done) {
        expectContiguous(await all());
        await sleep(1);
      }
    })();
    const names = Array.from({ length: 60 }, (_, n) => `r${n}`);
    const offsets = await Promise.all(
      names.map((name, n) => log.append([record(`${name}-1`, (n % 3) + 1), record(`${name}-2`)])),
    );
    done = true;
    await reader;
    const chunks = await all();
    expectContiguous(chunks);
    expect(new Set(offsets).size).toBe(60);
    const found = new Map(chunks.map((chunk) => [chunk.offset, receipts([chunk])[0]]));
    for (const [n, offset] of offsets.entries()) expect(found.get(offset)).toBe(`r${n}-1,r${n}-2`);
    expect((await log.extent()).next).toBe([...(await log.received()).values()][0]);
  });
}

function expectContiguous(chunks: readonly Chunk[]): void {
  let next = 0;
  for (const { offset, count, records } of chunks) {
    expect(offset).toBe(next);
    expect(records.reduce((sum, one) => sum + one.count, 0)).toBe(count);
    next += count;
  }
}

function pruning(): void {
  const drop = (given: Partial<Retention>) =>
    log.prune({ ...KEEP_ALL, processed: Number.MAX_SAFE_INTEGER, ...given });

  test('closing segments changes nothing for readers', async () => {
    await appendSegments(record('a', 2), record('b', 3), record('c'));
    expect(receipts(await all())).toEqual(['a', 'b', 'c']);
    expect(receipts(await log.read(3, 1_000))).toEqual(['b', 'c']);
    expect(await log.extent()).toEqual({ first: 0, next: 6 });
  });

  test('nothing unprocessed is dropped, however old or much it is', async () => {
    await appendSegments(record('a', 2), record('b', 3), record('c'));
    const retention = { closedBefore: Date.now() + 3_600_000, bytesMax: 0 };
    expect(await log.prune({ ...retention, processed: 0 })).toBe(0);
    expect(await log.prune({ ...retention, processed: 1 })).toBe(0);
    expect(await log.prune({ ...retention, processed: 4 })).toBe(1);
    expect(receipts(await all())).toEqual(['b', 'c']);
  });

  test('what is old goes, what is young stays', async () => {
    await appendSegments(record('a', 2));
    await sleep(20);
    const closedBefore = Date.now();
    await sleep(20);
    await appendSegments(record('b', 3), record('c'));
    expect(await drop({ closedBefore })).toBe(1);
    expect(await drop({ closedBefore })).toBe(0);
    expect(receipts(await all())).toEqual(['b', 'c']);
    expect(await log.extent()).toEqual({ first: 2, next: 6 });
  });

  test('what is too much goes, oldest first, and no more than that', async () => {
    const body = JSON.stringify('x'.repeat(1_000_000));
    await appendSegments(...['a', 'b', 'c'].map((receipt) => aRecord({ receipt, body })));
    expect(await drop({ bytesMax: 100_000_000 })).toBe(0);
    expect(await drop({ bytesMax: 2_500_000 })).toBe(1);
    expect(receipts(await all())).toEqual(['b', 'c']);
  });

  test('reading from before the first goes on with what is left, and appending from where it was', async () => {
    await appendSegments(record('a', 2), record('b', 3));
    expect(await drop({ bytesMax: 0 })).toBe(2);
    expect(await all()).toEqual([]);
    expect(await log.extent()).toEqual({ first: 5, next: 5 });
    expect(await log.append([record('c')])).toBe(5);
    expect(receipts(await log.read(1, 1_000))).toEqual(['c']);
    expect(await log.extent()).toEqual({ first: 5, next: 6 });
    expect(await log.received()).toEqual(new Map([['s', 6]]));
  });

  test('when it is opened again, the same segments are left', async () => {
    await appendSegments(record('a', 2), record('b', 3), record('c'));
    await log.prune({ ...DROP_ALL, processed: 2 });
    if (!under.reopen) return;
    log = await under.reopen();
    expect(receipts(await all())).toEqual(['b', 'c']);
    expect(await log.prune({ ...DROP_ALL, processed: 5 })).toBe(1);
    expect(await log.extent()).toEqual({ first: 5, next: 6 });
  });
}
