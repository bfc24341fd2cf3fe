/** The rules on made-up files: each one finds what it should and leaves the rest alone. */
import { describe, expect, test } from 'vitest';
import {
  type Door,
  docstringFindings,
  doorFindings,
  focusFindings,
  leftoverFindings,
  machineFindings,
  nameFindings,
  sizeFindings,
} from './file-rules.js';
import { deadFiles, driverFindings, importFindings, type Layout } from './import-rules.js';
import { parseSource } from './source-tree.js';

const LAYOUT: Layout = {
  compositionRoot: ['main.ts'],
  mayImport: { core: [], log: ['core'], collect: ['core', 'log/log.ts', 'stores/store.ts'] },
  libraries: { core: ['bowser'] },
};
const DOORS: readonly Door[] = [
  {
    names: ['Date.now', 'new Date()', 'fetch', 'process.*'],
    within: ['src/core/'],
    except: [],
    instead: 'no',
  },
  { names: ['process.env'], within: ['src/'], except: ['src/config.ts'], instead: 'no' },
];
const lines = (count: number) => Array.from({ length: count }, () => '  work();').join('\n');
const imports = (path: string, text: string) =>
  importFindings(parseSource(path, text), LAYOUT, new Set(['pino']));
const doors = (path: string, text: string) => doorFindings(parseSource(path, text), DOORS);

describe('imports', () => {
  test.each([
    ['src/core/a.ts', "import { b } from '../log/b.js';"],
    ['src/core/a.ts', "import type { B } from '../log/b.js';"],
    ['src/core/a.ts', "export { b } from '../log/b.js';"],
    ['src/core/a.ts', "export * from '../log/b.js';"],
    ['src/core/a.ts', "const b = await import('../log/b.js');"],
    ['src/core/a.ts', "type B = import('../log/b.js').B;"],
    ['src/core/a.ts', "import fs from 'node:fs';"],
    ['src/core/a.ts', "import pino from 'pino';"],
    ['src/collect/a.ts', "import { b } from '../log/postgres-log.js';"],
    ['src/collect/a.ts', "import { b } from '../stores/b.js';"],
    ['src/collect/a.ts', "import type { B } from '../stores/b.js';"],
    ['src/collect/a.ts', "import { start } from '../main.js';"],
    ['src/log/a.ts', "import undeclared from 'undeclared/sub';"],
    ['src/drawer/a.ts', ''],
  ])('%s may not: %s', (path, text) => {
    expect(imports(path, text)).toHaveLength(1);
  });

  test.each([
    ['src/core/a/b.ts', "import { b } from '../c.js'; import Bowser from 'bowser';"],
    ['src/collect/a.ts', "import { b } from '../log/log.js'; import type { S } from '../stores/store.js';"],
    ['src/log/a.ts', "import pino from 'pino'; import fs from 'node:fs'; import { e } from '../core/e.js';"],
    ['src/main.ts', "import { b } from './collect/a.js';"],
    ['src/core/a.test.ts', "import { test } from 'vitest'; import { b } from '../log/b.js';"],
  ])('%s may: %s', (path, text) => {
    expect(imports(path, text)).toEqual([]);
  });

  test('of drivers', () => {
    const rule = { drivers: ['pg', '@clickhouse/client'], doors: ['src/engines/'], typesIn: ['src/log/'] };
    const find = (path: string, text: string) => driverFindings(parseSource(path, text), rule);
    expect(find('src/log/a.ts', "import pg from 'pg';")).toHaveLength(1);
    expect(find('src/admin/a.ts', "import type { C } from '@clickhouse/client';")).toHaveLength(1);
    expect(find('src/log/a.ts', "import type { Client } from 'pg';")).toEqual([]);
    expect(find('src/engines/a.ts', "import pg from 'pg';")).toEqual([]);
  });

  test('make a file alive, also lazily, or as an entry', () => {
    const tree = [
      parseSource('src/main.ts', "import './a.js'; const b = () => import('./b.js');"),
      parseSource('src/a.ts', ''),
      parseSource('src/b.ts', ''),
      parseSource('src/worker.ts', ''),
      parseSource('src/dead.ts', "import './main.js';"),
      parseSource('src/a.test.ts', "import './dead.js';"),
    ];
    expect(deadFiles(tree, ['src/main.ts', 'src/worker.ts'])).toEqual(['src/dead.ts']);
  });
});

