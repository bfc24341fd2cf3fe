import type { Pool } from 'pg';
import type { ConsentRulesVersion } from '../../core/consent/consent-rules.js';
import type { Identifier } from '../../core/identity/identifier.js';
import type { Join } from '../../core/identity/population.js';
import type { IdentityRules } from '../../core/identity/rules.js';
import { DEFAULT_RULES } from '../../core/identity/rules.js';
import { int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import type { OwnerOverrides } from '../events/event-store.js';
import type {
  IdentityFacts,
  IdentityState,
  Operation,
  OperationCommit,
  Pair,
  StoredGroup,
} from './identity-state.js';
import { clearMatches } from './matches.js';
import type { Run } from './send-together.js';
import { takeBackAudiences } from './settle-audience.js';
import { stepAside } from './step-aside.js';
import type { OwnerRow } from './write-people.js';
import { ownerOf, writePeople } from './write-people.js';
import { moveRedemptions } from './write-redemptions.js';
import { writeStale } from './write-segments.js';

const RULES = 'SELECT version, rules FROM identity_rules ORDER BY version DESC LIMIT 1';
const NEXT_OPERATION = `
  SELECT id, kind, body, progress, extract(epoch FROM created_at)::float8 * 1000 AS at
  FROM identity_operation WHERE status IN ('pending', 'running') ORDER BY id LIMIT 1`;

interface PairRow {
  readonly a_kind: string;
  readonly a_value: string;
  readonly b_kind: string;
  readonly b_value: string;
}

interface ReleaseRow extends Identifier {
  readonly operation_id: number;
  readonly offset: number;
  readonly quarantined_at: number;
}

/** What operators say about identity, in PostgreSQL. */
export class PostgresIdentityState implements IdentityState {
  readonly #pool: Pool;

  /** @param pool of connections in pipeline mode. */
  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async facts(): Promise<IdentityFacts> {
    const [rules, blocks, separations, joins, releases, consent] = await Promise.all([
      this.#pool.query<{ version: number; rules: IdentityRules }>(RULES),
      this.#pool.query<Identifier>('SELECT kind, value FROM identity_block'),
      this.#pool.query<PairRow & { since: number }>('SELECT * FROM identity_separation'),
      this.#pool.query<PairRow & { operation_id: number; offset: number; at: number }>(
        `SELECT j.*, extract(epoch FROM o.created_at)::float8 * 1000 AS at
         FROM identity_join j JOIN identity_operation o ON o.id = j.operation_id ORDER BY j."offset", j.operation_id`,
      ),
      this.#pool.query<ReleaseRow>('SELECT * FROM identity_release ORDER BY operation_id'),
      this.#pool.query<ConsentRulesVersion>('SELECT version, since, rules FROM consent_rules'),
    ]);
    return {
      version: rules.rows[0]?.version ?? 0,
      rules: rules.rows[0]?.rules ?? DEFAULT_RULES,
      blocked: blocks.rows,
      separations: separations.rows.map((row) => ({ pair: pairOf(row), since: row.since })),
      joins: joins.rows.map((row): Join => {
        const [a, b] = pairOf(row);
        return { operationId: row.operation_id, offset: row.offset, at: row.at, a, b };
      }),
      releases: releases.rows.map((row) => ({
        ...{ operationId: row.operation_id, offset: row.offset, quarantinedAt: row.quarantined_at },
        identifier: { kind: row.kind, value: row.value },
      })),
      consent: consent.rows,
    };
  }

  async nextOperation(): Promise<Operation | undefined> {
    const { rows } = await this.#pool.query<Operation>({ name: 'next-operation', text: NEXT_OPERATION });
    return rows[0];
  }

  async group(profileIds: readonly string[]): Promise<StoredGroup> {
    const ids = uuidArray(profileIds);
    const [merges, identifiers] = await Promise.all([
      this.#pool.query<{ from_id: string; into_id: string }>(
        'SELECT from_id, into_id FROM profile_merge WHERE into_id = ANY ($1::uuid[])',
        [ids],
      ),
      this.#pool.query<OwnerRow>(
        'SELECT kind, value, profile_id, mark FROM identifier WHERE profile_id = ANY ($1::uuid[])',
        [ids],
      ),
    ]);
    return {
      profileIds,
      merges: merges.rows.map((row) => ({ fromId: row.from_id, intoId: row.into_id })),
      identifiers: identifiers.rows.map((row) => {
        const owner = ownerOf(row);
        const { kind, value } = row;
        return typeof owner === 'string'
          ? { identifier: { kind, value }, profileId: owner, mark: undefined }
          : { identifier: { kind, value }, profileId: owner.profileId, mark: owner.mark };
      }),
    };
  }

  async profileIdsAfter(id: string, limit: number): Promise<string[]> {
    const { rows } = await this.#pool.query<{ id: string }>(
      'SELECT id FROM profile WHERE id > $1::uuid ORDER BY id LIMIT $2',
      [id, limit],
    );
    return rows.map((row) => row.id);
  }

  async countProfiles(): Promise<number> {
    const { rows } = await this.#pool.query<{ n: number }>('SELECT count(*) AS n FROM profile');
    return rows[0]?.n ?? 0;
  }

  async commitOperation(commit: OperationCommit): Promise<void> {
    await stepAside(this.#pool, commit, (run) => {
      writeReplaced(run, commit.replaced);
      writePeople(run, commit);
      writeFacts(run, commit);
      writeProgress(run, commit);
      writeStale(run, touchedBy(commit));
      takeBackAudiences(
        run,
        commit.profiles.map(({ id }) => id),
      );
      moveRedemptions(run, commit.overrides?.events ?? []);
    });
  }

  async failOperation(id: number, error: { code: string; message: string }): Promise<void> {
    await this.#pool.query(
      "UPDATE identity_operation SET status = 'failed', error = $2, ended_at = now() WHERE id = $1",
      [id, JSON.stringify(error)],
    );
  }

  async untold(): ReturnType<IdentityState['untold']> {
    const { rows } = await this.#pool.query<{ seq: number; overrides: string }>(
      'SELECT seq, overrides FROM identity_outbox ORDER BY seq LIMIT 1',
    );
    return rows.map(({ seq, overrides }) => ({ seq, overrides: JSON.parse(overrides) as OwnerOverrides }));
  }

  async told(seq: number): Promise<void> {
    await this.#pool.query('DELETE FROM identity_outbox WHERE seq = $1', [seq]);
  }
}

