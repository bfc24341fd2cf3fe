/** Profiles, identifiers and edges on their way into PostgreSQL: one statement a table, however many rows. */
import type { Mark } from '../../core/identity/mark.js';
import type {
  AccountMember,
  IdentifierChange,
  IdentityEdge,
  Owner,
  ProfileMatches,
} from '../../core/identity/population.js';
import type { Refusals } from '../../core/identity/refusal-tally.js';
import { float8Array, int8Array, textArray, uuidArray } from '../../engines/postgres.js';
import { writeMatches } from './matches.js';
import { moveRefusals, writeRefusals } from './refusals.js';
import type { Run } from './send-together.js';

/** A row of table `identifier`. */
export interface OwnerRow {
  readonly kind: string;
  readonly value: string;
  readonly profile_id: string | null;
  readonly mark: string | null;
}

/** Whose an identifier is, by its row. */
export function ownerOf({ profile_id, mark }: OwnerRow): Owner {
  // Invariant: a row without a mark has a profile.
  if (mark === null) return profile_id as string;
  return { profileId: profile_id ?? undefined, mark: JSON.parse(mark) as Mark };
}

/** What changes about people. */
export interface PeopleChanges {
  readonly profiles: ReadonlyArray<{ readonly id: string; readonly state: string | Buffer }>;
  /** Profiles that others took in: deleted, and remembered as such. */
  readonly merged: ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;
  readonly identifiers: readonly IdentifierChange[];
  readonly edges: readonly IdentityEdge[];
  readonly members: readonly AccountMember[];
  readonly refusals: readonly Refusals[];
  readonly matches: readonly ProfileMatches[];
}

/** Writes all of it. */
export function writePeople(
  run: Run,
  { profiles, merged, identifiers, edges, members, refusals, matches }: PeopleChanges,
): void {
  if (profiles.length > 0) run('profiles-write', PROFILES_WRITE, profileValues(profiles));
  if (merged.length > 0) writeMerges(run, merged);
  if (identifiers.length > 0) run('identifiers-write', IDENTIFIERS_WRITE, identifierValues(identifiers));
  if (edges.length > 0) run('edges-write', EDGES_WRITE, edgeValues(edges));
  if (refusals.length > 0) writeRefusals(run, refusals);
  if (matches.length > 0) writeMatches(run, matches);
  if (members.length > 0) {
    run('members-write', MEMBERS_WRITE, [
      textArray(members.map((m) => m.groupId)),
      uuidArray(members.map((m) => m.profileId)),
    ]);
  }
}

const MEMBERS_WRITE = `
  INSERT INTO account_member (group_id, profile_id) SELECT * FROM unnest($1::text[], $2::uuid[]) ON CONFLICT DO NOTHING`;

const PROFILES_WRITE = `
  INSERT INTO profile (id, state) SELECT * FROM unnest($1::uuid[], $2::text[])
  ON CONFLICT (id) DO UPDATE SET state = excluded.state`;

function profileValues(profiles: PeopleChanges['profiles']): Buffer[] {
  return [uuidArray(profiles.map((p) => p.id)), textArray(profiles.map((p) => p.state))];
}

function writeMerges(run: Run, merged: PeopleChanges['merged']): void {
  const from = uuidArray(merged.map((m) => m.fromId));
  const into = uuidArray(merged.map((m) => m.intoId));
  run('profiles-gone', 'DELETE FROM profile WHERE id = ANY ($1::uuid[])', [from]);
  run('members-gone', 'DELETE FROM account_member WHERE profile_id = ANY ($1::uuid[])', [from]);
  // Ids that only lead somewhere (see process/reresolve.ts) follow the one that they lead to.
  run(
    'merges-follow',
    `UPDATE profile_merge SET into_id = gone.into_id FROM unnest($1::uuid[], $2::uuid[]) AS gone (from_id, into_id)
     WHERE profile_merge.into_id = gone.from_id`,
    [from, into],
  );
  run(
    'merges-write',
    `INSERT INTO profile_merge (from_id, into_id) SELECT * FROM unnest($1::uuid[], $2::uuid[])
     ON CONFLICT (from_id) DO UPDATE SET into_id = excluded.into_id`,
    [from, into],
  );
  run(
    'audiences-follow',
    `UPDATE audience_member SET holder = gone.into_id FROM unnest($1::uuid[], $2::uuid[]) AS gone (from_id, into_id)
     WHERE audience_member.holder = gone.from_id`,
    [from, into],
  );
  moveRefusals(run, from, into);
}

/** No mark is this text: they are JSON objects. */
const KEPT = 'kept';
const IDENTIFIERS_WRITE = `
  INSERT INTO identifier (kind, value, profile_id, mark) SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[], $4::text[])
  ON CONFLICT (kind, value) DO UPDATE SET profile_id = excluded.profile_id,
    mark = CASE excluded.mark WHEN '${KEPT}' THEN identifier.mark ELSE excluded.mark END`;

function identifierValues(changes: readonly IdentifierChange[]): Buffer[] {
  return [
    textArray(changes.map((c) => c.identifier.kind)),
    textArray(changes.map((c) => c.identifier.value)),
    uuidArray(changes.map((c) => c.profileId ?? null)),
    textArray(changes.map((c) => textOf(c.mark))),
  ];
}

function textOf(mark: IdentifierChange['mark']): string | null {
  if (mark === undefined) return null;
  return mark === 'kept' ? KEPT : JSON.stringify(mark);
}

const EDGES_WRITE = `
  INSERT INTO identity_edge ("offset", verdict, rule, profile_id, kind, value, to_kind, to_value, other_profile_id,
                             source_id, message_id, at, operation_id)
  SELECT o, v, r, p, k, x, tk, tx, other, s, m, to_timestamp(t / 1000), op
  FROM unnest($1::int8[], $2::text[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::uuid[],
              $10::text[], $11::text[], $12::float8[], $13::int8[])
       WITH ORDINALITY AS edge (o, v, r, p, k, x, tk, tx, other, s, m, t, op, nth)
  ORDER BY nth`;

function edgeValues(edges: readonly IdentityEdge[]): Buffer[] {
  return [
    int8Array(edges.map((e) => e.offset)),
    textArray(edges.map((e) => e.verdict)),
    textArray(edges.map((e) => e.rule)),
    uuidArray(edges.map((e) => e.profileId)),
    textArray(edges.map((e) => e.identifier?.kind ?? null)),
    textArray(edges.map((e) => e.identifier?.value ?? null)),
    textArray(edges.map((e) => e.to?.kind ?? null)),
    textArray(edges.map((e) => e.to?.value ?? null)),
    uuidArray(edges.map((e) => e.otherProfileId)),
    textArray(edges.map((e) => e.sourceId)),
    textArray(edges.map((e) => e.messageId)),
    float8Array(edges.map((e) => e.at)),
    int8Array(edges.map((e) => e.operationId)),
  ];
}
