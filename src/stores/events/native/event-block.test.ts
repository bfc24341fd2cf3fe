/**
 * What must hold of the binary way into table `events`, on the real engine:
 * - whatever events come, a row that was written in binary reads back exactly as the one that was written as text;
 * - its JSON paths have the same types, but for arrays that say nothing of their type (empty, or nothing but nulls),
 *   which ClickHouse decides by the rows before;
 * - what cannot be written in binary is told, and only that.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { anEvent } from '../../../../tests/support/an-event.js';
import { EMPTY_ENRICHMENT } from '../../../core/enrich/enrich.js';
import type { Enrichment } from '../../../core/enrich/enrichment.js';
import type { Event } from '../../../core/event/event.js';
import { EVENT_TYPES } from '../../../core/event/event.js';
import type { JsonObject, JsonValue } from '../../../core/json.js';
import type { ClickHouse } from '../../../engines/clickhouse.js';
import { openClickHouse } from '../../../engines/clickhouse.js';
import { ClickHouseEventStore } from '../clickhouse-event-store.js';
import { encodeRow } from '../event-row.js';
import type { PrintedEvent } from '../event-store.js';
import { ByteWriter } from './byte-writer.js';
import { writeEventBlock } from './event-block.js';

let dir: string;
let clickhouse: ClickHouse;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'native-'));
  clickhouse = await openClickHouse({
    path: join(dir, "it's here"),
    ...{ memoryBytesMax: 512 * 1024 * 1024, threadsMax: 1, role: 'writer' },
  });
  const file = new URL('../../../../migrations/events/0001-events.sql', import.meta.url);
  const sql = (await readFile(file, 'utf8')).replaceAll(/--.*\n/g, '');
  for (const statement of sql.split(';')) {
    if (statement.trim() !== '') await clickhouse.command(statement);
  }
});
afterAll(async () => {
  await clickhouse.close();
  await rm(dir, { recursive: true, force: true });
});

function printed(event: Event, enrichment: Enrichment = EMPTY_ENRICHMENT, profileId = PROFILE): PrintedEvent {
  return {
    ...{ event, enrichment, profileId },
  };
}
const PROFILE = '0190f7c1-7c5e-8a3b-9d2e-0123456789ab';

interface Stored {
  readonly row: string;
  readonly types: Record<string, string>;
}

/** The one column as the API reads it, all others as text. */
const READ = `
  SELECT offset, toString(tuple(* EXCEPT (properties, traits, context))) AS plain,
    toJSONString(properties) AS p, toJSONString(traits) AS t, toJSONString(context) AS c,
    mapConcat(
      mapApply((k, v) -> (concat('p ', k), v), JSONAllPathsWithTypes(properties)),
      mapApply((k, v) -> (concat('t ', k), v), JSONAllPathsWithTypes(traits)),
      mapApply((k, v) -> (concat('c ', k), v), JSONAllPathsWithTypes(context))) AS types
  FROM events ORDER BY offset`;

async function read(): Promise<Stored[]> {
  const rows = await clickhouse.query<Record<string, string> & { types: Record<string, string> }>(
    READ,
    {},
    {
      json_type_escape_dots_in_keys: 1,
    },
  );
  return rows.map(({ types, ...row }) => ({ row: JSON.stringify(row), types }));
}

async function insertedAsText(rows: readonly PrintedEvent[]): Promise<Stored[]> {
  await clickhouse.command('TRUNCATE TABLE events');
  // One by one: as text, a row's types depend on the rows before it in its block.
  for (const row of rows) {
    await clickhouse.insertJsonLines('events', Buffer.from(encodeRow(row)), {
      settings: READ_AS_THE_STORE_DOES,
    });
  }
  return read();
}
const READ_AS_THE_STORE_DOES = {
  ...{ input_format_try_infer_dates: 0, input_format_try_infer_datetimes: 0 },
  ...{ input_format_json_try_infer_numbers_from_strings: 0, input_format_json_read_bools_as_numbers: 0 },
  ...{ input_format_json_read_bools_as_strings: 0, json_type_escape_dots_in_keys: 1 },
  ...{ type_json_skip_duplicated_paths: 1, input_format_json_max_depth: 100 },
};

async function insertedInBinary(rows: readonly PrintedEvent[]): Promise<Stored[]> {
  await clickhouse.command('TRUNCATE TABLE events');
  const writer = new ByteWriter();
  writeEventBlock(writer, rows);
  await clickhouse.insertNative('events', writer.bytes);
  return read();
}

