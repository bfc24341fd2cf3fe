import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../json.js';
import { fillLate, lateValues, type Wanted } from './late.js';
import { readMapping } from './read-mapping.js';

const tools = { sha256: () => '' };

/** What is stored of what a mapping makes. */
function stored(mapping: JsonValue, event: JsonValue): JsonValue {
  return JSON.parse(JSON.stringify(readMapping(mapping).evaluate(event, tools) ?? null)) as JsonValue;
}

function codeOf(wanted: Wanted): JsonValue | undefined {
  return wanted.kind === 'coupon' ? `code of ${wanted.pool}` : ['p1', 'p2'];
}

describe('late values', () => {
  const coupon = (pool: JsonValue) => ({ '@coupon': { pool } });

  test('stand wherever a value may, are told in order, and are filled in that order', () => {
    const mapping = {
      code: coupon('a'),
      list: [coupon('b'), 'x'],
      chosen: { '@if': { exists: { '@path': 'userId' }, then: coupon({ '@path': 'pool' }), else: 'none' } },
      items: { '@arrayPath': ['$.products', { id: { '@path': 'id' }, code: coupon({ '@path': 'pool' }) }] },
      text: { '@join': { separator: ' ', values: ['Use', coupon('c'), { '@path': 'missing' }, 'now'] } },
      products: { '@recommendations': { limit: 3, category: { '@path': 'category' } } },
    };
    const event = { userId: 'u', pool: 'd', category: 'tea', products: [{ id: 1, pool: 'e' }] };
    const payload = stored(mapping, event);
    expect(readMapping(mapping).holdsLate).toBe(true);
    expect(lateValues(payload)).toEqual([
      { kind: 'coupon', pool: 'a' },
      { kind: 'coupon', pool: 'b' },
      { kind: 'coupon', pool: 'd' },
      { kind: 'coupon', pool: 'e' },
      { kind: 'coupon', pool: 'c' },
      { kind: 'recommendations', limit: 3, category: 'tea' },
    ]);
    const places: number[] = [];
    const filled = fillLate(payload, (wanted, at) => {
      places.push(at);
      return codeOf(wanted);
    });
    expect(places).toEqual([0, 1, 2, 3, 4, 5]);
    expect(filled).toEqual({
      code: 'code of a',
      list: ['code of b', 'x'],
      chosen: 'code of d',
      items: [{ id: 1, code: 'code of e' }],
      text: 'Use code of c now',
      products: ['p1', 'p2'],
    });
  });

  test('that there are none of leave their field out', () => {
    const payload = stored(
      { code: coupon('a'), list: [coupon('a')], text: { '@join': { values: ['x', coupon('a')] } } },
      {},
    );
    expect(fillLate(payload, () => undefined)).toEqual({ list: [null], text: 'x' });
  });

  test('are told apart from data of any look, which comes back as it was', () => {
    const key = fc.constantFrom('@late', '@@late', '@@@late', 'late', '@', 'a');
    const value = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom<JsonValue>(null, 1, 'x', { kind: 'coupon', pool: 'p' }),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(key, tie('value'), { maxKeys: 3, noNullPrototype: true }),
      ),
    })).value;
    fc.assert(
      fc.property(value, (data) => {
        const payload = stored({ data: { '@path': 'data' }, code: coupon('mine') }, { data });
        expect(lateValues(payload)).toEqual([{ kind: 'coupon', pool: 'mine' }]);
        expect(fillLate(payload, codeOf)).toEqual({ data, code: 'code of mine' });
        // A mapping that holds none leaves data alone.
        expect(stored({ data: { '@path': 'data' } }, { data })).toEqual({ data });
      }),
    );
  });
});