/** All profiles that are not what they were. */
function touchedBy({ replaced, profiles, merged }: OperationCommit): string[] {
  const merges = merged.flatMap(({ fromId, intoId }) => [fromId, intoId]);
  return [...replaced, ...profiles.map(({ id }) => id), ...merges];
}

function writeReplaced(run: Run, replaced: readonly string[]): void {
  if (replaced.length === 0) return;
  const ids = [uuidArray(replaced)];
  run('replaced-identifiers', 'DELETE FROM identifier WHERE profile_id = ANY ($1::uuid[])', ids);
  run('replaced-merges', 'DELETE FROM profile_merge WHERE into_id = ANY ($1::uuid[])', ids);
  run('replaced-refusals', 'DELETE FROM identity_refusal WHERE profile_id = ANY ($1::uuid[])', ids);
  clearMatches(run, uuidArray(replaced));
  run('replaced-members', 'DELETE FROM account_member WHERE profile_id = ANY ($1::uuid[])', ids);
  run('replaced-profiles', 'DELETE FROM profile WHERE id = ANY ($1::uuid[])', ids);
}

function writeFacts(run: Run, commit: OperationCommit): void {
  const { operation, separate, unite, block, join, unjoin, release, rules, consentRules, overrides } = commit;
  if (separate.length > 0) {
    run(
      'separate',
      `INSERT INTO identity_separation AS s (a_kind, a_value, b_kind, b_value, since, operation_id)
       SELECT *, $6::int8 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::int8[])
       ON CONFLICT (a_kind, a_value, b_kind, b_value) DO UPDATE SET since = least(s.since, excluded.since)`,
      [
        ...pairColumns(separate.map(({ pair }) => pair)),
        int8Array(separate.map(({ since }) => since)),
        operation.id,
      ],
    );
  }
  if (unite.length > 0) {
    run(
      'unite',
      `DELETE FROM identity_separation s USING unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS p (ak, av, bk, bv)
       WHERE (s.a_kind, s.a_value, s.b_kind, s.b_value) IN ((p.ak, p.av, p.bk, p.bv), (p.bk, p.bv, p.ak, p.av))`,
      pairColumns(unite),
    );
  }
  for (const { kind, value } of block) {
    run('block', 'INSERT INTO identity_block VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
      kind,
      value,
      operation.id,
    ]);
    run('block-forget', 'DELETE FROM identifier WHERE kind = $1 AND value = $2', [kind, value]);
  }
  if (join !== null) {
    const { operationId, offset, a, b } = join;
    run('join', 'INSERT INTO identity_join VALUES ($1, $2, $3, $4, $5, $6)', [
      ...[operationId, offset, a.kind, a.value, b.kind, b.value],
    ]);
  }
  if (release !== null) {
    const { operationId, offset, quarantinedAt, identifier } = release;
    run('release', 'INSERT INTO identity_release VALUES ($1, $2, $3, $4, $5)', [
      ...[operationId, offset, quarantinedAt, identifier.kind, identifier.value],
    ]);
  }
  for (const id of unjoin) run('unjoin', 'DELETE FROM identity_join WHERE operation_id = $1', [id]);
  if (rules !== null) {
    run('rules', 'INSERT INTO identity_rules (version, rules, operation_id) VALUES ($1, $2, $3)', [
      ...[rules.version, JSON.stringify(rules.rules), operation.id],
    ]);
  }
  if (consentRules !== null) {
    const { version, since } = consentRules;
    run(
      'consent-rules',
      'INSERT INTO consent_rules (version, since, rules, operation_id) VALUES ($1, $2, $3, $4)',
      [...[version, since, JSON.stringify(consentRules.rules), operation.id]],
    );
  }
  if (overrides !== null) {
    run('outbox', 'INSERT INTO identity_outbox (operation_id, overrides) VALUES ($1, $2)', [
      ...[operation.id, JSON.stringify(overrides)],
    ]);
  }
}

function writeProgress(run: Run, { operation, offset, done, progress, result }: OperationCommit): void {
  run(
    'operation-step',
    `UPDATE identity_operation
     SET status = $2, progress = $3, result = $4, "offset" = $5, ended_at = CASE WHEN $2 = 'done' THEN now() END
     WHERE id = $1`,
    [
      ...[operation.id, done ? 'done' : 'running'],
      ...[
        progress === null ? null : JSON.stringify(progress),
        result === null ? null : JSON.stringify(result),
        offset,
      ],
    ],
  );
}

function pairOf(row: PairRow): Pair {
  return [
    { kind: row.a_kind, value: row.a_value },
    { kind: row.b_kind, value: row.b_value },
  ];
}

function pairColumns(pairs: readonly Pair[]): Buffer[] {
  return [
    textArray(pairs.map(([a]) => a.kind)),
    textArray(pairs.map(([a]) => a.value)),
    textArray(pairs.map(([, b]) => b.kind)),
    textArray(pairs.map(([, b]) => b.value)),
  ];
}
