/** And, or, not. */
import type { Node } from '../definition.js';
import type { Fields } from '../read.js';
import type { CompiledNode, Scope } from './compiled-node.js';

type Many = Extract<Node, { kind: 'all' | 'any' }>;
type Not = Extract<Node, { kind: 'not' }>;

const NODES_MAX = 100;

/** Reads one node below another. */
export type ReadBelow = (part: { value: unknown; at: string }) => Node;

/** Reads `all` or `any`. */
export function readMany(fields: Fields, kind: Many['kind'], below: ReadBelow): Many {
  return { kind, of: fields.list('of', { min: 1, max: NODES_MAX }).map(below) };
}

/** Reads `not`. */
export function readNot(fields: Fields, below: ReadBelow): Not {
  return { kind: 'not', of: below(fields.raw('of')) };
}

/** Compiles `all` or `any`. */
export function compileMany(node: Many, scope: Scope): CompiledNode {
  const parts = node.of.map((part) => scope.compile(part));
  const isAll = node.kind === 'all';
  return {
    holds(person, now) {
      for (const part of parts) if (part.holds(person, now) !== isAll) return !isAll;
      return isAll;
    },
    changesAt(person, now) {
      let first = Number.POSITIVE_INFINITY;
      for (const part of parts) first = Math.min(first, part.changesAt(person, now));
      return first;
    },
    sql: (sql) => `(${parts.map((part) => part.sql(sql)).join(isAll ? ' AND ' : ' OR ')})`,
    dues: (sql) => parts.flatMap((part) => part.dues(sql)),
    explain(person, now) {
      const of = parts.map((part) => part.explain(person, now));
      return { node, holds: of.map(({ holds }) => holds)[isAll ? 'every' : 'some'](Boolean), of };
    },
  };
}

/** Compiles `not`. */
export function compileNot(node: Not, scope: Scope): CompiledNode {
  const part = scope.compile(node.of);
  return {
    holds: (person, now) => !part.holds(person, now),
    changesAt: (person, now) => part.changesAt(person, now),
    sql: (sql) => `(NOT ${part.sql(sql)})`,
    dues: (sql) => part.dues(sql),
    explain(person, now) {
      const below = part.explain(person, now);
      return { node, holds: !below.holds, of: [below] };
    },
  };
}
