/**
 * Members of the accounts that a person belongs to: whether any of them, all or none is in a segment. The segment knows who is in it; what is new here
 * is a count for each account, which the pipeline keeps (see docs/specs/segments.md, 7).
 */
import type { Node } from '../definition.js';
import type { Person } from '../person.js';
import type { Fields } from '../read.js';
import type { CompiledNode, Scope } from './compiled-node.js';
import { never } from './compiled-node.js';
import { compileReferred } from './segment.js';

type AccountMembers = Extract<Node, { kind: 'account_members' }>;

/** Reads `account_members`. */
export function readAccountMembers(fields: Fields): AccountMembers {
  const match = fields.oneOf('match', ['any', 'all', 'none'] as const);
  return { kind: 'account_members', match, segment: fields.text('segment') };
}

/** Compiles it. @throws TributaryError `definition_invalid` when there is no such segment, it leads back to itself, or asks about members itself. */
export function compileAccountMembers(node: AccountMembers, scope: Scope): CompiledNode {
  const { match, segment } = node;
  const inner = scope.ofMembers(segment, () => compileReferred(segment, scope));
  const holds = (person: Person) => {
    const counts = person.members(segment);
    if (match === 'all')
      return counts.length > 0 && counts.every(({ members, inside }) => inside === members);
    return counts.some(({ inside }) => inside > 0) === (match === 'any');
  };
  return {
    holds,
    // Others' time is not the person's: when it changes a count, those whom that concerns are looked at.
    changesAt: never,
    sql(sql) {
      const everybody = sql.ofEverybody();
      const isIn = inner.sql(everybody);
      const one = sql.name('one');
      const some = (condition: string) =>
        `arrayExists(${one} -> ${one} IN (SELECT arrayJoin(p.accounts) FROM ${everybody.people(condition)}), p.accounts)`;
      if (match === 'all') return `(notEmpty(p.accounts) AND NOT ${some(`NOT ${isIn}`)})`;
      return match === 'any' ? some(isIn) : `(NOT ${some(isIn)})`;
    },
    dues: () => [],
    explain(person) {
      const counts = person.members(segment);
      const sum = (of: 'members' | 'inside') => counts.reduce((total, count) => total + count[of], 0);
      return { node, holds: holds(person), value: { members: sum('members'), inside: sum('inside') } };
    },
  };
}
