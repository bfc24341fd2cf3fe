import { expect, test } from 'vitest';
import { SegmentCompiler } from '../../core/segments/compile.js';
import type { Node } from '../../core/segments/definition.js';
import { blankAnswers } from './blank-answers.js';

const ordered: Node = { kind: 'events', event: 'Order Completed' };
const isPro: Node = { kind: 'trait', trait: 'plan', is: { op: 'equals', value: 'pro' } };
const account = { kind: 'account', match: 'none', trait: 'industry', is: { op: 'exists' } } as const;

test.each<[string, Node, 'entered' | 'personal' | 'neither']>([
  ['who did nothing', { kind: 'not', of: ordered }, 'entered'],
  ['who did something', ordered, 'neither'],
  ['a trait', isPro, 'personal'],
  ['a consent', { kind: 'consent', purpose: 'marketing' }, 'personal'],
  ['accounts', account, 'personal'],
  ['members of accounts', { kind: 'account_members', match: 'none', segment: 'inner' }, 'personal'],
  ['a share of all', { kind: 'random', percent: 50 }, 'personal'],
  ['a trait that nobody looks at', { kind: 'all', of: [ordered, isPro] }, 'neither'],
  ['a trait that is looked at', { kind: 'any', of: [ordered, isPro] }, 'personal'],
])('%s', (_, definition, expected) => {
  const compiled = new SegmentCompiler({
    segments: new Map([['inner', isPro]]),
    computed: new Map(),
  }).segment(definition);
  const segment = {
    segmentId: 's',
    segmentNumber: 1,
    version: 1,
    versionNumber: 1,
    definition,
    liveAt: 0,
    compiled,
  };
  const { entered, personal } = blankAnswers([segment], 1_000);
  expect([entered.length, personal.length]).toEqual([
    expected === 'entered' ? 1 : 0,
    expected === 'personal' ? 1 : 0,
  ]);
});
