import { expect, it } from 'vitest';
import { readRetention, retentionTable } from './retention.js';

const ASKED = {
  ...{ start: { event: 'A' }, return: { event: 'B' }, per: 'month', periods: 2 },
  ...{ from: '2026-01-15', to: '2026-03-01' },
};

it('a table has a row for each cohort, with nulls for periods that have not begun', () => {
  const rows = [
    { cohort: 0, after: -1, people: 5 },
    { cohort: 0, after: 2, people: 4 },
    { cohort: 1, after: -1, people: 1 },
  ];
  const now = Date.parse('2026-03-31T00:00:00Z');
  expect(retentionTable(readRetention(ASKED), rows, now)).toEqual([
    { from: Date.parse('2026-01-01'), people: 5, returned: [0, 0, 4] },
    { from: Date.parse('2026-02-01'), people: 1, returned: [0, 0, null] },
  ]);
});

it.each([
  [{ ...ASKED, per: 'hour' }, 'retention.per: must be one of day, week, month'],
  [{ ...ASKED, periods: 101 }, 'retention.periods: must be a number from 1 to 100'],
  [{ ...ASKED, per: 'day', to: '2027-03-01' }, 'more than 400 cohorts'],
  [{ ...ASKED, cohorts: 'last' }, 'retention.cohorts: must be one of first, recurring'],
  [{ ...ASKED, unbounded: 1 }, 'retention.unbounded: must be true or false'],
  [{ ...ASKED, start: { name: 'A' } }, 'retention.start.name'],
])('retention is refused where it is wrong: %j', (asked, why) => {
  expect(() => readRetention(asked)).toThrow(why);
});
