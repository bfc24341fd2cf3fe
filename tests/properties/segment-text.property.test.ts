/**
 * Properties of the text form of definitions:
 *
 * - A definition that is printed and read again is the same one; so is what a computed trait is made of.
 * - Lines and comments between the words mean nothing.
 * - Any text, whether random, made of the language's own words, or a definition with slips of the pen, is read or refused with a
 *   place in it; and what is read is in its normal form: printed and read again it is the same.
 * - Whatever definition there is, it has an explanation, which names all of its events.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explain, explainComputed } from '../../src/core/segments/explain/explain-definition.js';
import { worded } from '../../src/core/segments/explain/wording.js';
import { lex } from '../../src/core/segments/text/lexer.js';
import { TextError } from '../../src/core/segments/text/refuse-text.js';
import {
  parseComputedText,
  parseText,
  printComputedText,
  printText,
} from '../../src/core/segments/text/segment-text.js';
import { computedValue, node } from './definition-arbitraries.js';

const RUNS = { numRuns: 1_000 };

test('a definition survives printing and reading', () => {
  fc.assert(
    fc.property(node, (one) => {
      expect(parseText(printText(one))).toStrictEqual(one);
    }),
    RUNS,
  );
});

test('what a computed trait is made of survives printing and reading', () => {
  fc.assert(
    fc.property(computedValue, (one) => {
      expect(parseComputedText(printComputedText(one))).toStrictEqual(one);
    }),
    RUNS,
  );
});

test('lines and comments mean nothing', () => {
  const spread = (text: string) =>
    lex(text)
      .map(({ raw }) => raw)
      .join('\n\t# and "or\r\n');
  fc.assert(
    fc.property(node, (one) => {
      expect(parseText(spread(printText(one)))).toStrictEqual(one);
    }),
    RUNS,
  );
});

/** Reads a text or sees it refused properly. */
function expectSound(text: string): void {
  try {
    const read = parseText(text);
    expect(parseText(printText(read))).toStrictEqual(read);
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    const { line, column } = error.place;
    expect(error.message).toMatch(new RegExp(`^Line ${line}, column ${column}: .+[.?]$`, 's'));
    expect(column).toBeLessThanOrEqual((text.split('\n')[line - 1] ?? '').length + 1);
  }
}

test('any characters are read or refused', () => {
  fc.assert(fc.property(fc.string({ maxLength: 60, unit: 'binary' }), expectSound), RUNS);
});

const WORDS =
  'and or not ( ) , = != < >= % "x" `a` 5 -1 2026-03-01 plan properties.total did page where on monday to from ' +
  "o'clock in zone the last next 3 days at least times between since until sum count of different first time most " +
  'frequent sequence then within without with same any item has all accounts have no account is null missing exists ' +
  'before older than anniversary today near km random salt refused consent segment list ignoring case contains';

test('any order of the words of the language is read or refused', () => {
  const word = fc.constantFrom(...WORDS.split(' '));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 30 }), (words) => expectSound(words.join(' '))),
    RUNS,
  );
});

test('a definition with slips of the pen is read or refused', () => {
  const slip = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    drop: fc.nat({ max: 12 }),
    add: fc.oneof(fc.constantFrom(...WORDS.split(' ')), fc.string({ maxLength: 3 })),
  });
  fc.assert(
    fc.property(node, fc.array(slip, { minLength: 1, maxLength: 3 }), (one, slips) => {
      let text = printText(one);
      for (const { at, drop, add } of slips) {
        const start = Math.floor(at * text.length);
        text = text.slice(0, start) + add + text.slice(start + drop);
      }
      expectSound(text);
    }),
    RUNS,
  );
});

/** The names of all events in a definition. */
function eventsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === 'event' && typeof one === 'string' ? [one] : eventsIn(one),
  );
}

test('any definition has an explanation that names all of its events', () => {
  const expectWords = (explanation: string, of: unknown) => {
    expect(explanation).toMatch(/^(?:People (?:who|whose|for whom) |The ).+(?:\n(?: {2})*- .+)*$/);
    expect(explanation).not.toMatch(/undefined|\[object/);
    for (const event of eventsIn(of)) expect(explanation).toContain(worded(event));
  };
  fc.assert(
    fc.property(node, computedValue, (one, value) => {
      expectWords(explain(one), one);
      expectWords(explainComputed(value), value);
    }),
    RUNS,
  );
});
