import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import { codeKey } from './code-key.js';
import { CODE_ALPHABET, codeBytes, makeCode, readCodePattern } from './code-pattern.js';
import { couponState, expiryOf } from './coupon.js';
import { readCodes } from './read-codes.js';
import { redeemedCodes } from './redeemed-codes.js';

const DAY_MS = 86_400_000;

describe('a pattern', () => {
  test('makes codes that keep its text, and whose other places are of the alphabet alone', () => {
    const pattern = readCodePattern('SUMMER-########');
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: codeBytes(pattern), maxLength: codeBytes(pattern) }),
        (bytes) => {
          const code = makeCode(pattern, bytes);
          expect(code).toMatch(/^SUMMER-.{8}$/);
          for (const symbol of code.slice(7)) expect(CODE_ALPHABET).toContain(symbol);
          // Typed back in small letters it is the same code.
          expect(codeKey(` ${code.toLowerCase()} `)).toBe(code);
        },
      ),
    );
  });

  test('gives every symbol its turn', () => {
    const pattern = readCodePattern('#'.repeat(30));
    const bytes = new Uint8Array(codeBytes(pattern));
    for (let place = 0; place < 30; place += 1) bytes[place * 4 + 3] = place;
    expect(makeCode(pattern, bytes)).toBe(CODE_ALPHABET);
  });

  test('is refused when its codes could be guessed, with the places that would do', () => {
    expect(readCodePattern('A-########').codesMax).toBe(656_100);
    expect(() => readCodePattern('A-####')).toThrow('could be guessed: give at least 5 places');
    expect(() => readCodePattern('A-########', 1_000_000)).toThrow('at least 9 places');
    expect(readCodePattern('A-#########', 1_000_000).places).toBe(9);
  });

  test.each(['', 'SUMMER', 'summer-########', 'A ########', '#'.repeat(65)])('%j is none', (text) => {
    expect(() => readCodePattern(text)).toThrow('pattern: give up to 64');
  });
});

describe('a state', () => {
  const facts = { assignedAt: undefined, expiresAt: undefined, redeemedAt: undefined };
  test('follows from what became of the coupon', () => {
    expect(couponState(facts, 5)).toBe('free');
    expect(couponState({ ...facts, assignedAt: 1 }, 5)).toBe('assigned');
    expect(couponState({ ...facts, assignedAt: 1, expiresAt: 6 }, 5)).toBe('assigned');
    expect(couponState({ ...facts, assignedAt: 1, expiresAt: 5 }, 5)).toBe('expired');
    expect(couponState({ ...facts, expiresAt: 5 }, 5)).toBe('expired');
    expect(couponState({ ...facts, assignedAt: 1, expiresAt: 5, redeemedAt: 9 }, 10)).toBe('redeemed');
    expect(couponState({ ...facts, redeemedAt: 2 }, 5)).toBe('redeemed');
  });

  test('ends by the pool, or some days after it was given or became valid, whichever is first', () => {
    const [validFrom, validUntil] = [10 * DAY_MS, 20 * DAY_MS];
    const never = { validFrom: undefined, validUntil: undefined, validDays: undefined };
    expect(expiryOf(never, 5)).toBeUndefined();
    expect(expiryOf({ ...never, validUntil }, 5)).toBe(validUntil);
    expect(expiryOf({ ...never, validDays: 7 }, DAY_MS)).toBe(8 * DAY_MS);
    expect(expiryOf({ validFrom, validUntil, validDays: 7 }, DAY_MS)).toBe(17 * DAY_MS);
    expect(expiryOf({ validFrom, validUntil, validDays: 7 }, 15 * DAY_MS)).toBe(validUntil);
  });
});

describe('codes', () => {
  test('of an order are found in all three places, once each', () => {
    const properties = {
      coupon: ' summer-1 ',
      coupons: ['SUMMER-2', 7, null, 'Summer-1'],
      products: [{ coupon: 'summer-3' }, 'x', { coupon: { code: 'no' } }, {}],
    };
    const order = anEvent({ type: 'track', name: 'Order Completed', properties });
    expect(redeemedCodes(order)).toEqual(['SUMMER-1', 'SUMMER-2', 'SUMMER-3']);
    expect(redeemedCodes({ ...order, name: 'Coupon Applied' })).toEqual([]);
    expect(redeemedCodes({ ...order, type: 'page' })).toEqual([]);
  });

  test('of a file are its lines or its first column', () => {
    expect(readCodes('\uFEFFCode;Value\r\nA-1;5\r\n\r\n"A,2";5\r\n')).toEqual(['', 'A-1', '', 'A,2']);
    expect(readCodes('A-1\nA-2')).toEqual(['A-1', 'A-2']);
    expect(readCodes('')).toEqual([]);
  });

  test('that nobody could type are none', () => {
    expect(['', '  ', 'a\u0000b', 'a\nb', 'x'.repeat(101)].map(codeKey)).toEqual(Array(5).fill(undefined));
  });
});
