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
  const inner = compileReferred(node.segment, scope);
  return {
    ...inner,
    explain: (person, now) => ({ node, holds: inner.holds(person, now) }),
  };
}

/** Compiles the definition in force of a segment. @throws as `compileSegmentRef`. */
export function compileReferred(id: string, scope: Scope): CompiledNode {
  const definition = scope.segment(id);
  if (definition === undefined)
    refuse(`segment ${id}`, 'there is no segment of this id. Create it first, or take the node out.');
  return scope.inside(id, () => scope.compile(definition));
}
