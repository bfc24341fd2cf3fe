import { expect, test } from 'vitest';
import type { MemberCount } from '../../account/member-count.js';
import { SegmentCompiler } from '../compile.js';
import type { Node } from '../definition.js';
import { readNode } from '../node.js';
import type { Person } from '../person.js';

const isPro: Node = { kind: 'trait', trait: 'plan', is: { op: 'equals', value: 'pro' } };
const members = (match: 'any' | 'all' | 'none', segment: string): Node => {
  return { kind: 'account_members', match, segment };
};
const SEGMENTS = new Map<string, Node>([
  ['pro', isPro],
  ['company', members('any', 'pro')],
  ['through', { kind: 'segment', segment: 'company' }],
]);
const compiled = (node: Node) =>
  new SegmentCompiler({ segments: SEGMENTS, computed: new Map() }).segment(node);

function withCounts(...counts: MemberCount[]): Person {
  return {
    ...{
      id: '',
      trait: () => undefined,
      consent: () => undefined,
      accounts: () => [],
      state: () => undefined,
    },
    members: () => counts,
  };
}

test.each<[string, Person, ReadonlyArray<'any' | 'all' | 'none'>]>([
  ['without an account', withCounts(), ['none']],
  ['nobody is in it', withCounts({ members: 3, inside: 0 }), ['none']],
  ['somebody is', withCounts({ members: 3, inside: 1 }), ['any']],
  ['all are', withCounts({ members: 3, inside: 3 }), ['any', 'all']],
  ['all of one account are', withCounts({ members: 3, inside: 3 }, { members: 2, inside: 0 }), ['any']],
  ['all of both are', withCounts({ members: 3, inside: 3 }, { members: 2, inside: 2 }), ['any', 'all']],
])('%s', (_, person, holding) => {
  const matches = ['any', 'all', 'none'] as const;
  expect(matches.filter((match) => compiled(members(match, 'pro')).holds(person, 0))).toEqual(holding);
});

test('how many of how many are told, of all accounts together', () => {
  const person = withCounts({ members: 3, inside: 1 }, { members: 2, inside: 2 });
  const { holds, value } = compiled(members('any', 'pro')).explain(person, 0);
  expect([holds, value]).toEqual([true, { members: 5, inside: 3 }]);
});

test('a definition tells which segments are to be counted, through others too', () => {
  expect([...compiled({ kind: 'segment', segment: 'through' }).counts]).toEqual(['pro']);
  expect(compiled(isPro).counts.size).toBe(0);
});

test.each<[string, Node, string]>([
  ['of what is not there', members('any', 'nothing'), 'segment nothing: there is no segment of this id.'],
  [
    'of members of members',
    members('any', 'company'),
    'asks about members of accounts itself (of segment pro)',
  ],
  [
    'of those through another',
    members('any', 'through'),
    'account_members of segment through: the segment asks',
  ],
])('%s is refused', (_, node, why) => {
  expect(() => compiled(node)).toThrow(why);
});

test.each<[string, object, string]>([
  ['without a match', { segment: 'pro' }, 'definition.match: must be one of any, all, none.'],
  ['without a segment', { match: 'any' }, 'definition.segment: must be a text that is not empty.'],
])('%s is refused by its path', (_, fields, why) => {
  expect(() => readNode({ kind: 'account_members', ...fields })).toThrow(why);
});
