import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LIMITS } from '../limits.js';
import { normaliseEmail } from './normalise-email.js';
import { normaliseLower, normaliseText } from './normalise-text.js';

test.each([
  ['  u1\n', 'u1'],
  ['Zoe\u0308', 'Zo\u00eb'],
  ['\u212b', '\u00c5'],
  ['ＡＢＣ', 'ＡＢＣ'],
  ['🧑‍🚀', '🧑‍🚀'],
  ['', ''],
  ['a\u0000b', ''],
  ['a\u009fb', ''],
  ['a\ud800b', ''],
  ['a\ufffdb', ''],
  ['x'.repeat(LIMITS.identifierCharsMax), 'x'.repeat(LIMITS.identifierCharsMax)],
  ['x'.repeat(LIMITS.identifierCharsMax + 1), ''],
])('%j is compared as %j', (given, text) => {
  expect(normaliseText(given)).toBe(text);
});

test('characters that NFC makes more of stay below the limit, or make the value invalid', () => {
  // U+0958 is two characters in NFC.
  expect(normaliseText('\u0958')).toBe('\u0915\u093c');
  expect(normaliseText('\u0958'.repeat(LIMITS.identifierCharsMax / 2 + 1))).toBe('');
});

test('lower case is in composed form as well', () => {
  expect(normaliseLower(' ÉCOLE ')).toBe('école');
  expect(normaliseLower('ΑΣ')).toBe('ας');
  expect(normaliseLower('\u0130')).toBe('i\u0307');
});

test('what is normalised is normal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
      for (const normalise of [normaliseText, normaliseLower]) {
        const once = normalise(text);
        expect(normalise(once)).toBe(once);
      }
      const email = normaliseEmail(`${text}@Example.com`);
      expect(normaliseEmail(email)).toBe(email);
    }),
  );
});
