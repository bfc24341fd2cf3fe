import { describe, expect, test } from 'vitest';
import { tcString } from '../../../../tests/support/consent-strings.js';
import { decodeTcf } from './decode-tcf.js';

/** Bits as base64url. */
function printed(bits: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const padded = bits.padEnd(Math.ceil(bits.length / 6) * 6, '0');
  return (padded.match(/.{6}/g) ?? []).map((six) => alphabet.charAt(Number.parseInt(six, 2))).join('');
}
const int = (value: number, bits: number) => value.toString(2).padStart(bits, '0');

/** A core segment: of fixed fields only what is told, then vendors, their interests, and restrictions, as bits. */
function core(
  vendors: string,
  interests: string,
  restrictions: string,
  purposes: readonly number[] = [],
): string {
  const bitmap = Array.from({ length: 24 }, (_, n) => (purposes.includes(n + 1) ? '1' : '0')).join('');
  const before = [
    ...[int(2, 6), int(16_504_128_000, 36), int(16_504_128_000, 36), int(31, 12), int(1, 12), int(1, 6)],
    ...[int(4, 6), int(13, 6), int(126, 12), int(4, 6), '1', '0', int(0, 12), bitmap, int(0, 24), '0'],
    ...[int(3, 6), int(4, 6)],
  ].join('');
  expect(before).toHaveLength(213);
  return printed(before + vendors + interests + restrictions);
}
const NONE = `${int(0, 16)}0`;
const NO_RESTRICTIONS = int(0, 12);
const range = (first: number, last: number) => `1${int(first, 16)}${int(last, 16)}`;

describe('decodeTcf', () => {
  test('reads a string of the specification', () => {
    const said = decodeTcf(
      'COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw',
    );
    expect(said).toMatchObject({
      ...{
        cmpId: 27,
        vendorListVersion: 15,
        policyVersion: 2,
        lastUpdated: Date.UTC(2020, 1, 20, 23, 57, 39, 300),
      },
      ...{ purposes: [1, 2, 3], vendors: [2, 6, 8], vendorInterests: [2, 6, 8], restrictions: [] },
    });
  });

  test('reads what the library itself writes', () => {
    const text = tcString({
      purposes: [1, 3, 4],
      interests: [2, 7],
      vendors: [12, 755],
      vendorInterests: [755],
    });
    expect(decodeTcf(text)).toMatchObject({
      ...{ purposes: [1, 3, 4], legitimateInterests: [2, 7], vendors: [12, 755], vendorInterests: [755] },
    });
  });

  test('reads vendors in ranges, and what the publisher restricts', () => {
    const vendors = `${int(755, 16)}1${int(2, 12)}${range(1, 3)}0${int(755, 16)}`;
    const restrictions = `${int(1, 12)}${int(3, 6)}${int(0, 2)}${int(1, 12)}${range(2, 3)}`;
    expect(decodeTcf(core(vendors, NONE, restrictions, [1, 3]))).toMatchObject({
      ...{ purposes: [1, 3], vendors: [1, 2, 3, 755] },
      restrictions: [{ purpose: 3, kind: 'not_allowed', vendors: [2, 3] }],
    });
  });

  test.each([
    ['nothing', ''],
    ['a word', 'garbage'],
    ['version 1', 'BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA'],
    ['no base64url', 'COvFyGBOvFyGBAbAAAENAPCAAOAAAAAAAAAAAEEUACCK!!!'],
    ['a string cut off', 'COvFyGBOvFyGBAbAAAENAPCAAOAAAAAA'],
    ['dots', '....'],
    ['a NUL', '\u0000'],
  ])('takes %s for none', (_, text) => {
    expect(decodeTcf(text)).toBeUndefined();
  });

  test('takes a very long one for none', () => {
    expect(decodeTcf('C'.repeat(200_000))).toBeUndefined();
  });

  test('does not list what a short string claims by ranges over each other', () => {
    const everybody = `${int(65_535, 16)}1${int(400, 12)}${range(1, 65_535).repeat(400)}`;
    expect(decodeTcf(core(everybody, NONE, NO_RESTRICTIONS))).toBeUndefined();
    const restrictions = `${int(1, 12)}${int(3, 6)}${int(0, 2)}${int(400, 12)}${range(1, 65_535).repeat(400)}`;
    expect(decodeTcf(core(NONE, NONE, restrictions))).toBeUndefined();
    expect(decodeTcf(core(NONE, NONE, NO_RESTRICTIONS))).toBeDefined();
  });
});
