import { expect, test } from 'vitest';
import { nextSnapshotAt, readSnapshotPlan, snapshotId } from './snapshot-plan.js';

const next = (cron: string, zone: string, after: string) => {
  const at = nextSnapshotAt({ rows: 'all', cron, zone }, Date.parse(after));
  return at === undefined ? undefined : new Date(at).toISOString();
};

test.each([
  ['0 6 * * *', 'UTC', '2026-03-28T06:00:00Z', '2026-03-29T06:00:00.000Z'],
  // Clocks go forward and back meanwhile: six o'clock stays six o'clock.
  ['0 6 * * *', 'Europe/Berlin', '2026-03-28T05:00:00Z', '2026-03-29T04:00:00.000Z'],
  ['0 6 * * *', 'Europe/Berlin', '2026-10-24T04:00:00Z', '2026-10-25T05:00:00.000Z'],
  // A time that the clock leaps over is made up for at once; one that it shows twice counts once.
  ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T01:30:00.000Z'],
  ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
  ['*/15 * * * 1-5', 'UTC', '2026-06-05T23:50:00Z', '2026-06-08T00:00:00.000Z'],
])('%s in %s after %s', (cron, zone, after, expected) => {
  expect(next(cron, zone, after)).toBe(expected);
});

test('without a time it is taken when somebody asks', () => {
  expect(readSnapshotPlan({}, 'plan')).toEqual({ rows: 'all', zone: 'UTC' });
  expect(nextSnapshotAt({ rows: 'all', zone: 'UTC' }, 0)).toBeUndefined();
});

test('names are in the order of time', () => {
  expect(snapshotId(Date.UTC(2026, 5, 1, 4), '0a1b2c3d-0000-4000-8000-000000000000')).toBe(
    '20260601T040000Z-0a1b2c3d',
  );
});
