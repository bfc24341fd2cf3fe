import type { Pool } from 'pg';
import type { Tally } from '../../core/account/member-count.js';
import type { ComputedValue, Node } from '../../core/segments/definition.js';
import { textArray, uuidArray } from '../../engines/postgres.js';
import { readOutbox } from './membership-outbox.js';
import { unpacked } from './message-pack.js';
import type {
  CountStep,
  DuePeople,
  OpenVersion,
  SegmentFacts,
  SegmentInForce,
  SegmentState,
  SegmentStep,
  SegmentWork,
  StoredPerson,
  TurnedAccount,
} from './segment-state.js';
import { stepAside } from './step-aside.js';
import { writeCount, writeStep } from './write-segments.js';

const VERSION = `
  v.segment_id AS "segmentId", s.number AS "segmentNumber", v.version, v.number AS "versionNumber", v.definition,
  coalesce(round(extract(epoch FROM v.live_at) * 1000), 0)::float8 AS "liveAt"`;
const WORK = `
  SELECT epoch, CASE WHEN EXISTS (SELECT FROM account_turned) THEN 0
    ELSE (SELECT due_at FROM segment_state WHERE due_at IS NOT NULL ORDER BY due_at LIMIT 1) END AS due FROM segment_epoch`;
const OPEN = `
  SELECT ${VERSION}, v.status, coalesce(v.slices, '{}')::text[] AS slices, v.slices_done AS "slicesDone", v.counted
  FROM segment_version v JOIN segment s ON s.id = v.segment_id
  WHERE v.status IN ('pending', 'backfilling', 'retiring') ORDER BY v.number LIMIT 1`;
/** Of each segment the newest version that was taken into force. */
const IN_FORCE = `
  SELECT DISTINCT ON (v.segment_id) ${VERSION} FROM segment_version v JOIN segment s ON s.id = v.segment_id
  WHERE v.status IN ('backfilling', 'live') AND s.deleted_at IS NULL ORDER BY v.segment_id, v.number DESC`;

const FIRST_ID = '00000000-0000-0000-0000-000000000000';
/** The oldest of the accounts that turned, with their next members: of the last of them maybe not all. */
const TURNED = `
  SELECT t.group_id AS "groupId", t.seq, m.profile_id AS id
  FROM (SELECT * FROM account_turned ORDER BY seq LIMIT $1) AS t
  LEFT JOIN LATERAL (
    SELECT profile_id FROM account_member WHERE group_id = t.group_id AND profile_id > coalesce(t.after, '${FIRST_ID}') ORDER BY profile_id LIMIT $1
  ) AS m ON true
  ORDER BY t.seq, m.profile_id LIMIT $1`;

/** Segments in PostgreSQL. */
export class PostgresSegmentState implements SegmentState {
  readonly #pool: Pool;

