import { expect, test } from 'vitest';
import { withPeriod } from './period.js';

test('moments are put into one form, and the rest of the filter stays', () => {
  const filter = { code: 'x', from: '2026-01-31t09:30:00+02:00', to: '2026-02-01' };
  expect(withPeriod(filter)).toEqual({
    ...{ code: 'x', from: '2026-01-31T07:30:00.000Z', to: '2026-02-01T00:00:00.000Z' },
  });
  const { code } = filter;
  expect(withPeriod<{ code: string; from?: string }>({ code })).toEqual({ code });
});

test.each([
  { from: '2026-06-30T23:59:60Z' },
  { to: '0000-01-01T00:00:00Z' },
  { from: '9999-01-01T00:00:00Z' },
  { to: 'now' },
])('%j is no moment that can be asked for', (filter) => {
  expect(() => withPeriod(filter)).toThrow(expect.objectContaining({ code: 'request_invalid' }));
  expect(() => withPeriod(filter)).toThrow(Object.keys(filter)[0]);
});
