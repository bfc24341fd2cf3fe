/** A share of all people, always the same ones. */
import type { Node } from '../definition.js';
import { murmur3 } from '../murmur3.js';
import type { Fields } from '../read.js';
import { type CompiledNode, never } from './compiled-node.js';

type RandomNode = Extract<Node, { kind: 'random' }>;

const BUCKETS = 10_000;

/** Reads `random`. */
export function readRandom(fields: Fields): RandomNode {
  const percent = fields.number('percent', { min: 0, max: 100 });
  return { kind: 'random', percent, ...(fields.has('salt') ? { salt: fields.anyText('salt') } : {}) };
}

/** Compiles it. */
export function compileRandom(node: RandomNode): CompiledNode {
  const { percent, salt = '' } = node;
  const below = percent * (BUCKETS / 100);
  const holds: CompiledNode['holds'] = ({ id }) => murmur3(`${salt}:${id}`) % BUCKETS < below;
  return {
    holds,
    changesAt: never,
    sql: (sql) =>
      `(murmurHash3_32(concat(${sql.text(`${salt}:`)}, toString(p.profile_id))) % ${BUCKETS} < ${sql.number(below)})`,
    dues: () => [],
    explain: (person, now) => ({ node, holds: holds(person, now) }),
  };
}
