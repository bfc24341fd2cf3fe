import { describe, expect, test } from 'vitest';
import { histogramDelta, histogramQuantile, parseHistogram } from './prometheus-histogram.js';

const page = (counts: readonly number[]): string => `# HELP lag_seconds Lag.
# TYPE lag_seconds histogram
lag_seconds_bucket{le="0.1"} ${counts[0]}
lag_seconds_bucket{le="0.2"} ${counts[1]}
lag_seconds_bucket{le="+Inf"} ${counts[2]}
lag_seconds_sum 12.5
lag_seconds_count ${counts[2]}
lag_seconds_other_bucket{le="0.1"} 99
`;

describe('a histogram of /metrics', () => {
  test('is read, and only the one asked for', () => {
    const histogram = parseHistogram(page([1, 2, 3]), 'lag_seconds');
    expect(histogram).toEqual({ bounds: [0.1, 0.2, Number.POSITIVE_INFINITY], counts: [1, 2, 3], sum: 12.5 });
    expect(() => parseHistogram(page([1, 2, 3]), 'lag')).toThrow('no unlabelled histogram named lag');
  });

  test('gives quantiles of what came between two readings, interpolated', () => {
    const before = parseHistogram(page([100, 100, 100]), 'lag_seconds');
    const after = parseHistogram(page([150, 200, 200]), 'lag_seconds');
    const delta = histogramDelta(before, after);
    expect(delta.counts).toEqual([50, 100, 100]);
    expect(histogramQuantile(delta, 0.5)).toBeCloseTo(0.1);
    expect(histogramQuantile(delta, 0.25)).toBeCloseTo(0.05);
    expect(histogramQuantile(delta, 0.75)).toBeCloseTo(0.15);
  });

  test('says the last finite bound for what lies beyond, and 0 for nothing', () => {
    expect(histogramQuantile(parseHistogram(page([0, 0, 10]), 'lag_seconds'), 0.5)).toBe(0.2);
    expect(histogramQuantile(parseHistogram(page([0, 0, 0]), 'lag_seconds'), 0.5)).toBe(0);
  });
});
