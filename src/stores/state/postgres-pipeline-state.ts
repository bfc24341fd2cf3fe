import type { Pool, PoolClient } from 'pg';
import type { Identifier } from '../../core/identity/identifier.js';
import { identifierKey } from '../../core/identity/identifier.js';
import type { Owner } from '../../core/identity/population.js';
import { ADVISORY_LOCKS } from '../../engines/advisory-locks.js';
import {
  byteaArray,
  float8Array,
  int4Array,
  int8Array,
  textArray,
  uuidArray,
} from '../../engines/postgres.js';
import type { BatchCommit, PipelineState, Position, RejectedEvent, SealedRun } from './pipeline-state.js';
import { writeQuality } from './quality.js';
import { type Run, sendTogether } from './send-together.js';
import { writeActivation } from './write-activation.js';
import type { OwnerRow } from './write-people.js';
import { ownerOf, writePeople } from './write-people.js';
import { writeRedemptions } from './write-redemptions.js';
import { writeSegments } from './write-segments.js';

const CONSUMER = 'pipeline';

/**
 * The pipeline's state in PostgreSQL. Arrays go over in binary and come back through `unnest`: one statement a table,
 * however many rows. The statements of a commit are sent without waiting for each other's answers.
 */
export class PostgresPipelineState implements PipelineState {
  readonly #pool: Pool;
  #lease: PoolClient | undefined;

  /** @param pool of connections in pipeline mode; two at least, one of which holds the lease and commits. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async open(): Promise<Position> {
    this.#lease?.release(true);
    this.#lease = undefined;
    const lease = await this.#pool.connect();
    this.#lease = lease;
    await lease.query('SELECT pg_advisory_lock($1)', [ADVISORY_LOCKS.consumer]);
    await lease.query('INSERT INTO consumer (name, next_offset) VALUES ($1, 0) ON CONFLICT DO NOTHING', [
      CONSUMER,
    ]);
    const { rows } = await lease.query<Position>(
      `SELECT next_offset AS next, commits, to_json(array(SELECT unnest(planned) ORDER BY 1)) AS planned
       FROM consumer WHERE name = $1`,
      [CONSUMER],
    );
    // Invariant: the row was inserted above.
    return rows[0] as Position;
  }

  async plan(until: number): Promise<void> {
    // With the lease's own connection: who has lost the lease must not plan, since the next holder would not know of it.
    await this.#held('plan').query({
      name: 'plan',
      text: 'UPDATE consumer SET planned = array_append(array_remove(planned, $2), $2) WHERE name = $1',
      values: [CONSUMER, until],
    });
  }

  async ownersOf(identifiers: readonly Identifier[]): Promise<Map<string, Owner>> {
    if (identifiers.length === 0) return new Map();
    const { rows } = await this.#pool.query<OwnerRow>({
      name: 'owners',
      text: `SELECT kind, value, profile_id, mark FROM identifier
             JOIN unnest($1::text[], $2::text[]) AS asked (kind, value) USING (kind, value)`,
      values: [textArray(identifiers.map((i) => i.kind)), textArray(identifiers.map((i) => i.value))],
    });
    return new Map(rows.map((row) => [identifierKey(row.kind, row.value), ownerOf(row)]));
  }

  async profiles(ids: readonly string[]): ReturnType<PipelineState['profiles']> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.#pool.query<{ asked: string; home: string; state: string }>({
      name: 'profiles',
      text: `SELECT asked.id AS asked, profile.id AS home, state
             FROM unnest($1::uuid[]) AS asked (id)
             LEFT JOIN profile_merge ON from_id = asked.id
             JOIN profile ON profile.id = coalesce(into_id, asked.id)`,
      values: [uuidArray(ids)],
    });
    return new Map(rows.map(({ asked, home, state }) => [asked, { home, state }]));
  }

  async accounts(groupIds: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.#pool.query<{ group_id: string; state: string }>({
      name: 'accounts',
      text: 'SELECT group_id, state FROM account JOIN unnest($1::text[]) AS asked (group_id) USING (group_id)',
      values: [textArray(groupIds)],
    });
    return new Map(rows.map((row) => [row.group_id, row.state]));
  }

  async seen(): ReturnType<PipelineState['seen']> {
    const recent = await this.#pool.query<{ entries: Buffer }>(
      'SELECT entries FROM seen_recent ORDER BY until',
    );
    const runs = await this.#pool.query<{ id: number; sealed_at: number; filter: Buffer }>(
      'SELECT id, extract(epoch FROM sealed_at)::float8 * 1000 AS sealed_at, filter FROM seen_run ORDER BY id',
    );
    return {
      recent: recent.rows.map((row) => wordsOf(row.entries)),
      runs: runs.rows.map((row) => ({ id: row.id, sealedAt: row.sealed_at, filter: wordsOf(row.filter) })),
    };
  }

  async seenPages(runId: number, pages: readonly number[]): Promise<Map<number, Uint32Array>> {
    const { rows } = await this.#pool.query<{ page: number; entries: Buffer }>({
      name: 'seen-pages',
      text: 'SELECT page, entries FROM seen_page WHERE run_id = $1 AND page = ANY ($2::int4[])',
      values: [runId, int4Array(pages)],
    });
    return new Map(rows.map((row) => [row.page, wordsOf(row.entries)]));
  }

  async commit(batch: BatchCommit): Promise<void> {
    try {
      await sendTogether(this.#held('commit'), (run) => {
        run('begin', 'BEGIN', []);
        writePeople(run, batch);
        writeAccounts(run, batch);
        writeQuality(run, batch.quality);
        writeSeen(run, batch);
        writeVerdicts(run, batch);
        writeSegments(run, batch.segments);
        writeActivation(run, batch.activation);
        writeRedemptions(run, batch.redeemed);
        run('move', MOVE, [CONSUMER, batch.from, batch.until]);
        // Sent along: after a failure it ends the transaction as a rollback would, and nobody has to wait to find out.
        run('commit', 'COMMIT', []);
      });
    } catch (error) {
      if (!isDivisionByZero(error)) throw error;
      throw new Error(`The consumer no longer stands at offset ${batch.from}: another one has moved it`, {
        cause: error,
      });
    }
  }

  /** The connection with the lease. Whoever uses it sends all of a transaction at once: nothing else comes in between. */
  #held(asked: string): PoolClient {
    if (!this.#lease) throw new Error(`${asked} before open`);
    return this.#lease;
  }

