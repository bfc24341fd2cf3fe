/**
 * That the arbitraries are worth something: of each kind of leaf neither nearly all answers are yes, nor nearly all no. A comparison of
 * engines whose every answer is no would prove nothing. The seed is fixed, so the shares are the same at each run: of whole definitions
 * a third are yes, of `events` 34 %, of `sequence` 21 %, of `trait` 24 %, of the other leaves 9 to 75 %. `SEGMENT_SHARES=1` prints all.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Node } from '../../../src/core/segments/definition.js';
import { isMember } from '../naive/is-member.js';
import { naiveAccounts, naivePerson } from '../naive/naive-people.js';
import type { NaiveWorld } from '../naive/naive-person.js';
import { arrived } from './arrived.js';
import { definitionsFrom } from './definitions.js';
import { historyFrom } from './history.js';
import { BEGINNINGS } from './vocabulary.js';

const PEOPLE = 2;
const SHARE_MIN = 0.03;

test('of each kind of node some answers are yes and some no', () => {
  const cases = fc
    .constantFrom(...BEGINNINGS)
    .chain((beginning) =>
      fc.tuple(
        historyFrom(beginning, { people: PEOPLE, calls: 14, steps: [3, 9] }),
        definitionsFrom(beginning, 12),
      ),
    );
  const tally = new Map<string, { yes: number; all: number }>();
  const count = (key: string, yes: boolean) => {
    const entry = tally.get(key) ?? { yes: 0, all: 0 };
    tally.set(key, { yes: entry.yes + Number(yes), all: entry.all + 1 });
  };
  for (const [history, { segments, computed }] of fc.sample(cases, { numRuns: 800, seed: 7 })) {
    const events = arrived(history);
    const people = Array.from({ length: PEOPLE }, (_, n) =>
      naivePerson(
        `p${n}`,
        events.filter(({ userId, anonymousId }) => (userId || anonymousId).endsWith(String(n))),
      ),
    );
    const world: NaiveWorld = { segments, computed, people, accounts: naiveAccounts(events) };
    for (const person of people) {
      for (const node of segments.values()) {
        count('whole definition', isMember(node, person, history.beginning, world));
        for (const part of partsOf(node))
          for (const key of keysOf(part)) count(key, isMember(part, person, history.beginning, world));
      }
    }
  }
  const shares = Object.fromEntries(
    Array.from(
      tally,
      ([key, { yes, all }]) => [key, `${Math.round((100 * yes) / all)} % of ${all}`] as const,
    ).sort(),
  );
  if (process.env.SEGMENT_SHARES) console.log(shares);
  for (const [key, { yes, all }] of tally) {
    expect(yes / all, `${key}: ${shares[key]} are yes`).toBeGreaterThan(SHARE_MIN);
    expect(yes / all, `${key}: ${shares[key]} are yes`).toBeLessThan(1 - SHARE_MIN);
  }
});

function partsOf(node: Node): Node[] {
  if (node.kind === 'all' || node.kind === 'any') return [node, ...node.of.flatMap(partsOf)];
  return node.kind === 'not' ? [node, ...partsOf(node.of)] : [node];
}

/** What a node is counted under: its kind, and the kinds of what it is made of. */
function keysOf(node: Node): string[] {
  if (node.kind === 'events') {
    const measure = `events: ${node.measure?.kind ?? 'count'}`;
    return [
      'events',
      measure,
      `events: window ${node.window?.kind ?? 'none'}`,
      ...(node.where ? ['events: where'] : []),
      ...(node.during ? ['events: during'] : []),
    ];
  }
  if (node.kind === 'sequence') {
    const { steps, same, within, window } = node;
    const parts = {
      same,
      within,
      window: window?.kind,
      absent: steps.at(-1)?.absent,
      without: steps.some(({ without }) => without),
      long: steps.length > 2,
    };
    return [
      'sequence',
      ...Object.entries(parts).flatMap(([name, given]) => (given ? [`sequence: ${name}`] : [])),
    ];
  }
  if (node.kind === 'trait') return ['trait', `test: ${node.is.op}`];
  if (node.kind === 'account' || node.kind === 'account_members') return [`${node.kind}: ${node.match}`];
  return [node.kind];
}
