/** Tests what an array holds. */
import type { JsonValue } from '../../json.js';
import type { Test } from '../definition.js';
import type { Fields } from '../read.js';
import type { Scalar } from '../scalar.js';
import { isScalar, scalarKey } from '../scalar.js';
import { type CompiledTest, never } from './compiled-test.js';
import { fold } from './equality.js';

type Arrays = Extract<Test, { op: 'has_any' | 'has_all' | 'has_none' }>;

/** Reads `has_any`, `has_all` or `has_none`. */
export function readArrays(fields: Fields, op: Arrays['op']): Arrays {
  const values = fields.scalars('values');
  return { op, values, ...(fields.has('ignoreCase') ? { ignoreCase: fields.flag('ignoreCase') } : {}) };
}

/** Compiles one of them. */
export function compileArrays({ op, values, ignoreCase = false }: Arrays): CompiledTest {
  const wanted = [...new Set(values.map((value) => scalarKey(fold(value, ignoreCase))))];
  return {
    holds(value) {
      if (!Array.isArray(value)) return false;
      const held = keysOf(value, ignoreCase);
      if (op === 'has_all') return wanted.every((key) => held.has(key));
      return wanted.some((key) => held.has(key)) === (op === 'has_any');
    },
    flipsAt: never,
    sql({ array }, sql) {
      const list = keysSql(array, ignoreCase);
      const given = givenSql(values.map((value) => fold(value, ignoreCase)));
      const found = `${op === 'has_all' ? 'hasAll' : 'hasAny'}(${list}, ${given(sql.bind.bind(sql))})`;
      return `(isNotNull(${array}) AND ${op === 'has_none' ? 'NOT ' : ''}${found})`;
    },
  };
}

function keysOf(array: readonly JsonValue[], ignoreCase: boolean): Set<string> {
  const keys = new Set<string>();
  for (const item of array) if (isScalar(item)) keys.add(scalarKey(fold(item, ignoreCase)));
  return keys;
}

/** The items of a JSON array as texts that tell their types apart; those that are no scalars are empty. */
function keysSql(array: string, ignoreCase: boolean): string {
  const text = ignoreCase ? 'lowerUTF8(JSONExtractString(x))' : 'JSONExtractString(x)';
  const key = `multiIf(startsWith(x, '"'), concat('s', ${text}), x IN ('true', 'false'), concat('b', x),
    x = 'null' OR startsWith(x, '{') OR startsWith(x, '['), '', concat('n', toString(JSONExtractFloat(x))))`;
  return `arrayMap(x -> ${key}, JSONExtractArrayRaw(ifNull(${array}, '[]')))`;
}

/** Numbers are printed by ClickHouse on both sides. */
function givenSql(values: readonly Scalar[]) {
  return (bind: (value: unknown, type: string) => string): string => {
    const plain = values.filter((value) => typeof value !== 'number').map(scalarKey);
    const numbers = values.filter((value) => typeof value === 'number');
    const lists = [bind(plain, 'Array(String)')];
    if (numbers.length > 0)
      lists.push(`arrayMap(n -> concat('n', toString(n)), ${bind(numbers, 'Array(Float64)')})`);
    return lists.length === 1 ? (lists[0] as string) : `arrayConcat(${lists.join(', ')})`;
  };
}
