import { describe, expect, test } from 'vitest';
import { LatencyHistogram } from './latency-histogram.js';

describe('LatencyHistogram', () => {
  test('gives quantiles to within 1.6% over five decades', () => {
    for (const scale of [0.01, 1, 100, 1000]) {
      const histogram = new LatencyHistogram();
      for (let value = 1; value <= 1000; value++) histogram.record(value * scale);
      for (const share of [0.5, 0.95, 0.99]) {
        const exact = share * 1000 * scale;
        expect(Math.abs(histogram.quantile(share) - exact) / exact).toBeLessThan(0.016);
      }
      expect(histogram.quantiles().max).toBe(1000 * scale);
      expect(histogram.count).toBe(1000);
    }
  });

  test('sees one slow request in a hundred only above p99', () => {
    const histogram = new LatencyHistogram();
    for (let request = 0; request < 99; request++) histogram.record(1);
    histogram.record(5000);
    expect(histogram.quantile(0.99)).toBeCloseTo(1, 1);
    expect(histogram.quantile(0.995)).toBeGreaterThan(4900);
  });

  test('takes nothing, zero and the very long', () => {
    const histogram = new LatencyHistogram();
    expect(histogram.quantiles()).toEqual({ p50: 0, p95: 0, p99: 0, max: 0 });
    histogram.record(0);
    histogram.record(1e9);
    expect(histogram.quantile(0.5)).toBe(0);
    expect(histogram.quantile(1)).toBeGreaterThan(2e6);
  });
});
