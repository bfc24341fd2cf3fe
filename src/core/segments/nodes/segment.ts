/** Membership in another segment: its definition in force, as if it stood here. */
import type { Node } from '../definition.js';
import type { Fields } from '../read.js';
import { refuse } from '../read.js';
import type { CompiledNode, Scope } from './compiled-node.js';

type Segment = Extract<Node, { kind: 'segment' }>;

/** Reads `segment`. */
export function readSegment(fields: Fields): Segment {
  return { kind: 'segment', segment: fields.text('segment') };
}

/** Compiles it. @throws TributaryError `definition_invalid` when there is no such segment, or it leads back to itself. */
export function compileSegmentRef(node: Segment, scope: Scope): CompiledNode {
  const definition = scope.segment(node.segment);
  if (definition === undefined)
    refuse(
      `segment ${node.segment}`,
      'there is no segment of this id. Create it first, or take the node out.',
    );
  const inner = scope.inside(node.segment, () => scope.compile(definition));
  return {
    ...inner,
    explain: (person, now) => ({ node, holds: inner.holds(person, now) }),
  };
}
