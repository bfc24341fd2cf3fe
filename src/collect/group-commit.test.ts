import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { aRecord } from '../../tests/support/a-record.js';
import type { LogRecord } from '../log/log.js';
import { MemoryLog } from '../log/memory-log.js';
import { GroupCommit } from './group-commit.js';

/** A log whose disk takes its time and can be made to fail. */
class SlowLog extends MemoryLog {
  appends: Array<readonly LogRecord[]> = [];
  failing = false;

  constructor(readonly commitMs: number) {
    super({ segmentBytesMax: Number.MAX_SAFE_INTEGER, now: () => 0 });
  }

  override async append(records: readonly LogRecord[]): Promise<number> {
    this.appends.push(records);
    await sleep(this.commitMs);
    if (this.failing) throw new Error('disk full');
    return super.append(records);
  }
}

let log: SlowLog;
let told: number[];
let commits: GroupCommit;
beforeEach(() => {
  log = new SlowLog(5);
  told = [];
  commits = new GroupCommit(log, (until) => told.push(until));
});

const many = (count: number, given: Partial<LogRecord> = {}) =>
  Array.from({ length: count }, (_, n) => aRecord({ receipt: `r${n}`, ...given }));
const sizes = () => log.appends.map((records) => records.length);

describe('sharing', () => {
  test('requests of one turn, and those that come during a commit, share one each', async () => {
    const first = many(20).map((record) => commits.append(record));
    await sleep(1);
    const second = many(30).map((record) => commits.append(record));
    await Promise.all([...first, ...second]);
    expect(sizes()).toEqual([20, 30]);
    expect(told).toEqual([20, 50]);
  });

  test('an idle log takes a record at once', async () => {
    await commits.append(aRecord());
    await commits.append(aRecord());
    expect(sizes()).toEqual([1, 1]);
  });

  test('keeps the order, and resolves only when the record can be read', async () => {
    const seen: string[] = [];
    await Promise.all(
      many(50).map(async (record, n) => {
        if (n % 7 === 0) await sleep(n % 5);
        await commits.append(record);
        const stored = (await log.read(0, 1_000)).flatMap((chunk) => chunk.records);
        expect(stored).toContain(record);
        seen.push(record.receipt);
      }),
    );
    expect(new Set(seen).size).toBe(50);
    expect(log.appends.flat().length).toBe(50);
    expect(told.at(-1)).toBe(50);
  });
});

describe('bounds of one commit', () => {
  test('by events: 10,000, unless one record alone has more', async () => {
    const counts = [4_000, 5_000, 1_000, 1, 20_000, 1];
    await Promise.all(counts.map((count) => commits.append(aRecord({ count }))));
    expect(log.appends.map((records) => records.map(({ count }) => count))).toEqual([
      [4_000, 5_000, 1_000],
      [1],
      [20_000],
      [1],
    ]);
    expect(told.at(-1)).toBe(30_002);
  });

  test('by bytes: 4 MB', async () => {
    const body = 'x'.repeat(1_500_000);
    await Promise.all(many(5, { body }).map((record) => commits.append(record)));
    expect(sizes()).toEqual([2, 2, 1]);
  });
});

describe('when the log fails', () => {
  test('all of the group hear of it, and later ones still work', async () => {
    log.failing = true;
    const failed = await Promise.allSettled(many(3).map((record) => commits.append(record)));
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect((failed[0] as PromiseRejectedResult).reason).toEqual(new Error('disk full'));
    expect(told).toEqual([]);
    log.failing = false;
    await commits.append(aRecord());
    expect(told).toEqual([1]);
  });

  test('those who wait behind it are tried on their own', async () => {
    log.failing = true;
    const first = commits.append(aRecord({ receipt: 'first' }));
    first.catch(() => {});
    await sleep(1);
    const second = commits.append(aRecord({ receipt: 'second' }));
    await expect(first).rejects.toThrow('disk full');
    log.failing = false;
    await second;
    expect(sizes()).toEqual([1, 1]);
  });
});
