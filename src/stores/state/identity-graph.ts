import type { Pool } from 'pg';
import type { Identifier } from '../../core/identity/identifier.js';
import { identifierKey } from '../../core/identity/identifier.js';
import type { Mark } from '../../core/identity/mark.js';
import type { Owner } from '../../core/identity/population.js';
import type { OwnerRow } from './write-people.js';
import { ownerOf } from './write-people.js';

/** One entry of the record of who is who. */
export interface StoredEdge {
  readonly seq: number;
  readonly offset: number;
  readonly verdict: string;
  readonly rule: string;
  readonly profileId: string;
  readonly identifier: Identifier | null;
  readonly to: Identifier | null;
  readonly otherProfileId: string | null;
  readonly sourceId: string;
  readonly messageId: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly operationId: number | null;
}

interface EdgeRow {
  readonly seq: number;
  readonly offset: number;
  readonly verdict: string;
  readonly rule: string;
  readonly profile_id: string;
  readonly kind: string | null;
  readonly value: string | null;
  readonly to_kind: string | null;
  readonly to_value: string | null;
  readonly other_profile_id: string | null;
  readonly source_id: string;
  readonly message_id: string;
  readonly at: number;
  readonly operation_id: number | null;
}

const COLUMNS = `seq, "offset", verdict, rule, profile_id, kind, value, to_kind, to_value, other_profile_id, source_id, message_id,
  extract(epoch FROM at)::float8 * 1000 AS at, operation_id`;

/** What holds of a profile and those merged into it: all entries since each was last looked at anew, oldest first. */
export async function edgesOf(
  pool: Pool,
  profileId: string,
  after: number,
  limit: number,
): Promise<StoredEdge[]> {
  const { rows } = await pool.query<EdgeRow>(
    `WITH ids AS (SELECT $1::uuid AS id UNION ALL SELECT from_id FROM profile_merge WHERE into_id = $1),
       began AS (SELECT id, coalesce((SELECT max(seq) FROM identity_edge WHERE profile_id = id AND verdict = 'reset'), 0) AS seq
                 FROM ids)
     SELECT ${COLUMNS.replace('seq,', 'edge.seq,')} FROM identity_edge AS edge JOIN began ON began.id = edge.profile_id
     WHERE edge.seq > began.seq AND edge.seq > $2 ORDER BY edge.seq LIMIT $3`,
    [profileId, after, limit],
  );
  return rows.map(edgeOf);
}

const REFUSED = `
  SELECT ${COLUMNS} FROM identity_edge AS edge WHERE verdict = 'refused' AND seq < $1 AND NOT EXISTS (
    SELECT FROM identity_edge AS reset
    WHERE reset.profile_id = edge.profile_id AND reset.verdict = 'reset' AND reset.seq > edge.seq)
  ORDER BY seq DESC LIMIT $2`;

/** Refused links of everybody before one, newest first; what came before a reset no longer holds. */
export async function refusedEdges(pool: Pool, before: number, limit: number): Promise<StoredEdge[]> {
  const { rows } = await pool.query<EdgeRow>(REFUSED, [before, limit]);
  return rows.map(edgeOf);
}

/** One entry of the record. */
export async function edgeBySeq(pool: Pool, seq: number): Promise<StoredEdge | undefined> {
  const { rows } = await pool.query<EdgeRow>(`SELECT ${COLUMNS} FROM identity_edge WHERE seq = $1`, [seq]);
  return rows[0] && edgeOf(rows[0]);
}

/** Identifiers that a profile holds, in order: at most so many. */
export async function identifiersOf(pool: Pool, profileId: string, limit: number): Promise<Identifier[]> {
  const { rows } = await pool.query<Identifier>(
    'SELECT kind, value FROM identifier WHERE profile_id = $1 ORDER BY kind, value LIMIT $2',
    [profileId, limit],
  );
  return rows;
}

/** Pairs that must not share a profile, of which one is among these identifiers. */
export async function separationsAmong(
  pool: Pool,
  identifiers: readonly Identifier[],
): Promise<Array<readonly [Identifier, Identifier]>> {
  const { rows } = await pool.query<Record<'a_kind' | 'a_value' | 'b_kind' | 'b_value', string>>(
    `SELECT a_kind, a_value, b_kind, b_value FROM identity_separation
     WHERE (a_kind, a_value) IN (SELECT * FROM unnest($1::text[], $2::text[]))
        OR (b_kind, b_value) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
    [identifiers.map(({ kind }) => kind), identifiers.map(({ value }) => value)],
  );
  return rows.map((row) => [
    { kind: row.a_kind, value: row.a_value },
    { kind: row.b_kind, value: row.b_value },
  ]);
}

/** A value that belongs to nobody, since too many people gave it. */
export interface QuarantinedValue extends Identifier {
  readonly offset: number;
  readonly people: number;
}

/** Quarantined values after one, in order. */
export async function quarantinedAfter(
  pool: Pool,
  after: Identifier,
  limit: number,
): Promise<QuarantinedValue[]> {
  const { rows } = await pool.query<{ kind: string; value: string; mark: string }>(
    `SELECT kind, value, mark FROM identifier
     WHERE mark IS NOT NULL AND profile_id IS NULL AND mark::json ->> 'quarantinedAt' IS NOT NULL AND (kind, value) > ($1, $2)
     ORDER BY kind, value LIMIT $3`,
    [after.kind, after.value, limit],
  );
  return rows.map(({ kind, value, mark }) => {
    const { quarantinedAt = 0, asked = [] } = JSON.parse(mark) as Mark;
    return { kind, value, offset: quarantinedAt, people: asked.length };
  });
}

/** Quarantined values, by their keys, that stay so whatever is replayed. */
export async function lastingQuarantines(pool: Pool): Promise<Map<string, Owner>> {
  const { rows } = await pool.query<OwnerRow>(
    `SELECT kind, value, profile_id, mark FROM identifier
     WHERE mark IS NOT NULL AND profile_id IS NULL AND mark::json ->> 'more' = 'true'`,
  );
  return new Map(rows.map((row) => [identifierKey(row.kind, row.value), ownerOf(row)]));
}

function edgeOf(row: EdgeRow): StoredEdge {
  const { seq, offset, verdict, rule, at } = row;
  return {
    ...{ seq, offset, verdict, rule, at, profileId: row.profile_id, otherProfileId: row.other_profile_id },
    identifier: row.kind === null ? null : { kind: row.kind, value: row.value ?? '' },
    to: row.to_kind === null ? null : { kind: row.to_kind, value: row.to_value ?? '' },
    ...{ sourceId: row.source_id, messageId: row.message_id, operationId: row.operation_id },
  };
}
