import { expect, it } from 'vitest';
import { bindParams } from './bind-params.js';

const bound = (type: string, value: unknown) => bindParams([{ name: 'p', type }], { p: value, other: 1 }).p;

it('binds what the query names, as it was given', () => {
  expect(bindParams([{ name: 'a', type: 'String' }], { a: 'x', b: 1 })).toEqual({ a: 'x' });
  for (const value of ['x', 1.5, 2 ** 53 - 1, true, null, ['x', null], '2026-01-01T00:00:00Z'])
    expect(bound('String', value)).toEqual(value);
});

it('makes seconds of times that have an offset', () => {
  expect(bound('DateTime64(3)', '2026-01-01T00:00:00.500Z')).toBe('1767225600.500');
  expect(bound('Nullable(DateTime)', '2026-01-01T01:00:00+01:00')).toBe('1767225600.000');
  for (const text of ['2026-01-01 00:00:00', '2026-01-01', 'noZ', '1767225600'])
    expect(bound('DateTime', text)).toBe(text);
});

it('refuses what is missing, and numbers that are no longer what was meant', () => {
  expect(() => bindParams([{ name: 'p', type: 'String' }], {})).toThrow('params.p is missing');
  expect(() => bindParams([{ name: 'toString', type: 'String' }], {})).toThrow('params.toString is missing');
  for (const value of [2 ** 53, 1e300, [1, [2 ** 60]], { a: -(2 ** 53) }])
    expect(() => bound('Float64', value)).toThrow('as a text');
});
