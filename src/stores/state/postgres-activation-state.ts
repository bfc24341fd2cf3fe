import type { Pool } from 'pg';
import type { Suppression } from '../../core/consent/suppression.js';
import type { ConnectionDefinition } from '../../core/delivery/connection.js';
import type { ConnectionInForce } from '../../core/delivery/connection-in-force.js';
import { readDeliveryOptions } from '../../core/delivery/delivery-options.js';
import type { Identifier } from '../../core/identity/identifier.js';
import type { JsonObject } from '../../core/json.js';
import { int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import type { LoggedAttempt } from '../events/delivery-log.js';
import type {
  ActivationState,
  ActivationWork,
  StoredMember,
  SuppressionStep,
  SyncStep,
} from './activation-state.js';
import { MEMBER, type MemberRow, memberOf } from './audience-rows.js';
import type { SnapshotWork } from './snapshot-state.js';
import { stepAside } from './step-aside.js';
import { writeActivation } from './write-activation.js';

/** After which an audience is compared with its segment again. */
const SYNC_INTERVAL_MS = 24 * 60 * 60 * 1000;

const WORK = `
  SELECT epoch, s.connection, s.phase, s.after::text AS after, s.due_at AS "dueAt", (
    SELECT json_agg(json_build_object('connection', p.connection, 'dueAt', p.due_at, 'last', row_to_json(l)) ORDER BY p.connection)
    FROM snapshot_plan AS p LEFT JOIN LATERAL (
      SELECT id, version, rows, previous, is_kept AS "isKept", state, started_at AS "startedAt", people, unchanged, after
      FROM snapshot WHERE id = p.last
    ) AS l ON true WHERE p.due_at IS NOT NULL OR l.state IN ('exporting', 'sending', 'closing')
  ) AS snapshots, EXISTS (SELECT FROM suppression_change) AS "hasSuppressionChanges" FROM activation_epoch
  LEFT JOIN (SELECT * FROM audience_sync ORDER BY due_at, connection LIMIT 1) AS s ON true`;
const CONNECTIONS = `
  SELECT DISTINCT ON (c.number) c.id AS "connectionId", c.number AS "connectionNumber", v.version, v.number AS "versionNumber", v.definition,
    v.prepared, d.channel, d.id AS "destinationId", d.number AS "destinationNumber", d.name AS "destinationName", d.kind, d.purposes, d.delivery
  FROM connection c JOIN destination d ON d.id = c.destination_id JOIN connection_version v ON v.connection_id = c.id
  WHERE c.enabled AND c.deleted_at IS NULL AND d.enabled AND d.deleted_at IS NULL ORDER BY c.number, v.version DESC`;
/** What was matched and neither delivered, filtered nor dropped; without the dead letters. */
const WAITING = `
  SELECT destination, sum(CASE outcome WHEN 'matched' THEN deliveries ELSE -deliveries END)::float8
    - (SELECT count(*) FROM delivery d WHERE d.destination = b.destination AND d.state = 'dead') AS waiting
  FROM delivery_balance b GROUP BY destination`;
const GO_ON = `
  UPDATE audience_sync SET phase = $2, after = $3, started_at = coalesce(CASE WHEN phase IS NOT NULL THEN started_at END, $4::int8),
    added = CASE WHEN phase IS NULL THEN 0 ELSE added END + $5::int8, removed = CASE WHEN phase IS NULL THEN 0 ELSE removed END + $6::int8
  WHERE connection = $1`;
const END = `
  UPDATE audience_sync SET phase = NULL, after = NULL, finished_at = $2::int8, due_at = CASE WHEN again THEN 0 ELSE $2::int8 + $3::int8 END, again = false,
    started_at = coalesce(CASE WHEN phase IS NOT NULL THEN started_at END, $2::int8),
    added = CASE WHEN phase IS NULL THEN 0 ELSE added END + $4::int8, removed = CASE WHEN phase IS NULL THEN 0 ELSE removed END + $5::int8
  WHERE connection = $1`;

type ConnectionRow = Omit<ConnectionInForce, 'backlogMax'> & {
  readonly definition: ConnectionDefinition;
  readonly delivery: JsonObject;
};
interface WorkRow {
  readonly epoch: number;
  readonly connection: number | null;
  readonly phase: 'adding' | 'removing' | null;
  readonly after: string | null;
  readonly dueAt: number;
  readonly snapshots: readonly SnapshotWork[] | null;
  readonly hasSuppressionChanges: boolean;
}

/** What leaves, in PostgreSQL. */
export class PostgresActivationState implements ActivationState {
  readonly #pool: Pool;

  /** @param pool of connections in pipeline mode. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async work(): Promise<ActivationWork> {
    const { rows } = await this.#pool.query<WorkRow>({ name: 'activation-work', text: WORK });
    const [row] = rows;
    const { epoch = 0, connection = null, phase, after, dueAt = 0 } = row ?? {};
    const { snapshots, hasSuppressionChanges = false } = row ?? {};
    const work = { epoch, snapshots: snapshots ?? [], hasSuppressionChanges };
    if (connection === null) return { ...work, sync: undefined };
    return { ...work, sync: { connection, phase: phase ?? 'adding', after: after ?? undefined, dueAt } };
  }

  async connections(): Promise<ConnectionInForce[]> {
    const { rows } = await this.#pool.query<ConnectionRow>(CONNECTIONS);
    return rows.map(({ delivery, ...row }) => ({
      ...row,
      backlogMax: readDeliveryOptions(delivery).backlogMax,
    }));
  }

  async membersOf(holders: readonly string[]): Promise<StoredMember[]> {
    if (holders.length === 0) return [];
    const { rows } = await this.#pool.query<MemberRow>({
      name: 'audience-members',
      text: `SELECT ${MEMBER} FROM audience_member m JOIN unnest($1::uuid[]) AS asked (holder) USING (holder)`,
      values: [uuidArray([...new Set(holders)])],
    });
    return rows.map(memberOf);
  }

  async membersAfter(connection: number, after: string | undefined, limit: number): Promise<StoredMember[]> {
    const { rows } = await this.#pool.query<MemberRow>({
      name: 'audience-members-after',
      text: `SELECT ${MEMBER} FROM audience_member m
             WHERE m.connection = $1 AND ($2::uuid IS NULL OR m.profile_id > $2) ORDER BY m.profile_id LIMIT $3`,
      values: [connection, after ?? null, limit],
    });
    return rows.map(memberOf);
  }

  async waiting(): Promise<Map<number, number>> {
    const { rows } = await this.#pool.query<{ destination: number; waiting: number }>({
      name: 'deliveries-waiting',
      text: WAITING,
    });
    return new Map(rows.map(({ destination, waiting }) => [destination, waiting]));
  }

  async commitSync(step: SyncStep): Promise<void> {
    const { connection, next, now, changes } = step;
    const removed = changes.members.filter(({ isAdded }) => !isAdded).length;
    const added = changes.members.length - removed;
    await stepAside(this.#pool, step, (run) => {
      writeActivation(run, changes);
      if (next === undefined) run('sync-end', END, [connection, now, SYNC_INTERVAL_MS, added, removed]);
      else run('sync-on', GO_ON, [connection, next.phase, next.after ?? null, now, added, removed]);
    });
  }

  async suppressions(identifiers: readonly Identifier[]): Promise<readonly Suppression[]> {
    if (identifiers.length === 0) return [];
    const { rows } = await this.#pool.query<Suppression>({
      name: 'suppressions-of',
      text: `SELECT kind, value, channel, reason FROM unnest($1::text[], $2::text[]) AS asked (kind, value) JOIN suppression USING (kind, value)`,
      values: [
        textArray(identifiers.map(({ kind }) => kind)),
        textArray(identifiers.map(({ value }) => value)),
      ],
    });
    return rows;
  }

  async suppressionChanges(limit: number): ReturnType<ActivationState['suppressionChanges']> {
    const { rows } = await this.#pool.query<{ seq: number; profileId: string | null }>({
      name: 'suppression-changes',
      text: `SELECT seq, i.profile_id AS "profileId" FROM (SELECT * FROM suppression_change ORDER BY seq LIMIT $1) AS c
             LEFT JOIN identifier i USING (kind, value)`,
      values: [limit],
    });
    const profileIds = new Set(rows.flatMap(({ profileId }) => profileId ?? []));
    return { seqs: rows.map(({ seq }) => seq), profileIds: [...profileIds].sort() };
  }

  async commitSuppressions(step: SuppressionStep): Promise<void> {
    await stepAside(this.#pool, step, (run) => {
      writeActivation(run, step.changes);
      run('suppressions-seen', 'DELETE FROM suppression_change WHERE seq = ANY ($1::int8[])', [
        int8Array(step.seqs),
      ]);
    });
  }

  async untold(): ReturnType<ActivationState['untold']> {
    const { rows } = await this.#pool.query<{ seq: number; filtered: string }>({
      name: 'filtered-untold',
      text: 'SELECT seq, filtered FROM filtered_outbox ORDER BY seq LIMIT 10',
    });
    return rows.map(({ seq, filtered }) => ({ seq, filtered: JSON.parse(filtered) as LoggedAttempt[] }));
  }

  async told(seq: number): Promise<void> {
    await this.#pool.query({
      ...{ name: 'filtered-told', text: 'DELETE FROM filtered_outbox WHERE seq = $1', values: [seq] },
    });
  }
}
