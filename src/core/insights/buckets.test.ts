import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wallClock } from '../segments/moment.js';
import { bucketsOf, type Unit } from './buckets.js';

function texts(unit: Unit, zone: string, from: string, to: string, spare = 0): string[] | undefined {
  const span = { from: Date.parse(from), to: Date.parse(to) };
  return bucketsOf(unit, zone, span, 1_000, spare)?.map((ms) => new Date(ms).toISOString().slice(0, 16));
}

describe('buckets', () => {
  it('begin with the one that holds the beginning', () => {
    expect(texts('day', 'UTC', '2026-03-01T10:30:00Z', '2026-03-03T00:00:00Z')).toEqual([
      '2026-03-01T00:00',
      '2026-03-02T00:00',
    ]);
    expect(texts('week', 'UTC', '2026-03-01T10:30:00Z', '2026-03-09T00:00:01Z')).toEqual([
      '2026-02-23T00:00',
      '2026-03-02T00:00',
      '2026-03-09T00:00',
    ]);
    expect(texts('month', 'UTC', '2025-11-30T00:00:00Z', '2026-01-02T00:00:00Z', 1)).toEqual([
      '2025-11-01T00:00',
      '2025-12-01T00:00',
      '2026-01-01T00:00',
      '2026-02-01T00:00',
    ]);
    expect(texts('hour', 'Asia/Kolkata', '2026-03-01T10:45:10.5Z', '2026-03-01T12:00:00Z')).toEqual([
      '2026-03-01T10:30',
      '2026-03-01T11:30',
    ]);
  });

  it('follow the clocks of the zone', () => {
    // Put forward on 29 March 2026, back on 25 October.
    expect(texts('day', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-30T12:00:00Z')).toEqual([
      '2026-03-27T23:00',
      '2026-03-28T23:00',
      '2026-03-29T22:00',
    ]);
    expect(texts('month', 'Europe/Berlin', '2026-10-15T00:00:00Z', '2026-11-15T00:00:00Z')).toEqual([
      '2026-09-30T22:00',
      '2026-10-31T23:00',
    ]);
    // In Santiago the clocks go forward at midnight: 6 September 2026 begins at one o'clock.
    expect(texts('day', 'America/Santiago', '2026-09-05T12:00:00Z', '2026-09-07T12:00:00Z')).toEqual([
      '2026-09-05T04:00',
      '2026-09-06T04:00',
      '2026-09-07T03:00',
    ]);
    // Samoa left 30 December 2011 out.
    expect(texts('day', 'Pacific/Apia', '2011-12-29T20:00:00Z', '2011-12-31T20:00:00Z')).toEqual([
      '2011-12-29T10:00',
      '2011-12-30T10:00',
      '2011-12-31T10:00',
    ]);
  });

  it('are refused when there are too many', () => {
    const span = { from: 0, to: 10 * 86_400_000 };
    expect(bucketsOf('day', 'UTC', span, 10)).toHaveLength(10);
    expect(bucketsOf('day', 'UTC', span, 9)).toBeUndefined();
  });

  it('of dates begin exactly where the date on the wall changes', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/Santiago',
      'Australia/Lord_Howe',
      'Asia/Tehran',
      'Africa/Cairo',
    ];
    const property = fc.property(
      fc.constantFrom(...zones),
      fc.constantFrom<Unit>('day', 'week', 'month'),
      fc.integer({ min: Date.UTC(1950, 0, 1), max: Date.UTC(2100, 0, 1) }),
      (zone, unit, from) => {
        const starts = bucketsOf(unit, zone, { from, to: from + 1 }, 10, 3) ?? [];
        const clock = wallClock(zone);
        expect(starts[0]).toBeLessThanOrEqual(from);
        expect(starts[1]).toBeGreaterThan(from);
        for (const start of starts) {
          const [before, after] = [clock?.(start - 1), clock?.(start)];
          expect(before?.day).not.toBe(after?.day);
          if (unit === 'week') expect(after?.weekday).toBe(1);
          if (unit === 'month') expect(after?.day).toBe(1);
        }
      },
    );
    fc.assert(property, { numRuns: 150 });
  });
});
