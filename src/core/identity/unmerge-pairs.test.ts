import { expect, test } from 'vitest';
import type { HeldLink } from './explain.js';
import type { Identifier } from './identifier.js';
import { unmergeIdentifier, unmergeLink } from './unmerge-pairs.js';

const id = (text: string): Identifier => {
  const [kind = '', value = ''] = text.split(':');
  return { kind, value };
};
let seq = 0;
const link = (identifier: string, to: string, operationId: number | null = null): HeldLink => ({
  ...{ seq: seq++, rule: operationId === null ? 'event' : 'operator', sourceId: 's', messageId: 'm', at: 0 },
  ...{ identifier: id(identifier), to: id(to), operationId },
});
const plan = (identifier: string, held: readonly string[], links: readonly HeldLink[]) => {
  const { pairs, joins } = unmergeIdentifier(id(identifier), held.map(id), links);
  return { apart: pairs.map((pair) => pair.map(({ kind, value }) => `${kind}:${value}`).join(' ')), joins };
};

test('a link is taken apart, with the operation when it was made by hand', () => {
  const pairs = [[id('email:e'), id('user:a')]];
  expect(unmergeLink(link('email:e', 'user:a'))).toEqual({ pairs, joins: [] });
  expect(unmergeLink(link('email:e', 'user:a', 7))).toEqual({ pairs, joins: [7] });
});

test('an identifier that came by itself stands alone', () => {
  const links = [link('email:e', 'user:a'), link('device:d', 'user:a')];
  expect(plan('email:e', ['user:a', 'email:e', 'device:d'], links)).toEqual({
    apart: ['email:e user:a', 'email:e device:d'],
    joins: [],
  });
  expect(plan('user:a', ['user:a'], [])).toEqual({ apart: [], joins: [] });
});

test('one that was joined by hand goes with what came to it by itself, in a chain of joins as well', () => {
  const links = [
    link('email:e', 'user:a'),
    link('email:f', 'user:b'),
    link('user:b', 'user:a', 1),
    link('user:c', 'email:f', 2),
  ];
  const held = ['user:a', 'email:e', 'user:b', 'email:f', 'user:c'];
  expect(plan('user:b', held, links)).toEqual({
    apart: ['user:b user:a', 'user:b email:e', 'user:b user:c'],
    joins: [1, 2],
  });
  expect(plan('email:e', held, links)).toEqual({
    apart: ['email:e user:b', 'email:e email:f', 'email:e user:c'],
    joins: [1],
  });
  expect(plan('user:c', held, links).joins).toEqual([2]);
});
