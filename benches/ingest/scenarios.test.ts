import { describe, expect, test } from 'vitest';
import { planScenarios } from './scenarios.js';
import { ledgerDifferences } from './session.js';

const standard = { events: 1_000_000, batches: [100, 20, 1], only: [] };

describe('the plan', () => {
  test('runs each throughput on a server of its own, the latencies on one, and idle after the first', () => {
    const plans = planScenarios(standard);
    expect(
      plans.map((plan) => [plan.name, plan.scenarios.map((s) => [s.name, s.events]), plan.idle]),
    ).toEqual([
      ['batch-100', [['batch-100', 1_000_000]], true],
      ['batch-20', [['batch-20', 1_000_000]], false],
      ['batch-1', [['batch-1', 200_000]], false],
      [
        'latency',
        [
          ['single-latency', 120_000],
          ['profile-latency', 90_000],
        ],
        false,
      ],
    ]);
  });

  test('runs only what is named, and refuses what does not exist', () => {
    expect(planScenarios({ ...standard, only: ['idle'] })).toEqual([
      { name: 'idle', scenarios: [], idle: true },
    ]);
    expect(planScenarios({ ...standard, only: ['profile-latency'], rate: 50 })[0]?.scenarios).toMatchObject([
      { name: 'profile-latency', events: 1500, eventsPerSecond: 50 },
    ]);
    expect(() => planScenarios({ ...standard, only: ['batch-7'] })).toThrow(
      'batch-7 does not exist: take batch-100',
    );
  });
});

test('books that differ from what was sent are told, each difference', () => {
  const sent = { sent: 100, repeats: 2 };
  const right = { received: 100, processed: 98, duplicate: 2, rejected: {}, pending: 0 };
  expect(ledgerDifferences(right, sent)).toEqual([]);
  expect(ledgerDifferences({ ...right, processed: 99, duplicate: 1 }, sent)).toEqual([
    'processed is 99, not 98',
    'duplicate is 1, not 2',
  ]);
  expect(ledgerDifferences({ ...right, processed: 97 }, sent)).toHaveLength(2);
  expect(ledgerDifferences({ ...right, processed: 97, rejected: { number_invalid: 1 } }, sent)).toEqual([
    'processed is 97, not 98',
    'rejected is 1, not 0',
  ]);
});