describe('doors', () => {
  test.each([
    'const t = Date.now();',
    'const t = globalThis.Date.now();',
    'const clock = Date.now;',
    'const { now } = Date;',
    'const t = new Date();',
    "void fetch('http://x');",
    'process.exit(1);',
    'function f(now = Date.now) { return now(); }',
  ])('of core: %s', (text) => {
    expect(doors('src/core/a.ts', text)).toHaveLength(1);
  });

  test.each([
    'const { env } = process;',
    "import { env } from 'node:process';",
    "process['env'];",
    'process?.env.X;',
  ])('of the environment: %s', (text) => {
    expect(doors('src/log/a.ts', text)).toHaveLength(1);
    expect(doors('src/config.ts', text)).toEqual([]);
  });

  test('leave harmless look-alikes alone', () => {
    expect(
      doors('src/core/a.ts', "const d = new Date(0); const s = 'Date.now()'; x.Date.now(); // Date.now()"),
    ).toEqual([]);
  });
});

describe('sizes', () => {
  const sizes = (text: string) => sizeFindings(parseSource('src/a.ts', text), 20, 5);

  test('count the lines of files, functions, arrows and methods', () => {
    expect(sizes(lines(21))).toHaveLength(1);
    expect(sizes(`function long() {\n${lines(4)}\n}`)).toEqual(['src/a.ts:1 long has 6 lines; the cap is 5']);
    expect(sizes(`const long = () => {\n${lines(4)}\n};`)).toHaveLength(1);
    expect(sizes(`class A {\n  long() {\n${lines(4)}\n  }\n}`)).toEqual([
      'src/a.ts:2 long has 6 lines; the cap is 5',
    ]);
    expect(sizes(`function fits() {\n${lines(3)}\n}`)).toEqual([]);
  });

  test('let a list of tests be long', () => {
    expect(sizes(`describe('a', () => {\n${lines(2)}\n  test('b', () => {});\n${lines(2)}\n});`)).toEqual([]);
    expect(sizes(`test('long', () => {\n${lines(4)}\n});`)).toHaveLength(1);
  });
});

test('names', () => {
  for (const bad of [
    'src/Log.ts',
    'src/log_file.ts',
    'src/utils/a.ts',
    'src/types.ts',
    'src/log-helpers.ts',
    'tests/helper.ts',
  ]) {
    expect(nameFindings(bad), bad).toHaveLength(1);
  }
  for (const good of [
    'src/log/log.ts',
    'src/log/log.test.ts',
    'src/content-types.ts',
    'migrations/state/0001-log.sql',
  ]) {
    expect(nameFindings(good), good).toEqual([]);
  }
});

test('docstrings', () => {
  const find = (text: string) => docstringFindings(parseSource('src/a.ts', text));
  for (const bad of [
    'export function f() {}',
    '/* not a docstring */\nexport const a = 1;',
    '/** of b */\nconst b = 1;\nexport class A {}',
    'interface I {}\nexport { I };',
  ]) {
    expect(find(bad), bad).toHaveLength(1);
  }
  for (const good of [
    '/** Does. */\nexport function f() {}',
    '/** Does. */\nexport async function f(a: string): Promise<void>;\nexport async function f(a: unknown) {}',
    "export { a } from './a.js';",
    'export type A = string;',
    'function own() {}',
  ]) {
    expect(find(good), good).toEqual([]);
  }
});

test('focus, leftovers, machines', () => {
  expect(
    focusFindings(parseSource('a.test.ts', "describe.only('a', () => {}); test.concurrent.only('b');")),
  ).toHaveLength(2);
  expect(focusFindings(parseSource('a.test.ts', "rows.only('a'); // it.only"))).toEqual([]);
  expect(leftoverFindings('a.ts', `// ${'TO'}DO: later\nconst todos = 1;`)).toHaveLength(1);
  expect(machineFindings('a.ts', `cd ${'/wo'}rk/main`)).toHaveLength(1);
  expect(machineFindings('a.ts', `"${'/ho'}me/me/x"`)).toHaveLength(1);
  expect(machineFindings('a.ts', `https://${'registry'}.example.org/x`)).toHaveLength(1);
  expect(machineFindings('a.ts', 'https://shop.example/home/page and /network and registry.get(x)')).toEqual(
    [],
  );
});
