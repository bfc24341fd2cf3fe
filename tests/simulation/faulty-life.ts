/** One life of the consumer among stores that fail: before the work, after it (so that only the answer is lost), or half way. */
import type { Pool } from 'pg';
import type { Random } from '../../src/core/demo/random.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import type { Fault } from '../../src/process/fault.js';
import type { EventBatch, EventStore, PrintedEvent } from '../../src/stores/events/event-store.js';
import type { IdentityState } from '../../src/stores/state/identity-state.js';
import type { PipelineState } from '../../src/stores/state/pipeline-state.js';
import { POISON } from './sent-world.js';

/** What goes wrong, and how it is told. */
export class Life {
  readonly #random: Random;
  readonly #faults: boolean;
  /** After a crash nothing reaches a store any more. */
  dead = false;
  /** Set by the driver: ends the consumer. */
  end: () => void = () => {};

  constructor(random: Random, faults: boolean) {
    this.#random = random;
    this.#faults = faults;
  }

  /** Throws when the life is over, and sometimes else; sometimes the throw is a crash. */
  risk(what: string, share: number): void {
    if (this.dead) throw new Error(`${what}: the process is gone`);
    if (!this.hits(share)) return;
    if (this.#random.chance(0.5)) {
      this.dead = true;
      this.end();
    }
    throw new Error(`${what}: a simulated failure`);
  }

  hits(share: number): boolean {
    return this.#faults && this.#random.chance(share);
  }

  readonly fault: Fault = (point) => this.risk(point, 0.04);
}

/** The real event store with faults, and with rows that it cannot take. */
export function faultyEvents(real: EventStore, clickhouse: ClickHouse, life: Life): EventStore {
  return {
    async insert(batch: EventBatch) {
      life.risk('before the insert', 0.04);
      if (batch.rows.some(isPoison)) throw new DataError();
      if (life.hits(0.04)) await insertHalf(real, batch);
      else await real.insert(batch);
      // A token that was written down just before its rows would have become visible.
      if (life.hits(0.04)) await loseRows(clickhouse, batch, life);
      life.risk('after the insert', 0.06);
    },
    async override(overrides) {
      life.risk('before the overrides', 0.05);
      await real.override(overrides);
      life.risk('after the overrides', 0.05);
    },
    async probe(rows) {
      life.risk('probe', 0.02);
      return new Map(
        [...rows.entries()].filter(([, row]) => isPoison(row)).map(([index]) => [index, 'poison']),
      );
    },
    close: () => real.close(),
  };
}

/** What a failure between two partitions leaves: some of the rows, under the token of all. */
async function insertHalf(real: EventStore, batch: EventBatch): Promise<void> {
  const half = Math.ceil(batch.rows.length / 2);
  await real.insert({
    ...batch,
    rows: batch.rows.slice(0, half),
    offsets: batch.offsets.slice(0, half),
    overrides: [],
  });
  throw new Error('half of the batch was inserted');
}

async function loseRows(clickhouse: ClickHouse, { offsets }: EventBatch, life: Life): Promise<void> {
  const [first, last] = [offsets[0], offsets.at(-1)];
  if (first === undefined || last === undefined) return;
  await clickhouse.command(
    `ALTER TABLE events DELETE WHERE offset BETWEEN ${first} AND ${last} SETTINGS mutations_sync = 1`,
  );
  life.dead = true;
  life.end();
  throw new Error('killed between the token and its rows');
}

/** ClickHouse's own "this row cannot be read" (see `isDataError`). */
class DataError extends Error {
  readonly clickhouseCode = 117;
}

function isPoison(row: PrintedEvent): boolean {
  return JSON.stringify(row.event.properties).includes(POISON);
}

/** The real state with faults, some of them PostgreSQL's own: a backend that is ended while it works. */
export function faultyState(real: PipelineState, pool: Pool, life: Life): PipelineState {
  return {
    async open() {
      life.risk('open', 0.02);
      return real.open();
    },
    async plan(until) {
      life.risk('before the plan', 0.02);
      await real.plan(until);
      life.risk('after the plan', 0.02);
    },
    async ownersOf(identifiers) {
      life.risk('ownersOf', 0.01);
      return real.ownersOf(identifiers);
    },
    async profiles(ids) {
      life.risk('profiles', 0.01);
      return real.profiles(ids);
    },
    accounts: (ids) => real.accounts(ids),
    async seen() {
      life.risk('seen', 0.01);
      return real.seen();
    },
    async seenPages(runId, pages) {
      life.risk('seenPages', 0.01);
      return real.seenPages(runId, pages);
    },
    async commit(batch) {
      life.risk('before the commit', 0.04);
      const done = real.commit(batch);
      if (life.hits(0.06)) await endBackends(pool, done);
      await done;
      life.risk('after the commit', 0.06);
    },
    forget: (before) => real.forget(before),
    close: () => real.close(),
  };
}

/** The operators' state with faults: before a commit, or after it, when only its answer is lost. */
export function faultyIdentity(real: IdentityState, life: Life): IdentityState {
  return {
    facts: () => real.facts(),
    nextOperation: () => real.nextOperation(),
    group: (ids) => real.group(ids),
    profileIdsAfter: (id, limit) => real.profileIdsAfter(id, limit),
    countProfiles: () => real.countProfiles(),
    async commitOperation(commit) {
      life.risk('before the operation', 0.1);
      await real.commitOperation(commit);
      life.risk('after the operation', 0.1);
    },
    failOperation: (id, error) => real.failOperation(id, error),
    untold: () => real.untold(),
    async told(seq) {
      life.risk('before it is told', 0.05);
      await real.told(seq);
    },
  };
}

async function endBackends(pool: Pool, done: Promise<void>): Promise<void> {
  done.catch(() => {}); // told by the caller's own await
  await pool.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'simulated'",
  );
}
