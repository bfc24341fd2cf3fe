import { expect, test } from 'vitest';
import { anEvent } from '../../tests/support/an-event.js';
import type { Event } from '../core/event/event.js';
import type { Owner } from '../core/identity/population.js';
import type { IdentityRules } from '../core/identity/rules.js';
import { DEFAULT_RULES } from '../core/identity/rules.js';
import type { EventHistory } from '../stores/events/event-store.js';
import type { IdentityFacts } from '../stores/state/identity-state.js';
import { oneSimulation, simulateIdentity } from './simulate-identity.js';

const FACTS: IdentityFacts = {
  ...{ version: 0, rules: DEFAULT_RULES, blocked: [], separations: [], joins: [], releases: [], consent: [] },
};
const id = (kind: string, value: string) => ({ kind, value });

function historyOf(...given: Array<Partial<Event>>): EventHistory {
  const events = given.map((one, offset) => anEvent({ offset, messageId: `m${offset}`, ...one }));
  const all: EventHistory['all'] = async ({ after, limit }) =>
    events
      .filter(({ offset }) => offset > after)
      .slice(0, limit)
      .map((event) => ({ event, isCrawler: false, writtenId: '', placedId: '' }));
  return { all, ofProfiles: async () => [] };
}

const simulate = (
  history: EventHistory,
  facts = FACTS,
  rules: IdentityRules = DEFAULT_RULES,
  most?: number,
) => simulateIdentity(history, { facts, marked: new Map() }, rules, 5, most);

/** Rules under which a phone joins people. */
const JOINING: IdentityRules = {
  ...DEFAULT_RULES,
  identifiers: DEFAULT_RULES.identifiers.map(({ unique: _, ...rule }) =>
    rule.kind === 'phone' ? { ...rule, link: 'merge' } : rule,
  ),
};
const called = (userId: string): Partial<Event> => ({
  type: 'identify',
  userId,
  traits: { phone: '+4930901820' },
});

test('tells who would go together, and counts what operators did after the last event', async () => {
  const history = historyOf(called('a'), called('b'), { userId: 'c' });
  expect(await simulate(history, FACTS, JOINING)).toMatchObject({
    ...{ events: 3, identifiers: 4, profilesBefore: 3, profilesAfter: 2, merging: 2, staying: 1 },
  });
  const join = { operationId: 1, offset: 3, at: 0, a: id('user_id', 'a'), b: id('user_id', 'c') };
  expect(await simulate(history, { ...FACTS, joins: [join] })).toMatchObject({
    profilesBefore: 2,
    merging: 0,
  });
});

test('a quarantine that is a fact is one under other rules too', async () => {
  const history = historyOf(called('a'), called('b'));
  const mark = { quarantinedAt: 0, more: true as const };
  const marked = new Map<string, Owner>([['phone\n+4930901820', { profileId: undefined, mark }]]);
  const change = await simulateIdentity(history, { facts: FACTS, marked }, JOINING, 5);
  expect(change).toMatchObject({ profilesAfter: 2, merging: 0, identifiers: 2 });
});

test('ends with a clear refusal where there is more than it may hold', async () => {
  const history = historyOf(...Array.from({ length: 30 }, (_, n) => ({ userId: `u${n}` })));
  await expect(simulate(history, FACTS, JOINING, 29)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('over 29 identifiers'),
  });
  expect(await simulate(history, FACTS, JOINING, 30)).toMatchObject({ identifiers: 30 });
});

test('one runs at a time', async () => {
  const once = oneSimulation(() => simulate(historyOf({ userId: 'a' })));
  const first = once(DEFAULT_RULES, 1);
  await expect(once(DEFAULT_RULES, 1)).rejects.toMatchObject({ code: 'conflict' });
  await first;
  expect(await once(DEFAULT_RULES, 1)).toMatchObject({ identifiers: 1 });
});
