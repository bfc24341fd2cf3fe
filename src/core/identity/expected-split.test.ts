import { expect, test } from 'vitest';
import { expectedSplit } from './expected-split.js';
import type { HeldLink } from './explain.js';

const id = (value: string) => ({ kind: 'user_id', value });
const held = ['a', 'b', 'c', 'd'].map(id);
const link = (seq: number, one: string, other: string, operationId: number | null = null): HeldLink => ({
  ...{ seq, rule: operationId === null ? 'event' : 'operator', identifier: id(one), to: id(other) },
  ...{ sourceId: 's', messageId: `m${seq}`, at: seq, operationId },
});
const chain = [link(1, 'a', 'b'), link(2, 'b', 'c'), link(3, 'c', 'd')];
const names = (groups: ReturnType<typeof expectedSplit>) =>
  groups.map((group) => group.map(({ value }) => value).join(''));

test('nothing taken apart is one person', () => {
  expect(names(expectedSplit(held, chain, { pairs: [], joins: [] }))).toEqual(['abcd']);
});
test('a link taken apart leaves the two sides of a chain', () => {
  expect(names(expectedSplit(held, chain, { pairs: [[id('b'), id('c')]], joins: [] }))).toEqual(['ab', 'cd']);
});
test('another way around joins nobody who is taken apart', () => {
  const ring = [...chain, link(4, 'a', 'd')];
  expect(names(expectedSplit(held, ring, { pairs: [[id('b'), id('c')]], joins: [] }))).toEqual(['ab', 'cd']);
});
test('a merge by hand that is undone no longer joins', () => {
  const joined = [link(1, 'a', 'b'), link(2, 'c', 'd'), link(3, 'b', 'c', 7)];
  expect(names(expectedSplit(held, joined, { pairs: [], joins: [7] }))).toEqual(['ab', 'cd']);
});