  async forget({ runsSealedBefore, rejectedBefore }: Parameters<PipelineState['forget']>[0]): Promise<void> {
    await this.#pool.query(
      `WITH gone AS (DELETE FROM seen_run WHERE sealed_at < to_timestamp($1::float8 / 1000) RETURNING id)
       DELETE FROM seen_page WHERE run_id IN (SELECT id FROM gone)`,
      [runsSealedBefore],
    );
    await this.#pool.query('DELETE FROM rejected WHERE received_at < to_timestamp($1::float8 / 1000)', [
      rejectedBefore,
    ]);
  }

  async close(): Promise<void> {
    this.#lease?.release(true);
    this.#lease = undefined;
    await this.#pool.end();
  }
}

/** A consumer that was overtaken must not commit: where there is nothing to move, it divides by zero. */
const MOVE = `
  WITH moved AS (
    UPDATE consumer SET next_offset = $3, commits = commits + 1, planned = array_remove(planned, $3)
    WHERE name = $1 AND next_offset = $2 RETURNING 1
  )
  SELECT 1 / count(*) FROM moved`;

function isDivisionByZero(error: unknown): boolean {
  return (error as { code?: unknown }).code === '22012';
}

function writeAccounts(run: Run, { accounts }: BatchCommit): void {
  if (accounts.length === 0) return;
  run(
    'accounts-write',
    `INSERT INTO account (group_id, state) SELECT * FROM unnest($1::text[], $2::text[])
     ON CONFLICT (group_id) DO UPDATE SET state = excluded.state`,
    [textArray(accounts.map((a) => a.groupId)), textArray(accounts.map((a) => a.state))],
  );
}

function writeVerdicts(run: Run, { ledger, rejected }: BatchCommit): void {
  run(
    'ledger-write',
    `INSERT INTO ledger AS l (source_id, verdict, events) SELECT * FROM unnest($1::text[], $2::text[], $3::int8[])
     ON CONFLICT (source_id, verdict) DO UPDATE SET events = l.events + excluded.events`,
    [
      textArray(ledger.map((l) => l.sourceId)),
      textArray(ledger.map((l) => l.verdict)),
      int8Array(ledger.map((l) => l.events)),
    ],
  );
  if (rejected.length > 0) run('rejected-write', REJECTED_WRITE, rejectedValues(rejected));
}

const REJECTED_WRITE = `
  INSERT INTO rejected ("offset", source_id, code, message, message_id, receipt, received_at, event, line)
  SELECT o, s, c, t, m, r, to_timestamp(at / 1000), e, l
  FROM unnest($1::int8[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::float8[], $8::text[],
              $9::int8[]) AS rejection (o, s, c, t, m, r, at, e, l)`;

function rejectedValues(rejected: readonly RejectedEvent[]): Buffer[] {
  return [
    int8Array(rejected.map((r) => r.offset)),
    textArray(rejected.map((r) => r.sourceId)),
    textArray(rejected.map((r) => r.code)),
    textArray(rejected.map((r) => r.message)),
    textArray(rejected.map((r) => r.messageId)),
    textArray(rejected.map((r) => r.receipt)),
    float8Array(rejected.map((r) => r.receivedAt)),
    textArray(rejected.map((r) => r.event)),
    int8Array(rejected.map((r) => r.line)),
  ];
}

function writeSeen(run: Run, { seen, sealed, until }: BatchCommit): void {
  if (seen.compact || sealed) run('seen-clear', 'DELETE FROM seen_recent', []);
  if (sealed) writeRun(run, sealed);
  else if (seen.entries.length > 0) {
    const values = [until, bytesOf(seen.entries)];
    run('seen-write', 'INSERT INTO seen_recent (until, entries) VALUES ($1, $2)', values);
  }
}

function writeRun(run: Run, { id, pages, filter, sealedAt }: SealedRun): void {
  const entries = pages.reduce((sum, page) => sum + page.length / 4, 0);
  run(
    'seen-run-write',
    'INSERT INTO seen_run (id, entries, sealed_at, filter) VALUES ($1, $2, to_timestamp($3::float8 / 1000), $4)',
    [id, entries, sealedAt, bytesOf(filter)],
  );
  run(
    'seen-pages-write',
    `INSERT INTO seen_page (run_id, page, entries)
     SELECT $1, page, entries FROM unnest($2::int4[], $3::bytea[]) AS sealed (page, entries)`,
    [id, int4Array(pages.map((_, page) => page)), byteaArray(pages.map(bytesOf))],
  );
}

function bytesOf(words: Uint32Array): Buffer {
  return Buffer.from(words.buffer, words.byteOffset, words.byteLength);
}

/** Copied, since a row's buffer need not lie on a 4-byte boundary. */
function wordsOf(bytes: Buffer): Uint32Array {
  const words = new Uint32Array(bytes.length / 4);
  bytesOf(words).set(bytes);
  return words;
}
