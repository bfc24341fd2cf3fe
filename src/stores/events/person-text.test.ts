import { describe, expect, it } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import type { Event } from '../../core/event/event.js';
import type { JsonObject } from '../../core/json.js';
import { personText } from './person-text.js';

const textOf = (given: Partial<Event>, isBot = false) => personText(anEvent(given), isBot);

describe('personText', () => {
  it('is empty where nothing is said of the person', () => {
    expect(textOf({})).toBe('');
    expect(textOf({ properties: { a: 1 }, context: { ip: '192.0.2.1', userAgent: 'x', page: {} } })).toBe('');
    expect(textOf({ context: { traits: {}, consent: null, device: {} } })).toBe('');
  });

  it.each<[string, Partial<Event>, JsonObject]>([
    [
      'traits alone',
      { traits: { gone: null, empty: {}, n: 1 } },
      { traits: { gone: null, empty: {}, n: 1 } },
    ],
    [
      'a part of the context',
      { context: { device: { id: 'd', token: null }, ip: 'x' } },
      { context: { device: { id: 'd', token: null } } },
    ],
    [
      'both, with all parts',
      {
        traits: { a: '"' },
        context: {
          ...{ traits: { b: null }, consent: { categoryPreferences: { ads: false } }, device: { id: 'd' } },
          ...{ externalIds: [{ type: 'card', id: '1' }], groupId: 'g', userAgent: 'x' },
        },
      },
      {
        traits: { a: '"' },
        context: {
          ...{ traits: { b: null }, consent: { categoryPreferences: { ads: false } }, device: { id: 'd' } },
          ...{ externalIds: [{ type: 'card', id: '1' }], groupId: 'g' },
        },
      },
    ],
    [
      '__proto__ as a trait',
      { traits: JSON.parse('{"__proto__":null}') as JsonObject },
      { traits: JSON.parse('{"__proto__":null}') },
    ],
  ])('keeps %s', (_, given, kept) => {
    expect(JSON.parse(textOf(given))).toStrictEqual(kept);
  });

  it('keeps the user agent of bots', () => {
    const context = { userAgent: 'Googlebot', groupId: 'g' };
    expect(JSON.parse(textOf({ context }, true))).toEqual({ context });
    expect(JSON.parse(textOf({ context }))).toEqual({ context: { groupId: 'g' } });
    expect(textOf({ context: { userAgent: 1 } }, true)).toBe('');
  });
});
