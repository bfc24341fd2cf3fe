import { expect, test } from 'vitest';
import type { JsonValue } from '../json.js';
import { readTime } from './time.js';

test.each<[JsonValue, string]>([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T09:30:00Z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31t09:30:00z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31 09:30', '2026-01-31T09:30:00.000Z'],
  [' 2026-01-31T09:30:00.123456789Z ', '2026-01-31T09:30:00.123Z'],
  ['2026-01-31T09:30:00,5Z', '2026-01-31T09:30:00.500Z'],
  ['2026-01-31T09:30:00,5', '2026-01-31T09:30:00.500Z'],
  ['2026-01-31T09:30:00+05:30', '2026-01-31T04:00:00.000Z'],
  ['2026-01-31 09:30:00.25-0800', '2026-01-31T17:30:00.250Z'],
  ['2024-02-29T12:00:00Z', '2024-02-29T12:00:00.000Z'],
  [1_769_851_800, '2026-01-31T09:30:00.000Z'],
  [1_769_851_800_123, '2026-01-31T09:30:00.123Z'],
  [1_769_851_800.5, '2026-01-31T09:30:00.500Z'],
  [0, '1970-01-01T00:00:00.000Z'],
])('reads %j', (given, iso) => {
  expect(new Date(readTime(given) ?? Number.NaN).toISOString()).toBe(iso);
});

test.each<[JsonValue]>([
  [''],
  ['now'],
  ['1769851800'],
  ['31.01.2026'],
  ['2026-13-01'],
  ['2026-02-30'],
  ['2025-02-29T10:00:00Z'],
  ['2026-04-31T10:00:00+02:00'],
  ['2026-01-31T25:00:00Z'],
  ['2026-01-31T09:30:00+99:99'],
  ['Sat Jan 31 2026'],
  [null],
  [true],
  [{}],
  [Number.POSITIVE_INFINITY],
])('does not take %j for a time', (given) => {
  expect(readTime(given)).toBeUndefined();
});

test('every time that a date prints is read back to the millisecond', () => {
  for (let time = Date.UTC(1900, 0, 1); time < Date.UTC(2200, 0, 1); time += 3_333_333_337) {
    expect(readTime(new Date(time).toISOString())).toBe(time);
  }
});

test('a time with anything else in the place of a digit or a mark is none', () => {
  const text = '2026-01-21T09:30:10.123Z';
  for (let at = 0; at < text.length; at += 1) {
    expect(readTime(`${text.slice(0, at)}x${text.slice(at + 1)}`), `at ${at}`).toBeUndefined();
  }
});
