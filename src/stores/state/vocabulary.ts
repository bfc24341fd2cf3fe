import type { Pool } from 'pg';
import type { Vocabulary } from '../../core/segments/compile.js';
import type { ComputedValue, Node } from '../../core/segments/definition.js';

/** Of each segment that is not deleted the definition in force, or the newest while none is yet. */
const SEGMENTS = `
  SELECT DISTINCT ON (s.id) s.id, v.definition
  FROM segment AS s JOIN segment_version AS v ON v.segment_id = s.id
  WHERE s.deleted_at IS NULL
  ORDER BY s.id, v.status = 'live' DESC, v.number DESC`;

/** What definitions may refer to, as of now. */
export async function readVocabulary(pool: Pool): Promise<Vocabulary> {
  const segments = await pool.query<{ id: string; definition: Node }>(SEGMENTS);
  const computed = await pool.query<{ name: string; value: ComputedValue }>(
    'SELECT name, value FROM computed_trait',
  );
  return {
    segments: new Map(segments.rows.map(({ id, definition }) => [id, definition])),
    computed: new Map(computed.rows.map(({ name, value }) => [name, value])),
  };
}
