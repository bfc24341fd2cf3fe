import { expect, test } from 'vitest';
import { parseMapping } from '../core/import/mapping.js';
import { BlockMapper, countRefused, recordsOf } from './import-block.js';

const ORIGIN = { importId: 'imp_1', sourceId: 's', receivedAt: 5 };
const mapper = new BlockMapper(
  's',
  parseMapping({ format: 'csv', call: 'identify', userId: 'id', traits: { x: 'x' } }),
);
const itemsOf = (...values: string[]) =>
  mapper.map(values.map((x, at) => ({ line: at + 2, row: { id: `ü${at}`, x } })));

test('records hold all items in their order, and no more than fit', () => {
  const items = itemsOf(...Array.from({ length: 50 }, (_, at) => 'é'.repeat(at * 7)));
  const records = recordsOf(items, ORIGIN, 2_000);
  const inThem = records.map(
    ({ body }) => (JSON.parse(Buffer.from(body).toString()) as { batch: unknown[] }).batch,
  );
  expect(inThem.flat()).toEqual(items);
  expect(records.map(({ count }) => count)).toEqual(inThem.map((batch) => batch.length));
  expect(records.length).toBeGreaterThan(5);
  expect(records.every(({ body, count }) => count === 1 || body.length <= 2_000)).toBe(true);
  expect(records[0]).toMatchObject({ receipt: 'imp_1', call: 'import', sourceId: 's', receivedAt: 5 });
});

test('what the check of the pipeline refuses is counted, each by itself', () => {
  const bad = mapper.map([{ line: 9, text: 'x', fault: 'No row.' }]);
  const items = [
    ...itemsOf('a', 'b'.repeat(3_000), 'c'),
    ...bad,
    ...mapper.map([{ line: 10, row: { id: '', x: '' } }]),
  ];
  expect(countRefused(items, recordsOf(items, ORIGIN, 2_000), 2_000)).toBe(3);
  expect(countRefused(items, recordsOf(items, ORIGIN, 2 ** 20), 2 ** 20)).toBe(2);
});

test('ids are made of 128 bits, and are the same for every mapper of the source', () => {
  const [item] = itemsOf('a');
  expect(item?.messageId).toMatch(/^import-[0-9a-f]{32}$/);
  const other = new BlockMapper('other', parseMapping({ format: 'csv', call: 'identify', userId: 'id' }));
  const [same] = other.map([{ line: 2, row: { id: 'ü0', x: 'a' } }]);
  expect(same?.messageId).not.toBe(item?.messageId);
});
