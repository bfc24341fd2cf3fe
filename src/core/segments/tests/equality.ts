/** Tests whether a scalar is one of some values. */
import type { Test } from '../definition.js';
import type { Fields } from '../read.js';
import type { Scalar } from '../scalar.js';
import { isScalar } from '../scalar.js';
import type { SqlContext } from '../sql/sql-context.js';
import type { SqlValue } from '../sql/sql-value.js';
import { sure } from '../sql/sql-value.js';
import { type CompiledTest, never } from './compiled-test.js';

type Equality = Extract<Test, { op: 'equals' | 'not_equals' | 'in' | 'not_in' }>;

/** Reads `equals`, `not_equals`, `in` or `not_in`. */
export function readEquality(fields: Fields, op: Equality['op']): Equality {
  const ignoreCase = fields.has('ignoreCase') ? { ignoreCase: fields.flag('ignoreCase') } : {};
  if (op === 'in' || op === 'not_in') return { op, values: fields.scalars('values'), ...ignoreCase };
  return { op, value: fields.scalar('value'), ...ignoreCase };
}

/** Compiles one of them. */
export function compileEquality(test: Equality): CompiledTest {
  const { op, ignoreCase = false } = test;
  const values = 'values' in test ? test.values : [test.value];
  const folded = values.map((value) => fold(value, ignoreCase));
  const among = new Set(folded);
  const isPositive = op === 'equals' || op === 'in';
  return {
    holds: (value) => isScalar(value) && among.has(fold(value, ignoreCase)) === isPositive,
    flipsAt: never,
    sql(value, sql) {
      const isAmong = amongSql(value, folded, ignoreCase, sql);
      if (isPositive) return isAmong;
      const isScalarSql = `(isNotNull(${value.text}) OR isNotNull(${value.number}) OR isNotNull(${value.flag}))`;
      return `(${isScalarSql} AND NOT ${isAmong})`;
    },
  };
}

/** The value as it is compared. */
export function fold(value: Scalar, ignoreCase: boolean): Scalar {
  return ignoreCase && typeof value === 'string' ? value.toLowerCase() : value;
}

function amongSql(value: SqlValue, values: readonly Scalar[], ignoreCase: boolean, sql: SqlContext): string {
  const texts = values.filter((one) => typeof one === 'string');
  const numbers = values.filter((one) => typeof one === 'number');
  const parts: string[] = [];
  if (texts.length > 0) {
    const text = ignoreCase ? `lowerUTF8(${value.text})` : value.text;
    parts.push(oneOf(text, texts, 'String', sql));
  }
  if (numbers.length > 0) parts.push(oneOf(value.number, numbers, 'Float64', sql));
  for (const flag of [true, false]) {
    if (values.includes(flag)) parts.push(sure(`${value.flag} = ${flag}`));
  }
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(' OR ')})`;
}

function oneOf(value: string, among: readonly Scalar[], type: string, sql: SqlContext): string {
  if (among.length === 1) return sure(`${value} = ${sql.bind(among[0], type)}`);
  return sure(`has(${sql.bind(among, `Array(${type})`)}, ${value})`);
}
