import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { WorkerPace } from './worker-pace.js';

let pace: WorkerPace;
beforeEach(() => {
  vi.useFakeTimers();
  pace = new WorkerPace();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Tells whether a promise has settled by now. */
function watch(promise: Promise<void>): () => Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  return async () => {
    await vi.advanceTimersByTimeAsync(0);
    return settled;
  };
}

test('sleeps as long as it is told, and not at all for no time', async () => {
  await pace.sleep(0);
  await pace.sleep(-5);
  const settled = watch(pace.sleep(100));
  await vi.advanceTimersByTimeAsync(99);
  expect(await settled()).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(await settled()).toBe(true);
});

test('a word of more ends the wait for it, but no sleep', async () => {
  const more = watch(pace.more());
  const sleep = watch(pace.sleep(100));
  pace.wake();
  expect(await more()).toBe(true);
  expect(await sleep()).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(await sleep()).toBe(true);
});

test('a word that comes before the wait is not lost, and counts once', async () => {
  pace.wake();
  await pace.more();
  const again = watch(pace.more());
  expect(await again()).toBe(false);
  pace.wake();
  expect(await again()).toBe(true);
});

test('looks for itself after a while', async () => {
  const more = watch(pace.more());
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await more()).toBe(true);
});

test('stop ends all waiting, now and from now on, and leaves no timer', async () => {
  const sleep = watch(pace.sleep(60_000));
  const more = watch(pace.more());
  pace.stop();
  expect([await sleep(), await more()]).toEqual([true, true]);
  await pace.sleep(60_000);
  await pace.more();
  expect(vi.getTimerCount()).toBe(0);
});
