import { describe, expect, test } from 'vitest';
import { LIMITS } from '../limits.js';
import {
  type AlertDefinition,
  type AlertFigures,
  alertFigure,
  alertMessage,
  checkAlertRule,
  silenceMinutes,
} from './alert.js';

const NOW = Date.UTC(2026, 5, 1, 12);
const MINUTE_MS = 60_000;
const SILENCE: AlertDefinition = {
  ...{ name: 'The shop is silent', measure: 'silence_minutes', source: 'src_shop', above: 30 },
  url: 'https://example.com/alerts',
};

describe('silence of a source', () => {
  const minutes = (receipt: { enabled?: boolean; lastAt?: number | null }, source = 'src_shop') =>
    silenceMinutes(
      { ...SILENCE, source },
      [
        { sourceId: 'src_till', enabled: true, lastAt: NOW - 900 * MINUTE_MS },
        { sourceId: 'src_shop', enabled: true, lastAt: NOW - 31.5 * MINUTE_MS, ...receipt },
      ],
      NOW,
    );

  test('is counted from what it sent last, in minutes, of that source alone', () => {
    expect(minutes({})).toBe(31.5);
    expect(minutes({}, 'src_till')).toBe(900);
    expect(minutes({ lastAt: NOW })).toBe(0);
  });

  test('is none where nothing is awaited: of one that never sent, is switched off, or is gone', () => {
    expect(minutes({ lastAt: null })).toBe(0);
    expect(minutes({ enabled: false })).toBe(0);
    expect(minutes({}, 'src_gone')).toBe(0);
  });

  test('is none where the clock of who took it goes ahead', () => {
    expect(minutes({ lastAt: NOW + MINUTE_MS })).toBe(0);
  });
});

describe('a rule', () => {
  const { silenceMinutesMin: min, silenceMinutesMax: max } = LIMITS;

  test.each<[Partial<AlertDefinition>, string]>([
    [{ source: undefined }, 'source: give the id'],
    [{ destination: 'dst_1' }, 'destination: is for deliveries'],
    [{ above: min - 0.1 }, `above: must be from ${min} to ${max} minutes`],
    [{ above: max + 1 }, `above: must be from ${min} to ${max} minutes`],
    [{ measure: 'backlog' }, 'source: is for silence_minutes'],
    [{ url: undefined }, 'Give `url` or `email`'],
  ] as Array<[Partial<AlertDefinition>, string]>)('is refused with %j', (change, detail) => {
    expect(() => checkAlertRule({ ...SILENCE, ...change })).toThrow(detail);
  });

  test('is taken at the bounds, and where it is about deliveries with any figure', () => {
    for (const above of [min, max]) expect(() => checkAlertRule({ ...SILENCE, above })).not.toThrow();
    const { source: _, ...rest } = SILENCE;
    expect(() => checkAlertRule({ ...rest, measure: 'age_seconds', above: max + 1 })).not.toThrow();
  });
});

test('of several destinations the worst counts, and few attempts say nothing', () => {
  const figures: AlertFigures[] = [
    { destinationId: 'a', pending: 3, oldestAt: NOW - 5_000, attempts: 10, failed: 5 },
    { destinationId: 'b', pending: 7, oldestAt: null, attempts: 4, failed: 4 },
  ];
  const { source: _, ...rule } = SILENCE;
  const of = (measure: AlertDefinition['measure'], destination?: string) =>
    alertFigure({ ...rule, measure, ...(destination === undefined ? {} : { destination }) }, figures, NOW);
  expect([of('failure_rate'), of('backlog'), of('age_seconds')]).toEqual([0.5, 7, 5]);
  expect([of('failure_rate', 'b'), of('backlog', 'a'), of('age_seconds', 'b')]).toEqual([0, 3, 0]);
});

test('what is told of silence names the source', () => {
  const { url: _, ...rule } = SILENCE;
  const { subject, text } = alertMessage({
    ...{ type: 'alert.firing', timestamp: new Date(NOW).toISOString() },
    data: { id: 'alr_1', ...rule, figure: 31.50004 },
  });
  expect(subject).toBe('Firing: The shop is silent');
  expect(text).toContain('Minutes without an event: 31.5. It fires above 30.\nSource: src_shop\n');
});
