import { describe, expect, it } from 'vitest';
import { readTrends, type TrendRow, trendSeries } from './trends.js';

const DAY = 86_400_000;
const ASKED = { events: [{ event: 'A' }], per: 'day', from: '1970-01-02', to: '1970-01-04' };

function row(label: string, day: number | undefined, figure: number | null): TrendRow {
  return day === undefined
    ? { label, start: 0, isTotal: 1, figure }
    : { label, start: day * DAY, isTotal: 0, figure };
}

describe('the series of a trend', () => {
  it('has a figure for each bucket, and nothing where there is none', () => {
    const rows = [row('', 2, 5), row('', undefined, 5)];
    expect(trendSeries(readTrends(ASKED), 0, rows)).toEqual([{ event: 0, total: 5, values: [0, 5] }]);
    const avg = readTrends({ ...ASKED, measure: { kind: 'avg', of: 'properties.n' } });
    expect(trendSeries(avg, 3, [])).toEqual([{ event: 3, total: null, values: [null, null] }]);
  });

  it('comes with the largest first, others last, equal ones in order', () => {
    const trends = readTrends({ ...ASKED, by: { field: 'country', top: 3 } });
    const rows = [
      row('', undefined, 9),
      row('"b"', undefined, 2),
      row('"a"', undefined, 2),
      row('null', undefined, 3),
    ];
    expect(trendSeries(trends, 0, rows).map(({ value, other }) => [value, other])).toEqual([
      [null, undefined],
      ['a', undefined],
      ['b', undefined],
      [undefined, true],
    ]);
  });
});

describe('what is asked of a trend', () => {
  it('is read as it was given', () => {
    const asked = {
      ...ASKED,
      ...{ zone: 'Asia/Tokyo', measure: { kind: 'people' }, by: { trait: 'plan', top: 5 }, among: 'seg_1' },
    };
    expect(readTrends(asked)).toEqual(asked);
  });

  it.each([
    [
      { ...ASKED, measure: { kind: 'list', of: 'name' } },
      'trends.measure.kind: must be one of people, count',
    ],
    [{ ...ASKED, measure: { kind: 'people', of: 'name' } }, 'trends.measure.of: is not known here'],
    [{ ...ASKED, measure: { kind: 'sum' } }, 'trends.measure.of'],
    [{ ...ASKED, by: { field: 'country', trait: 'x' } }, 'one of field and trait'],
    [{ ...ASKED, by: { field: 'country', top: 51 } }, 'trends.by.top: must be a number from 1 to 50'],
    [{ ...ASKED, per: 'year' }, 'trends.per: must be one of hour, day, week, month'],
    [{ ...ASKED, from: 'soon' }, 'trends.from: must be a date'],
    [{ ...ASKED, events: [] }, 'trends.events: must be a list of 1 to 10'],
    [null, 'trends: must be an object'],
  ])('is refused where it is wrong: %j', (asked, why) => {
    expect(() => readTrends(asked)).toThrow(why);
  });
});