const KEYS = [
  'a',
  'b',
  'c',
  'sku',
  'a.b',
  '.',
  '',
  '__proto__',
  'constructor',
  'é',
  '日本',
  '😀',
  '%',
  '1',
  'x y',
];
const key = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...KEYS) },
  fc.string({ maxLength: 4, unit: 'binary' }),
);
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.constantFrom(
    '2026-01-31',
    '2026-01-31T09:30:00Z',
    '17',
    'true',
    'null',
    '[]',
    'é'.repeat(70),
    'x'.repeat(200),
  ),
  fc.constantFrom('x'.repeat(127), 'é'.repeat(64), '😀'.repeat(31), 'x'.repeat(16_390), 'é'.repeat(10_000)),
);
const number = fc.oneof(
  fc.integer(),
  fc.maxSafeInteger(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(
    0,
    -0,
    0.1,
    1e21,
    2 ** 53,
    2 ** 62 + 2 ** 12,
    -(2 ** 63),
    2 ** 63,
    2 ** 63 - 1024,
    2 ** 64,
    -1e15,
    5e-324,
  ),
);
const { object } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 3, arbitrary: text },
    { weight: 3, arbitrary: number },
    { weight: 2, arbitrary: fc.boolean() },
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 2, arbitrary: tie('object') },
    { weight: 1, arbitrary: fc.array(fc.option(text), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(fc.option(number), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(fc.option(fc.boolean()), { maxLength: 3 }) },
    { weight: 2, arbitrary: fc.array(tie('object'), { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
  ),
  object: fc
    .array(fc.tuple(key, tie('value')), { maxLength: 4 })
    // As JSON.parse makes them: `__proto__` is a key like any other.
    .map((entries) => Object.fromEntries(entries) as JsonObject),
}));
const wellFormed = fc.string({ maxLength: 8, unit: 'grapheme' });
const rowsOf = fc.array(
  fc.record({
    ...{
      properties: object,
      traits: object,
      context: object,
      integrations: fc.constantFrom({}, { All: false }),
    },
    ...{ type: fc.constantFrom(...EVENT_TYPES), name: wellFormed, messageId: wellFormed, userId: wellFormed },
    ...{ timestamp: fc.integer({ min: Date.UTC(1900, 0, 1), max: Date.UTC(2199, 11, 31) }) },
    ...{
      browser: wellFormed,
      bot: fc.boolean(),
      latitude: fc.option(fc.double({ min: -90, max: 90, noNaN: true })),
    },
    profileId: fc.uuid(),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('a block of events', () => {
  it('reads back as the text does', { timeout: 240_000 }, async () => {
    let natives = 0;
    await fc.assert(
      fc.asyncProperty(rowsOf, async (rows) => {
        const events = rows.map(({ profileId, browser, bot, latitude, ...given }, offset) =>
          printed(anEvent({ ...given, offset }), { ...EMPTY_ENRICHMENT, browser, bot, latitude }, profileId),
        );
        const { native, text } = writeEventBlock(new ByteWriter(), events);
        expect(new Set([...native, ...text])).toEqual(new Set(events));
        natives += native.length;
        if (native.length === 0) return;
        const [expected, actual] = [await insertedAsText(native), await insertedInBinary(native)];
        expect(actual.map(({ row }) => row)).toEqual(expected.map(({ row }) => row));
        for (const [index, { types }] of actual.entries()) {
          const decided = (path: string) =>
            !expected[index]?.types[path]?.startsWith('Array(Nullable(String))');
          const own = Object.entries(types).filter(([path]) => decided(path));
          expect(own).toEqual(Object.entries(expected[index]?.types ?? {}).filter(([path]) => decided(path)));
        }
      }),
      { numRuns: 20 },
    );
    expect(natives).toBeGreaterThan(30);
  });

  it('knows one zero, as JSON does', async () => {
    const events = [
      printed(anEvent({ properties: { a: [-0, 1.5], b: -0, c: [-0] } }), {
        ...EMPTY_ENRICHMENT,
        latitude: -0,
      }),
    ];
    expect(await insertedInBinary(events)).toEqual(await insertedAsText(events));
  });

  it.each<[string, JsonObject]>([
    ['mixed values in an array', { a: [1, 'x'] }],
    ['numbers of both kinds and null', { a: [1, 1.5, null] }],
    ['null among objects', { a: [{ b: 1 }, null] }],
    ['arrays in an array', { a: [[1]] }],
    ['a key that looks escaped', { 'a%2Eb': 1 }],
    ['three levels of objects in arrays', { a: [{ b: [{ c: [{ d: 1 }] }] }] }],
    [
      'more paths than a block may have',
      Object.fromEntries(Array.from({ length: 513 }, (_, n) => [`k${n}`, n])),
    ],
  ])('leaves out %s, and only that event', (_, properties) => {
    const bad = printed(anEvent({ offset: 1, properties }));
    const good = [0, 2].map((offset) => printed(anEvent({ offset, properties: { [`own${offset}`]: 1 } })));
    const events = [good[0], bad, good[1]].filter((event) => event !== undefined);
    expect(writeEventBlock(new ByteWriter(), events)).toEqual({ native: good, text: [bad] });
  });

  it('takes more paths than the column keeps apart', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 500 }, (_, n) => [`k${n}`, n % 2 ? n : `${n}`]),
    );
    const products = [Object.fromEntries(Array.from({ length: 100 }, (_, n) => [`p${n}`, n]))];
    const events = [0, 1].map((offset) =>
      printed(anEvent({ offset, properties: { ...properties, products } })),
    );
    expect(await insertedInBinary(events)).toEqual(await insertedAsText(events));
  });

  it('takes more names than fit a byte, or two', async () => {
    for (const count of [256, 257, 65_537]) {
      const events = Array.from({ length: count }, (_, offset) =>
        printed(anEvent({ offset, name: `n${offset}` })),
      );
      await insertedInBinary(events);
      const [row] = await clickhouse.query(
        "SELECT uniqExact(name) AS names, countIf(name = concat('n', toString(offset))) AS right FROM events",
      );
      expect(row).toEqual({ names: count, right: count });
    }
  });

  it('comes in the order of the table', async () => {
    const random = fc.sample(fc.tuple(fc.uuid(), fc.constantFrom('x', 'y', 'Z')), { numRuns: 500, seed: 1 });
    const events = random.map(([profileId, name], offset) =>
      printed(
        anEvent({ offset, name, timestamp: 1_750_000_000_000 + (offset % 7) }),
        EMPTY_ENRICHMENT,
        profileId,
      ),
    );
    await clickhouse.command('CREATE TABLE heap AS events ENGINE = Memory');
    const writer = new ByteWriter();
    writeEventBlock(writer, events);
    await clickhouse.insertNative('heap', writer.bytes);
    const key = 'type, name, profile_id, timestamp, offset';
    const stored = await clickhouse.query('SELECT offset FROM heap');
    expect(stored).toEqual(await clickhouse.query(`SELECT offset FROM heap ORDER BY ${key}`));
  });
});