  /** @param pool of connections in pipeline mode. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async work(): Promise<SegmentWork> {
    const [known, open] = await Promise.all([
      this.#pool.query<{ epoch: number; due: number | null }>({ name: 'segment-work', text: WORK }),
      this.#pool.query<OpenVersion>({ name: 'segment-open', text: OPEN }),
    ]);
    const { epoch = 0, due } = known.rows[0] ?? {};
    return { epoch, open: open.rows[0], nextDue: due ?? undefined };
  }

  async facts(): Promise<SegmentFacts> {
    const [segments, computed, counting, counted] = await Promise.all([
      this.#pool.query<SegmentInForce>(IN_FORCE),
      this.#pool.query<{ name: string; value: ComputedValue }>('SELECT name, value FROM computed_trait'),
      this.#pool.query<{ definition: Node }>(
        "SELECT definition FROM segment_version WHERE status = 'pending' AND counted IS NOT NULL",
      ),
      this.#pool.query<{ any: boolean }>('SELECT EXISTS (SELECT FROM account_tally) AS any'),
    ]);
    return {
      segments: segments.rows,
      computed: new Map(computed.rows.map(({ name, value }) => [name, value])),
      counting: counting.rows.map(({ definition }) => definition),
      isAnyCounted: counted.rows[0]?.any === true,
    };
  }

  async leafNumbers(keys: readonly string[]): Promise<Map<string, number>> {
    if (keys.length === 0) return new Map();
    const values = [textArray(keys)];
    // Without using up numbers for those that are known.
    await this.#pool.query(
      `INSERT INTO segment_leaf (key) SELECT asked.key FROM unnest($1::text[]) AS asked (key)
       LEFT JOIN segment_leaf known USING (key) WHERE known.key IS NULL ON CONFLICT DO NOTHING`,
      values,
    );
    const { rows } = await this.#pool.query<{ key: string; number: number }>(
      'SELECT key, number FROM segment_leaf WHERE key = ANY ($1::text[])',
      values,
    );
    return new Map(rows.map(({ key, number }) => [key, number]));
  }

  async people(ids: readonly string[]): Promise<Map<string, StoredPerson>> {
    if (ids.length === 0) return new Map();
    const { rows } = await this.#pool.query<Omit<StoredPerson, 'state'> & { id: string; state: Buffer }>({
      name: 'segment-states',
      text: `SELECT profile_id AS id, state, settled, stale, due_at AS "dueAt"
             FROM segment_state JOIN unnest($1::uuid[]) AS asked (profile_id) USING (profile_id)`,
      values: [uuidArray(ids)],
    });
    return new Map(
      rows.map(({ id, state, ...person }) => [
        id,
        { ...person, state: state.length === 0 ? null : unpacked(state) },
      ]),
    );
  }

  async settledFor(versionNumber: number, ids: readonly string[]): Promise<Set<string>> {
    if (ids.length === 0) return new Set();
    const { rows } = await this.#pool.query<{ id: string }>(
      'SELECT profile_id AS id FROM segment_state WHERE profile_id = ANY ($1::uuid[]) AND settled >= $2',
      [uuidArray(ids), versionNumber],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async due(now: number, limit: number): Promise<DuePeople> {
    const [timers, members] = await Promise.all([
      this.#pool.query<{ id: string }>({
        name: 'segment-due',
        text: 'SELECT profile_id AS id FROM segment_state WHERE due_at <= $1 ORDER BY due_at LIMIT $2',
        values: [now, limit],
      }),
      this.#pool.query<MemberRow>({ name: 'segment-turned', text: TURNED, values: [limit] }),
    ]);
    const people = new Set([...timers.rows, ...members.rows].flatMap(({ id }) => id ?? []));
    return { people: [...people], turned: turnedBy(members.rows, limit) };
  }

  async tallies(groupIds: readonly string[]): Promise<Map<string, Tally>> {
    const { rows } = await this.#pool.query<{ id: string; segment: number; people: number }>({
      name: 'account-tallies',
      text: 'SELECT group_id AS id, segment, people FROM account_tally WHERE group_id = ANY ($1::text[])',
      values: [textArray(groupIds)],
    });
    const tallies = new Map<string, Map<number, number>>();
    for (const { id, segment, people } of rows) {
      const tally = tallies.get(id) ?? new Map<number, number>();
      tallies.set(id, tally.set(segment, people));
    }
    return tallies;
  }

  async accountPeople(after: string, limit: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      'SELECT DISTINCT profile_id AS id FROM account_member WHERE profile_id > $1::uuid ORDER BY profile_id LIMIT $2',
      [after, limit],
    );
    return rows.map(({ id }) => id);
  }

  async mergedInto(ids: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.#pool.query<{ from_id: string; into_id: string }>(
      'SELECT from_id, into_id FROM profile_merge WHERE into_id = ANY ($1::uuid[])',
      [uuidArray(ids)],
    );
    return new Map(rows.map((row) => [row.from_id, row.into_id]));
  }

  async commitStep(step: SegmentStep): Promise<void> {
    await stepAside(this.#pool, step, (run) => writeStep(run, step));
  }

  async commitCount(step: CountStep): Promise<void> {
    await stepAside(this.#pool, step, (run) => writeCount(run, step));
  }

  async untold(): ReturnType<SegmentState['untold']> {
    const { rows } = await this.#pool.query<{ seq: number; changes: Buffer }>({
      name: 'segment-untold',
      text: 'SELECT seq, changes FROM segment_outbox ORDER BY seq LIMIT 10',
    });
    return rows.map(({ seq, changes }) => ({ seq, changes: readOutbox(changes) }));
  }

  async untoldSeqs(): Promise<readonly number[]> {
    const { rows } = await this.#pool.query<{ seq: number }>({
      name: 'segment-untold-seqs',
      text: 'SELECT seq FROM segment_outbox ORDER BY seq',
    });
    return rows.map(({ seq }) => seq);
  }

  async told(seq: number): Promise<void> {
    await this.#pool.query({
      name: 'segment-told',
      text: 'DELETE FROM segment_outbox WHERE seq = $1',
      values: [seq],
    });
  }
}

interface MemberRow {
  readonly groupId: string;
  readonly seq: number;
  /** Null of an account without any (more) members. */
  readonly id: string | null;
}

/** How far the accounts of these rows will be once the rows are worked off. */
function turnedBy(rows: readonly MemberRow[], limit: number): TurnedAccount[] {
  const last = new Map(rows.map((row) => [row.groupId, row]));
  const cut = rows.length < limit ? undefined : rows.at(-1)?.groupId;
  return Array.from(last.values(), ({ groupId, seq, id }) => ({
    ...{ groupId, seq },
    after: groupId === cut ? id : null,
  }));
}
