/** Tests of numbers by their size. */
import type { Test } from '../definition.js';
import { type Fields, refuse } from '../read.js';
import { sure } from '../sql/sql-value.js';
import { type CompiledTest, never } from './compiled-test.js';

type Numbers = Extract<Test, { op: 'gt' | 'gte' | 'lt' | 'lte' | 'between' }>;

const SIGNS = { gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** Reads `gt`, `gte`, `lt`, `lte` or `between`. */
export function readNumbers(fields: Fields, op: Numbers['op']): Numbers {
  if (op !== 'between') return { op, value: fields.number('value') };
  const [from, to] = [fields.number('from'), fields.number('to')];
  if (from > to) refuse(`${fields.at}.to`, `must not be smaller than from (${from}).`);
  return { op, from, to };
}

/** Compiles one of them. */
export function compileNumbers(test: Numbers): CompiledTest {
  const isIn = predicateOf(test);
  return {
    holds: (value) => typeof value === 'number' && isIn(value),
    flipsAt: never,
    sql: ({ number }, sql) =>
      test.op === 'between'
        ? sure(`(${number} >= ${sql.number(test.from)} AND ${number} <= ${sql.number(test.to)})`)
        : sure(`${number} ${SIGNS[test.op]} ${sql.number(test.value)}`),
  };
}

function predicateOf(test: Numbers): (value: number) => boolean {
  switch (test.op) {
    case 'gt':
      return (value) => value > test.value;
    case 'gte':
      return (value) => value >= test.value;
    case 'lt':
      return (value) => value < test.value;
    case 'lte':
      return (value) => value <= test.value;
    case 'between':
      return (value) => value >= test.from && value <= test.to;
    default:
      return test satisfies never;
  }
}
