import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../core/json.js';
import { testItem } from '../test-kit.js';
import { batchKey, internalFields, libraryItems } from './library-item.js';

const ofLibrary = createRequire(createRequire(import.meta.url).resolve('@segment/action-destinations'));
const core = ofLibrary.resolve('@segment/actions-core');
const { transformBatch } = ofLibrary(path.join(path.dirname(core), 'mapping-kit/index.js')) as {
  transformBatch(mapping: JsonObject, events: readonly JsonObject[]): JsonObject[];
};
const internal = internalFields({ onMappingSave: {} });

describe('a payload comes out of the library as it was put in', () => {
  test.each([
    [{ a: 1, b: null, c: '', d: [], e: {}, f: false }],
    [{ 'a.b': 1, "it's": 2, '$.x': 3, '[0]': 4, '': 5 }],
    [{ text: '{{properties.x}}', directive: { '@path': '$.userId' }, nested: [{ '@template': 'x' }] }],
    [{ constructor: 1, toString: 2, length: 3 }],
  ])('%j', (payload) => {
    const { events, mapping } = libraryItems([testItem(payload)], { internal });
    expect(transformBatch(mapping, events)).toEqual([payload]);
  });

  test('also beside others that have other fields', () => {
    const payloads = [{ a: 1 }, { b: 2, a: null }, {}, { c: { d: 3 } }];
    const { events, mapping } = libraryItems(
      payloads.map((payload) => testItem(payload)),
      { internal },
    );
    expect(transformBatch(mapping, events)).toEqual(payloads);
  });
});

test('the event is as it was given: what carries the payload is not seen in it', () => {
  const given = { type: 'track', event: 'A', properties: { x: 1 } };
  const { events } = libraryItems([testItem({ a: 'secret' }, { given })], { internal });
  expect(events).toEqual([given]);
  expect(JSON.stringify(events)).not.toContain('secret');
  expect({ ...events[0] }).toEqual(given);
});

test('what says how to send is in the mapping itself', () => {
  const hook = { outputs: { id: '7' } };
  const payload = { a: 1, __segment_internal_sync_mode: 'upsert', onMappingSave: hook };
  const { mapping } = libraryItems([testItem(payload)], { internal });
  expect(mapping).toMatchObject({ __segment_internal_sync_mode: 'upsert', onMappingSave: hook });
});

test('columns are keys of the mapping: named ones first, then those of any item', () => {
  const items = [testItem({ columns: { b: 1 } }), testItem({ columns: { 'c.d': 2, b: 3 } })];
  const { events, mapping } = libraryItems(items, { internal, columns: 'columns', columnNames: ['a', 'b'] });
  expect(Object.keys(mapping.columns as JsonObject)).toEqual(['a', 'b', 'c.d']);
  expect(transformBatch(mapping, events)).toEqual([{ columns: { b: 1 } }, { columns: { 'c.d': 2, b: 3 } }]);
});

test('items go in one batch when they go to one place in one way', () => {
  const one = { batch_keys: ['list'], list: '1', email: 'a' };
  const personas = (id: string) => ({ given: { context: { personas: { external_audience_id: id } } } });
  const key = (payload: JsonObject, given = {}) => batchKey(testItem(payload, given), internal);
  expect(key({ ...one, email: 'b' })).toBe(key(one));
  expect(key({ ...one, list: '2' })).not.toBe(key(one));
  expect(key({ ...one, __segment_internal_sync_mode: 'add' })).not.toBe(key(one));
  expect(key(one, personas('1'))).toBe(key(one, personas('1')));
  expect(key(one, personas('1'))).not.toBe(key(one, personas('2')));
});
