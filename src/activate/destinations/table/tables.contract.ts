/** What every database does alike. */
import { expect, test } from 'vitest';
import type { SnapshotPart } from '../../../core/delivery/snapshot-plan.js';
import type { JsonObject } from '../../../core/json.js';
import { testContext, testItem } from '../../test-kit.js';
import type { DestinationKind, SendItem, SendResult } from '../destination.js';

/** A database that runs, and a way to look into it. */
export interface TablesUnderTest {
  readonly kind: DestinationKind;
  readonly settings: () => JsonObject;
  /** For requests, where the tool is reached by HTTP. */
  readonly answer?: (request: Request) => Promise<Response>;
  /** Makes a table of `id` text, unique, and `n`, a whole number. */
  make(table: string): Promise<void>;
  rows(table: string, orderBy: string): Promise<JsonObject[]>;
  /** Whether the action `upsert` is there. */
  readonly hasUpsert: boolean;
}

const DELIVERED: SendResult = { status: 'delivered' };
let tables = 0;

/** Tests that a database must pass. */
export function tablesContract(db: TablesUnderTest): void {
  const fresh = () => `t_${process.pid}_${++tables}`;
  const contextOf = (options: JsonObject, more: { readonly dryRun?: boolean } = {}) =>
    testContext({
      settings: db.settings(),
      options,
      ...(db.answer === undefined ? {} : { answer: db.answer }),
      ...more,
    });
  const send = (action: string, items: readonly SendItem[], context: ReturnType<typeof contextOf>) => {
    const found = db.kind.actions[action];
    if (found === undefined) throw new Error(`There is no ${action}`);
    return found.send(items, context);
  };
  const item = (row: JsonObject) => testItem({ row });

  test('makes the table and its columns, and adds each delivery once', async () => {
    const [table, context] = [fresh(), contextOf({})];
    const { settings, ...others } = context;
    const there = { ...others, settings, options: { table, create: true } };
    const items = [
      item({ name: 'Änn "O\'Hara" \\ 💧', n: 1.5, yes: true, at: '2026-03-01T09:30:00.250+01:00' }),
      item({ name: null, tags: ['a', { b: 1 }] }),
    ];
    expect(await db.kind.actions.append?.send(items, there)).toEqual([DELIVERED, DELIVERED]);
    const more = item({ name: 'Bob', later: 'a new column' });
    expect(await db.kind.actions.append?.send([...items, more], there)).toEqual(
      [0, 1, 2].map(() => DELIVERED),
    );
    const rows = await db.rows(table, 'delivery_key');
    expect(rows.map((row) => row.delivery_key)).toEqual([...items, more].map(({ key }) => key).sort());
    expect(rows[0]).toMatchObject({ name: 'Änn "O\'Hara" \\ 💧', n: 1.5, later: null });
    expect([true, 1]).toContain(rows[0]?.yes);
    expect(new Date(rows[0]?.at as string).toISOString()).toBe('2026-03-01T08:30:00.250Z');
    const tags = rows[1]?.tags;
    expect(typeof tags === 'string' ? JSON.parse(tags) : tags).toEqual(['a', { b: 1 }]);
    expect(rows[2]?.later).toBe('a new column');
  });

  test('tells which snapshot a row is of, and of whole ones in a table beside it', async () => {
    const table = fresh();
    const context = contextOf({ table, create: true });
    const of = (part: SnapshotPart) => ({ snapshot: { id: 'snap-1', part } });
    const items = [
      testItem({ row: { who: 'ann' } }, of('added')),
      testItem({ row: { who: 'bob' } }, of('removed')),
      testItem({ manifest: { snapshot_id: 'snap-1', written: 2 } }, of('closing')),
    ];
    expect(await send('append', items, context)).toEqual(items.map(() => DELIVERED));
    expect(await db.rows(table, 'who')).toMatchObject([
      { snapshot_id: 'snap-1', change: 'added', who: 'ann' },
      { snapshot_id: 'snap-1', change: 'removed', who: 'bob' },
    ]);
    const [marker, ...others] = await db.rows(`${table}_snapshots`, 'snapshot_id');
    expect([marker?.snapshot_id, Number(marker?.written), others]).toEqual(['snap-1', 2, []]);
  });

  test('lets names be what they are, never SQL', async () => {
    const table = `${fresh()}"; DROP TABLE x; --\``;
    const context = contextOf({ table, create: true });
    const hostile = 'a"b`c\'d\\; --';
    expect(await send('append', [item({ [hostile]: 'x' })], context)).toEqual([DELIVERED]);
    expect(await db.rows(table, 'delivery_key')).toMatchObject([{ [hostile]: 'x' }]);
  });

  test('says of a row that does not fit what is wrong, and stores the others', async () => {
    const table = fresh();
    const context = contextOf({ table, create: true, types: { n: 'integer' } });
    const items = [
      item({ n: 1 }),
      item({ n: 2 }),
      item({ n: 'three' }),
      item({ n: 4 }),
      item({ '': 1 }),
      item({ n: 5 }),
    ];
    const results = await send('append', items, context);
    expect(
      results.map((result) => (result.status === 'failed' ? [result.code, result.retry] : result.status)),
    ).toEqual([
      'delivered',
      'delivered',
      ['row_refused', false],
      'delivered',
      ['column_invalid', false],
      'delivered',
    ]);
    expect((await db.rows(table, 'n')).map(({ n }) => Number(n))).toEqual([1, 2, 4, 5]);
  });

  test('waits for a table or a column that somebody has to make', async () => {
    const table = fresh();
    const context = contextOf({ table });
    await expect(send('append', [item({ n: 1 })], context)).rejects.toMatchObject({
      failure: { code: 'table_missing', retry: true },
    });
    await db.make(table);
    await expect(send('append', [item({ n: 1 })], context)).rejects.toMatchObject({
      failure: { code: 'table_unfit', retry: true },
    });
  });

  test('shows in a dry run what it would write, and writes nothing', async () => {
    const table = fresh();
    const context = contextOf({ table, create: true }, { dryRun: true });
    expect(await send('append', [item({ n: 1 })], context)).toEqual([DELIVERED]);
    const said = JSON.stringify([context.exchanges, context.requests]);
    expect(said).toContain(table);
    expect(said).toMatch(/INSERT(?:\+|%20| )INTO/);
    await expect(db.rows(table, 'n')).rejects.toThrow();
  });

  test('is tried out', async () => {
    await expect(db.kind.test?.(contextOf({}))).resolves.toBeUndefined();
  });

  test.runIf(db.hasUpsert)('keeps one row for each key, and leaves what it is not told', async () => {
    const table = fresh();
    await db.make(table);
    const context = contextOf({ table, keys: ['id'], create: true });
    const first = [
      item({ id: 'a', n: 1, name: 'Ann' }),
      item({ id: 'b', n: 1 }),
      item({ id: 'a', n: 2 }),
      item({ n: 9 }),
    ];
    const results = await send('upsert', first, context);
    expect(results.slice(0, 3)).toEqual([DELIVERED, DELIVERED, DELIVERED]);
    expect(results[3]).toMatchObject({ code: 'key_missing', retry: false });
    const second = [item({ id: 'b', n: 3 }), item({ id: 'a', name: null }), item({ id: 'c' })];
    expect(await send('upsert', second, context)).toEqual([DELIVERED, DELIVERED, DELIVERED]);
    expect(await db.rows(table, 'id')).toMatchObject([
      { id: 'a', n: 2, name: null },
      { id: 'b', n: 3, name: null },
      { id: 'c', n: null },
    ]);
  });

  test.runIf(db.hasUpsert)('needs an index that tells rows apart', async () => {
    const table = fresh();
    await db.make(table);
    const context = contextOf({ table, keys: ['n'] });
    await expect(send('upsert', [item({ id: 'a', n: 1 })], context)).rejects.toMatchObject({
      failure: { code: 'table_unfit', retry: true },
    });
    const none = contextOf({ table, keys: [] });
    await expect(send('upsert', [item({ id: 'a' })], none)).rejects.toMatchObject({
      failure: { code: 'options_invalid', retry: false },
    });
  });

  test.runIf(db.hasUpsert)(
    'tells of a column that there is not, and makes it a matter of the row',
    async () => {
      const table = fresh();
      await db.make(table);
      const context = contextOf({ table, keys: ['id'] });
      const results = await send('upsert', [item({ id: 'a', what: 1 }), item({ id: 'b', n: 1 })], context);
      expect(results[0]).toMatchObject({ code: 'column_missing', retry: true });
      expect(results[1]).toEqual(DELIVERED);
    },
  );
}
