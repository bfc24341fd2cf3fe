import { expect, test } from 'vitest';
import { keepsAudience, readConnection, segmentsOf } from './connection.js';
import { printEventChoices, readEventChoices } from './event-choice.js';

const BASE = { action: 'send' };

test('a connection takes from all sources where it says nothing', () => {
  expect(readConnection(BASE)).toEqual({ from: { sources: [] }, action: 'send', mapping: {}, options: {} });
});

test('its parts are read by their own readers', () => {
  const definition = readConnection({
    from: { sources: ['src_1', 'src_1'] },
    events: [
      '"Order Completed" where properties.total > 100',
      { type: 'page', name: 'Home' },
      { type: 'track' },
    ],
    who: 'consent to marketing and in segment vip',
    ...{ action: 'send', mapping: { to: { '@path': '$.userId' } }, options: { audience_key: 'vip' } },
  });
  expect(definition.from).toEqual({ sources: ['src_1'] });
  expect(definition.events).toEqual([
    { event: 'Order Completed', where: { field: 'properties.total', is: { op: 'gt', value: 100 } } },
    { type: 'page', name: 'Home' },
    { type: 'track' },
  ]);
  expect([...segmentsOf(definition)]).toEqual(['vip']);
});

test.each([
  [{ segment: 'vip' }, true],
  [{ segment: 'vip', when: 'entered' }, false],
  [{ segment: 'vip', snapshot: { cron: '0 6 * * *' } }, false],
  [{ sources: [] }, false],
])('%j keeps an audience: %j', (from, keeps) => {
  expect(keepsAudience(readConnection({ ...BASE, from }))).toBe(keeps);
});

test.each<[object, string]>([
  [{ action: '' }, 'definition.action: must be a text'],
  [{ ...BASE, from: { segment: 'vip', sources: [] } }, 'definition.from.sources: is not known here'],
  [{ ...BASE, from: { sources: [1] } }, 'definition.from.sources[0]: must be the id of a source.'],
  [
    { ...BASE, from: { segment: 'vip', when: 'never' } },
    'definition.from.when: must be one of entered, left.',
  ],
  [
    { ...BASE, from: { segment: 'vip', when: 'left', snapshot: {} } },
    'definition.from.snapshot: goes by a plan, and `when` by what happens',
  ],
  [{ ...BASE, from: { segment: 'vip' }, events: 'page' }, 'definition.events: is for sources.'],
  [{ ...BASE, from: { segment: 'vip' }, who: 'plan = "pro"' }, 'definition.who: is for sources.'],
  [{ ...BASE, events: [] }, 'definition.events: must be a text'],
  [
    { ...BASE, events: [{ event: 'A', type: 'track' }] },
    'definition.events[0].type: says nothing beside event',
  ],
  [{ ...BASE, events: '"A" or did' }, 'Line 1, column 8'],
  [
    { ...BASE, who: 'plan = "pro" and not did "A"' },
    'definition.who.of[1].of: asks what somebody did: make a segment',
  ],
  [{ ...BASE, mapping: [] }, 'definition.mapping: must be an object.'],
  [{ ...BASE, filter: 1 }, 'definition.filter: is not known here'],
])('%j is refused: %s', (given, message) => {
  expect(() => readConnection(given)).toThrow(message);
});

test.each([
  'page',
  'track',
  'anything',
  '"Order Completed" where properties.total > 100 or page "Home" or identify',
  'track where (name != "A" and properties.x exists) or "B" on monday',
])('the choice of events %s reads back as printed', (text) => {
  expect(printEventChoices(readEventChoices(text, 'events'))).toBe(text);
});

test('a name after track is that of a track call', () => {
  expect(readEventChoices('track "A"', 'events')).toEqual([{ event: 'A' }]);
});
