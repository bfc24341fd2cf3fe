import { describe, expect, test } from 'vitest';
import { gppString } from '../../../../tests/support/consent-strings.js';
import { decodeGpp } from './decode-gpp.js';

describe('decodeGpp', () => {
  test('reads the strings of the specification', () => {
    const tcf = 'CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA';
    expect(decodeGpp(`DBACNY~${tcf}~1YNN`)).toEqual({
      ...{ tcf, sections: ['tcfeuv2', 'uspv1'] },
      us: [{ section: 'uspv1', optedOut: { sale: false }, gpc: false }],
    });
    expect(decodeGpp('DBABTA~1YYN')?.us).toEqual([
      { section: 'uspv1', optedOut: { sale: true }, gpc: false },
    ]);
  });

  test.each([
    ['usca', 'DBABBg~BVqqqqpY.YA', { sale: false, sharing: false }, true],
    ['usct', 'DBABVg~BVVVVVVg.YA', { sale: true, targeted_advertising: true }, true],
    ['usca', 'DBABBg~BAAAAACA', {}, false],
  ])('reads %s in %s', (section, text, optedOut, gpc) => {
    expect(decodeGpp(text)?.us).toEqual([{ section, optedOut, gpc }]);
  });

  test('reads what the library itself writes, of several sections', () => {
    const text = gppString({
      usnat: { SaleOptOutNotice: 1, SaleOptOut: 1, SharingOptOutNotice: 1, SharingOptOut: 2 },
      usva: { TargetedAdvertisingOptOutNotice: 1, TargetedAdvertisingOptOut: 1 },
      usca: { Gpc: true },
    });
    expect(decodeGpp(text)?.us).toEqual([
      { section: 'usnat', optedOut: { sale: true, sharing: false }, gpc: false },
      { section: 'usca', optedOut: {}, gpc: true },
      { section: 'usva', optedOut: { targeted_advertising: true }, gpc: false },
    ]);
  });

  test.each([
    ['nothing', ''],
    ['a word', 'garbage'],
    ['a header alone', 'DBABBg'],
    ['a section that is blank', 'DBABBg~'],
    ['a section that cannot be read', 'DBABBg~!!'],
    ['a section cut off', 'DBABBg~B'],
    ['more sections than the header names', 'DBABBg~BVqqqqpY.YA~X'],
    ['a TC string', 'CPXxRfAPXxRfAAfKABENB-CgAAAAAAAAAAYgAAAAAAAA'],
    ['tildes', '~~~~'],
    ['a very long one', 'x'.repeat(200_000)],
  ])('takes %s for none', (_, text) => {
    expect(decodeGpp(text)).toBeUndefined();
  });

  test('does not list what a short header claims by a range', () => {
    // One range, from 1 to some trillion: in Fibonacci coding, 0…011.
    for (const zeros of [20, 60, 2_000]) {
      const bits = `000011000001000000000001111${'0'.repeat(zeros)}11`;
      const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
      const padded = bits.padEnd(Math.ceil(bits.length / 6) * 6, '0');
      const header = (padded.match(/.{6}/g) ?? [])
        .map((six) => alphabet.charAt(Number.parseInt(six, 2)))
        .join('');
      expect(decodeGpp(`${header}~BVqqqqpY.YA`)).toBeUndefined();
    }
  });
});
