import { expect, test } from 'vitest';
import { failureOf, httpFailure, retryAfterOf } from './classify.js';
import { readDeliveryOptions } from './delivery-options.js';
import { judge } from './judge.js';

const NOW = Date.UTC(2026, 2, 1, 12);

test.each([
  [400, false],
  [401, false],
  [404, false],
  [408, true],
  [422, false],
  [429, true],
  [500, true],
  [501, false],
  [503, true],
])('of a status %i it is known whether it may pass', (status, retry) => {
  expect(httpFailure(status, { now: NOW })).toMatchObject({ code: `http_${status}`, retry });
});

test('Retry-After is seconds or a date, and nothing else', () => {
  expect(retryAfterOf('120', NOW)).toBe(120_000);
  expect(retryAfterOf('Sun, 01 Mar 2026 12:00:30 GMT', NOW)).toBe(30_000);
  expect(retryAfterOf('Sun, 01 Mar 2020 12:00:30 GMT', NOW)).toBe(0);
  for (const nothing of [null, undefined, '', 'soon', '-1'])
    expect(retryAfterOf(nothing, NOW)).toBeUndefined();
  // What will not pass is not tried again, whatever the tool says of when.
  expect(httpFailure(400, { retryAfter: '5', now: NOW })).not.toHaveProperty('retryAfterMs');
});

test('what a connector throws is its failure, or a fault of the connector', () => {
  const failure = { code: 'http_429', message: 'slowly', retry: true };
  expect(failureOf(Object.assign(new Error('x'), { failure }))).toEqual(failure);
  expect(failureOf(new TypeError('undefined is not a function'))).toMatchObject({
    code: 'connector_failed',
    retry: true,
  });
  expect(failureOf('a text')).toMatchObject({ code: 'connector_failed', message: 'a text' });
});

test('the last attempt falls on the end of the time for trying', () => {
  const failed = { status: 'failed', code: 'http_503', message: '', retry: true } as const;
  const trial = { attempts: 12, giveUpAt: NOW + 5_000 };
  expect(judge(failed, trial, NOW, 0.999)).toMatchObject({ outcome: 'retried', nextAt: NOW + 5_000 });
  expect(judge(failed, trial, NOW + 5_000, 0.999)).toMatchObject({ outcome: 'dead' });
  expect(judge({ ...failed, retry: false }, trial, NOW, 0)).toMatchObject({ outcome: 'dead' });
});

test('options have defaults, and faults are named with their path', () => {
  expect(readDeliveryOptions({})).toMatchObject({
    concurrency: 16,
    timeoutMs: 10_000,
    giveUpAfterMs: 86_400_000,
  });
  expect(() => readDeliveryOptions({ concurrency: 0 })).toThrow('delivery.concurrency');
  expect(() => readDeliveryOptions({ concurency: 4 })).toThrow('delivery.concurency does not exist');
});
