import type { Pool, PoolClient } from 'pg';
import { TributaryError } from '../../core/errors.js';
import { SegmentCompiler, type Vocabulary } from '../../core/segments/compile.js';
import type { ComputedValue, Node } from '../../core/segments/definition.js';
import { dependantsOf, type Named } from '../../core/segments/references.js';
import { inTransaction } from '../../engines/in-transaction.js';

/** What definitions may refer to: the newest of each segment that is not deleted, and all computed traits. */
export async function readVocabulary(db: Pool | PoolClient): Promise<Vocabulary> {
  const [segments, computed] = await Promise.all([
    db.query<{ id: string; definition: Node }>(
      `SELECT DISTINCT ON (segment_id) segment_id AS id, definition FROM segment_version
       WHERE status <> 'failed' AND segment_id IN (SELECT id FROM segment WHERE deleted_at IS NULL)
       ORDER BY segment_id, version DESC`,
    ),
    db.query<{ name: string; value: ComputedValue }>('SELECT name, value FROM computed_trait'),
  ]);
  return {
    segments: new Map(segments.rows.map(({ id, definition }) => [id, definition])),
    computed: new Map(computed.rows.map(({ name, value }) => [name, value])),
  };
}

/**
 * Runs a change of segments or computed traits, all or nothing. The epoch, by which consumers learn of it, moves in the same transaction;
 * and since its row is the first thing taken, changes come one after the other, each of which sees all before it.
 */
export async function changeDefinitions<Result>(
  pool: Pool,
  change: (db: PoolClient) => Promise<Result>,
): Promise<Result> {
  return inTransaction(pool, async (db) => {
    await db.query('UPDATE segment_epoch SET epoch = epoch + 1');
    return change(db);
  });
}

/** Adds a version of a segment, to be taken into force, or to see everybody out. */
export async function addVersion(
  db: PoolClient,
  id: string,
  definition: Node,
  actor: string,
  status: 'pending' | 'retiring' = 'pending',
): Promise<void> {
  await db.query(
    `INSERT INTO segment_version (segment_id, version, definition, actor, status)
     SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM segment_version WHERE segment_id = $1`,
    [id, JSON.stringify(definition), actor, status],
  );
}

/**
 * Gives a new version to every segment whose meaning a change touches: a definition stands wherever it is referred to.
 * @param after the vocabulary with the change in it.
 * @throws TributaryError when one of them would not compile any more, naming it.
 */
export async function renewDependants(
  db: PoolClient,
  changed: Named,
  after: Vocabulary,
  actor: string,
): Promise<void> {
  const compiler = new SegmentCompiler(after);
  for (const id of dependantsOf(changed, after.segments)) {
    // Invariant: dependants are among the segments.
    const definition = after.segments.get(id) as Node;
    try {
      compiler.segment(definition);
    } catch (error) {
      if (!(error instanceof TributaryError)) throw error;
      throw new TributaryError(error.code, `segment ${id}, which refers to this: ${error.message}`, {
        cause: error,
      });
    }
    await addVersion(db, id, definition, actor);
  }
}
