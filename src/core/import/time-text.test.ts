import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTime } from './time-format.js';
import { compileTimeText } from './time-text.js';

const TIME = Date.UTC(2026, 6, 4, 22, 5, 9, 70);

function written(format: string, timezone: string, time = TIME) {
  const write = compileTimeText(format, timezone);
  if (typeof write === 'string') throw new Error(write);
  return write(time);
}

describe('a time is written', () => {
  test.each([
    ['iso', 'UTC', '2026-07-04T22:05:09.070Z'],
    ['iso', 'Europe/Berlin', '2026-07-05T00:05:09.070+02:00'],
    ['iso', '-03:30', '2026-07-04T18:35:09.070-03:30'],
    ['date', 'Europe/Berlin', '2026-07-05'],
    ['yyyymmdd', 'America/New_York', '20260704'],
    ['unix', 'UTC', 1783202709],
    ['unix_ms', 'UTC', 1783202709070],
    ['%d.%m.%y %I:%M:%S %p, %b 100%%', 'UTC', '04.07.26 10:05:09 PM, Jul 100%'],
    ['%H:%M %z', 'Asia/Kolkata', '03:35 +0530'],
  ])('as %s in %s', (format, timezone, expected) => {
    expect(written(format, timezone)).toBe(expected);
  });

  test('but not beyond the calendar', () => {
    expect(written('iso', 'UTC', Number.NaN)).toBeUndefined();
    expect(written('%Y', 'UTC', 1e15)).toBeUndefined();
  });

  test.each([
    ['YYYY', 'UTC', 'format YYYY is not known'],
    ['%Y-%Q', 'UTC', 'format has %Q'],
    ['%Y-%constructor', 'UTC', 'format has %c'],
    ['%Y', 'Mars', 'timezone Mars is not known'],
  ])('and not as %s in %s', (format, timezone, message) => {
    expect(compileTimeText(format, timezone)).toContain(message);
  });
});

test('what is written is read as the same time, in any zone', () => {
  const times = fc.integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2100, 0, 1) });
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia', '+05:45');
  fc.assert(
    fc.property(times, zones, fc.constantFrom('iso', '%Y-%m-%d %H:%M:%S.%f %z'), (time, timezone, format) => {
      const read = compileTime(format, timezone);
      if (typeof read === 'string') throw new Error(read);
      expect(read(String(written(format, timezone, time)))).toBe(time);
    }),
  );
});
