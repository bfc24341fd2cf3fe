/** Whom an insight is about: everybody, or the members of a segment. */
import type { SegmentCompiler, Vocabulary } from '../segments/compile.js';
import type { Node } from '../segments/definition.js';
import { readNode } from '../segments/node.js';
import { type Fields, refuse } from '../segments/read.js';
import type { SqlContext } from '../segments/sql/sql-context.js';

/** The id of a segment, whose members are those who are in it now; or a definition. */
export type Among = string | Node;

/** What insights may refer to. */
export interface InsightScope {
  readonly vocabulary: Vocabulary;
  readonly compiler: SegmentCompiler;
}

/** Reads `among`. */
export function readAmong(fields: Fields): { among?: Among } {
  const { value, at } = fields.raw('among');
  if (value === undefined) return {};
  return { among: typeof value === 'string' ? fields.text('among') : readNode(value, at) };
}

/**
 * Conditions on rows with a `person`; none for everybody.
 * @throws TributaryError `definition_invalid` when there is no such segment.
 */
export function amongSql(among: Among | undefined, scope: InsightScope, sql: SqlContext): string[] {
  if (among === undefined) return [];
  if (typeof among === 'string') {
    if (!scope.vocabulary.segments.has(among)) refuse('among', `there is no segment ${among}.`);
    return [
      `person IN (SELECT profile_id FROM membership_changes WHERE segment_id = ${sql.text(among)}
        GROUP BY profile_id HAVING argMax(entered, seq))`,
    ];
  }
  const members = scope.compiler.segment(among).sql(sql);
  return [`person IN (SELECT p.profile_id FROM profiles AS p FINAL WHERE NOT p.deleted AND ${members})`];
}
