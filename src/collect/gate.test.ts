import { expect, test } from 'vitest';
import { Gate } from './gate.js';

const LIMITS = { backlogEventsMax: 10, diskFreeBytesMin: 1_000 };

test('is open up to the limit of the backlog, and opens again when that is worked off', () => {
  const gate = new Gate({ appended: 5, committed: 5 }, LIMITS);
  gate.appended(15);
  expect([gate.backlog, gate.closed()]).toEqual([10, undefined]);
  gate.appended(16);
  expect(gate.closed()).toMatchObject({ code: 'backlog_full', status: 429, retry: true });
  expect(gate.closed()?.message).toContain('11 events');
  gate.committed(6);
  expect(gate.closed()).toBeUndefined();
  expect(gate.committedUntil).toBe(6);
});

test('counts what waited before the start', () => {
  expect(new Gate({ appended: 100, committed: 20 }, LIMITS).closed()?.code).toBe('backlog_full');
});

test('words that come late or twice change nothing, and the backlog is never negative', () => {
  const gate = new Gate({ appended: 0, committed: 0 }, LIMITS);
  gate.appended(8);
  gate.appended(3);
  gate.committed(6);
  gate.committed(2);
  expect(gate.backlog).toBe(2);
  // Another process appended these.
  gate.committed(50);
  expect(gate.backlog).toBe(0);
});

test('closes while the disk is nearly full, whatever the backlog', () => {
  const gate = new Gate({ appended: 0, committed: 0 }, LIMITS);
  gate.diskFree(999);
  expect(gate.closed()).toMatchObject({ code: 'log_unavailable', status: 503, retry: true });
  gate.diskFree(1_000);
  expect(gate.closed()).toBeUndefined();
});
