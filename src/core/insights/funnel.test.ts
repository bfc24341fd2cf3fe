import { describe, expect, it } from 'vitest';
import { type FunnelRow, funnelParts, readFunnel } from './funnel.js';

const ASKED = { steps: [{ event: 'A' }, { event: 'B' }], from: '2026-01-01', to: '2026-02-01' };

function row(
  label: string,
  step: number,
  people: number,
  continued: number,
  fromFirst = continued,
): FunnelRow {
  return { label, step, people, continued, fromFirst, previousTimes: [1, 2], firstTimes: [3, 4] };
}

describe('the parts of a funnel', () => {
  it('have rates of the step before and of the first, and times where somebody came', () => {
    const [part] = funnelParts(readFunnel(ASKED), [row('', 1, 8, 0, 8), row('', 2, 6, 4, 2)]);
    expect(part?.steps[1]).toEqual({
      ...{ people: 6, continued: 4, fromFirst: 2, rateFromPrevious: 0.5, rateFromFirst: 0.25 },
      ...{ timeFromPrevious: { median: 1, p90: 2 }, timeFromFirst: { median: 3, p90: 4 } },
    });
  });

  it('have nothing to share out where nobody was', () => {
    const [part] = funnelParts(readFunnel({ ...ASKED, mode: 'open' }), [row('', 2, 5, 0)]);
    expect(
      part?.steps.map((step) => [step.rateFromPrevious, step.rateFromFirst, step.timeFromPrevious]),
    ).toEqual([
      [null, null, null],
      [null, null, null],
    ]);
  });

  it('come with most people first, others last, equal ones in order', () => {
    const funnel = readFunnel({ ...ASKED, by: { field: 'country' } });
    const rows = [row('', 1, 9, 0), row('"b"', 1, 2, 0), row('"a"', 1, 2, 0), row('null', 1, 3, 0)];
    expect(funnelParts(funnel, rows).map(({ value, other }) => [value, other])).toEqual([
      [null, undefined],
      ['a', undefined],
      ['b', undefined],
      [undefined, true],
    ]);
    expect(funnelParts(funnel, [])).toEqual([]);
  });
});

it.each([
  [{ ...ASKED, steps: [{ event: 'A' }] }, 'funnel.steps: must be a list of 2 to 10'],
  [
    { ...ASKED, steps: [{ event: 'A' }, { event: 'B', within: '1 day' }] },
    'funnel.steps[1].within: is not known',
  ],
  [{ ...ASKED, steps: [{ event: 'A' }, { event: 'B', same: 'name' }] }, 'funnel.steps[1].same: needs a same'],
  [{ ...ASKED, same: 'nothing' }, 'must begin with properties.'],
  [{ ...ASKED, mode: 'ajar' }, 'funnel.mode: must be one of closed, open'],
  [{ ...ASKED, zone: 'Europe/Berlin' }, 'funnel.zone: has no meaning here'],
])('a funnel is refused where it is wrong: %j', (asked, why) => {
  expect(() => readFunnel(asked)).toThrow(why);
});
