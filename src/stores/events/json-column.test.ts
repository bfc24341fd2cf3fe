import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../core/json.js';
import { jsonColumn } from './json-column.js';

const column = (value: JsonValue) => jsonColumn(JSON.stringify(value), value);

describe('jsonColumn', () => {
  it('gives ordinary JSON back as it is', () => {
    const json = '{"a":1,"b":[2.5,"x",null,true],"c":{}}';
    expect(jsonColumn(json, {})).toBe(json);
  });

  it('writes integers beyond 64 bits with an exponent, and nothing else', () => {
    expect(column({ a: 2 ** 64, b: -(2 ** 63), c: 7, d: '18446744073709552000' })).toBe(
      '{"a":1.8446744073709552e+19,"b":-9.223372036854776e+18,"c":7,"d":"18446744073709552000"}',
    );
  });

  it('finds them wherever they stand, and keeps the value', () => {
    for (let pad = 0; pad < 60; pad += 1) {
      const value = { ['k'.repeat(pad)]: [{ x: 2 ** 65, y: 'é"\n' }], '': [null, false] };
      const json = column(value);
      expect(json).not.toMatch(/\d{19}/);
      expect(JSON.parse(json)).toEqual(value);
    }
  });

  it('keeps __proto__ as a key like any other', () => {
    const value = JSON.parse('{"__proto__":{"a":36893488147419103232}}') as JsonValue;
    expect(column(value)).toBe('{"__proto__":{"a":3.6893488147419103e+19}}');
  });
});