describe('the event store', () => {
  const mixed = (offset: number): JsonObject => (offset % 3 === 0 ? { list: [1, 'x'] } : { list: [1] });
  const batch = (rows: readonly PrintedEvent[], again = false) => ({
    ...{ token: 'batch', rows, again, overrides: [], version: 1 },
    offsets: rows.map(({ event }) => event.offset),
  });
  const ALL = 'SELECT offset, toJSONString(properties) AS p FROM events ORDER BY offset';

  it('stores a batch once, in binary and as text, however often it comes', async () => {
    await clickhouse.command('TRUNCATE TABLE events');
    const store = new ClickHouseEventStore(clickhouse);
    const rows = Array.from({ length: 30 }, (_, offset) =>
      printed(anEvent({ offset, properties: mixed(offset) })),
    );
    const expected = rows.map(({ event }) => ({ offset: event.offset, p: JSON.stringify(event.properties) }));
    for (const again of [false, false, true, true]) {
      await store.insert(batch(rows, again));
      expect(await clickhouse.query(ALL)).toEqual(expected);
    }
    // What a crash took away comes back, and nothing else.
    await clickhouse.command('ALTER TABLE events DELETE WHERE offset % 4 = 0', { mutations_sync: 1 });
    await store.insert(batch(rows, true));
    expect(await clickhouse.query(ALL)).toEqual(expected);
    const parts = await clickhouse.query(
      "SELECT rows FROM system.parts WHERE table = 'events' AND active AND database = currentDatabase()",
    );
    expect(parts.length).toBeLessThanOrEqual(4);
  });

  it('writes text to an engine that does not take the block', async () => {
    await clickhouse.command('TRUNCATE TABLE events');
    const old: ClickHouse = Object.assign(Object.create(clickhouse) as ClickHouse, {
      insertNative: async () => {
        throw Object.assign(new Error('Invalid version for Object structure serialization'), {
          clickhouseCode: 117,
        });
      },
      insertJsonLines: clickhouse.insertJsonLines.bind(clickhouse),
    });
    const rows = Array.from({ length: 4 }, (_, offset) =>
      printed(anEvent({ offset, properties: mixed(offset) })),
    );
    await new ClickHouseEventStore(old).insert({ ...batch(rows), token: 'other' });
    expect(await clickhouse.query(ALL)).toHaveLength(4);
  });
});
