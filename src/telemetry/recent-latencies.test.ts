import { expect, test } from 'vitest';
import { RecentLatencies } from './recent-latencies.js';

test('tells the percentiles of the newest, and nothing of what is long ago', () => {
  const latencies = new RecentLatencies();
  expect(latencies.read()).toBeUndefined();
  latencies.observe(7);
  expect(latencies.read()).toEqual({ requests: 1, p50Ms: 7, p95Ms: 7, p99Ms: 7 });
  for (let round = 0; round < 2; round++) for (let ms = 0; ms < 2_000; ms++) latencies.observe(ms);
  expect(latencies.read()).toEqual({ requests: 2_000, p50Ms: 1_000, p95Ms: 1_900, p99Ms: 1_980 });
});
