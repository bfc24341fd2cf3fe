import { expect, test } from 'vitest';
import type { DemoCall } from '../core/demo/demo-call.js';
import { createLiveStamp } from './live-stamp.js';

const AT = Date.UTC(2025, 5, 1);
const NOW = Date.UTC(2030, 0, 1);
const demoCall = (lateMs: number): DemoCall => ({
  channel: 'app',
  at: AT,
  repeat: false,
  call: { type: 'screen', messageId: 'm', timestamp: new Date(AT - lateMs).toISOString(), context: {} },
});

test('a call happens now, a late one as long ago as it was late', () => {
  const stamp = createLiveStamp('run');
  expect(stamp(demoCall(0), NOW)).toMatchObject({
    messageId: 'm-run',
    timestamp: '2030-01-01T00:00:00.000Z',
  });
  expect(stamp(demoCall(3_600_000), NOW).timestamp).toBe('2029-12-31T23:00:00.000Z');
});

test('a repeat has the very same body, also when the first was sent with the history', () => {
  const stamp = createLiveStamp('run');
  const first = demoCall(0);
  const repeat = { ...first, repeat: true };
  expect(stamp(repeat, NOW)).toBe(first.call);
  const sent = stamp(first, NOW);
  expect(stamp(repeat, NOW + 5000)).toBe(sent);
});
