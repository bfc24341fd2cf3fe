import { describe, expect, test } from 'vitest';
import { columnTypes } from './column-types.js';
import { fitValue } from './fit-value.js';
import { folderFault, objectName, patternFault } from './object-name.js';
import { writeCsv } from './write-csv.js';

describe('columns', () => {
  test('go by what was declared, then by their values; where those disagree they are text', () => {
    const rows = [
      {
        delivery_key: '2026-03-01T00:00:00Z',
        a: 1,
        b: true,
        at: '2026-03-01T09:30:00Z',
        c: 'x',
        d: 1,
        e: null,
      },
      { delivery_key: 'k', a: 2.5, b: false, at: '2026-03-01T09:30:00.5+01:00', c: null, d: 'x', f: [1] },
    ];
    expect([...columnTypes(rows, new Map([['a', 'integer']]))]).toEqual([
      ...[
        ['delivery_key', 'text'],
        ['a', 'integer'],
        ['b', 'boolean'],
        ['at', 'datetime'],
        ['c', 'text'],
      ],
      ...[
        ['d', 'text'],
        ['f', 'json'],
      ],
    ]);
  });

  test.each(['2026-03-01', '2026-03-01 09:30:00', '2026-03-01T09:30:00', '12'])('%s is a text', (value) => {
    expect(columnTypes([{ value }], new Map()).get('value')).toBe('text');
  });
});

test.each([
  ['5', 'number', 5],
  [' ', 'number', undefined],
  [true, 'number', undefined],
  [2.5, 'integer', undefined],
  ['7', 'integer', 7],
  [2 ** 53, 'integer', undefined],
  ['yes', 'boolean', undefined],
  ['2026-03-01T09:30:00+01:00', 'datetime', '2026-03-01T08:30:00.000Z'],
  ['soon', 'datetime', undefined],
  [5, 'text', '5'],
  [{ a: 1 }, 'text', '{"a":1}'],
  ['a', 'json', '"a"'],
  [null, 'integer', null],
  [undefined, 'json', null],
] as const)('%j as a value of %s is %j', (value, type, fitting) => {
  expect(fitValue(value, type)).toBe(fitting);
});

test('CSV quotes what it must, and no more', () => {
  const rows = [{ a: 'x,y', b: 'say "hi"' }, { a: 1, b: null }, { b: '' }, { a: [1], b: 'two\nlines' }];
  expect(writeCsv(rows, ['a', 'b'])).toBe('a,b\r\n"x,y","say ""hi"""\r\n1,\r\n,""\r\n[1],"two\nlines"\r\n');
});

describe('names', () => {
  test('hold parts of the time, in UTC, and the batch', () => {
    const at = Date.UTC(2026, 2, 1, 9, 5);
    expect(objectName('a/{date}/{year}{month}{day}-{hour}{minute}-{batch}', at, 'b1')).toBe(
      'a/2026-03-01/20260301-0905-b1',
    );
  });

  test.each([
    ['{date}', 'It needs {batch}'],
    ['{batch}{week}', 'There is no {week}'],
    ['/{batch}', 'single slashes'],
    ['a//{batch}', 'single slashes'],
    ['../{batch}', '".."'],
    ['a\\{batch}', 'backslash'],
    ['a\n{batch}', 'control character'],
    [`${'ä'.repeat(400)}{batch}`, '800 bytes'],
  ])('%j is none', (pattern, why) => {
    expect(patternFault(pattern)).toContain(why);
  });

  test('of folders may have dots, but lead nowhere', () => {
    expect([folderFault('a.b/c..d'), folderFault('.hidden')]).toEqual([undefined, undefined]);
    expect([folderFault('.'), folderFault('a/../b'), folderFault('')]).not.toContain(undefined);
  });
});
