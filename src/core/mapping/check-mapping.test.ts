import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../json.js';
import { checkMapping } from './check-mapping.js';
import { checkPayload } from './check-payload.js';
import { checkSettings } from './check-settings.js';
import type { Fields } from './field.js';
import { readMapping } from './read-mapping.js';

const FIELDS: Fields = {
  email: {
    label: 'E-mail',
    description: '',
    type: 'string',
    format: 'email',
    required: true,
    default: { '@path': '$.profile.traits.email' },
  },
  event_name: { label: 'Name of the event', description: '', type: 'string', required: true },
  value: { label: 'Value', description: '', type: 'number' },
  mode: {
    label: 'Mode',
    description: '',
    type: 'string',
    choices: [
      { value: 'add', label: 'Add' },
      { value: 'remove', label: 'Take away' },
    ],
  },
  address: {
    label: 'Address',
    description: '',
    type: 'object',
    properties: { city: { label: 'City', description: '', type: 'string', required: true } },
  },
  products: {
    label: 'Products',
    description: '',
    type: 'object',
    multiple: true,
    properties: {
      sku: { label: 'SKU', description: '', type: 'string', required: true },
      price: { label: 'Price', description: '', type: 'number' },
    },
  },
  custom: {
    label: 'Custom',
    description: '',
    type: 'object',
    additionalProperties: true,
    properties: { plan: { label: 'Plan', description: '', type: 'string' } },
  },
  times: { label: 'Times', description: '', type: 'datetime', multiple: true },
};

const tools = { sha256: () => '' };

function faultsOf(mapping: JsonValue): string[] {
  return (checkMapping(mapping, FIELDS).faults ?? []).map(({ message }) => message);
}

describe('a mapping for an action', () => {
  test('has the defaults of the fields that it does not name', () => {
    const { mapping, written } = mappingOf({ event_name: 'Order', value: { '@path': 'total' } });
    expect(written).toHaveProperty('email', FIELDS.email?.default);
    const event = { total: 3, profile: { traits: { email: 'a@b.example' } } };
    expect(mapping.evaluate(event, tools)).toEqual({ event_name: 'Order', value: 3, email: 'a@b.example' });
  });

  test.each<[JsonValue, string[]]>([
    ['x', ['mapping: must be an object with a mapping for each field.']],
    [{}, ['mapping.event_name: is required (Name of the event) and has neither a mapping nor a default.']],
    [
      { event_name: '', email: null },
      [
        'mapping.email: is required (E-mail) and has neither a mapping nor a default.',
        'mapping.event_name: is required (Name of the event) and has neither a mapping nor a default.',
      ],
    ],
    [{ event_name: 'x', emial: 'y' }, ['mapping.emial: is no field. Did you mean email?']],
    [
      { event_name: 'x', constructor: 'y' },
      [
        'mapping.constructor: is no field. There are email, event_name, value, mode, address, products, custom, times.',
      ],
    ],
    [{ event_name: 'x', value: 'much' }, ['mapping.value: must be a number, and is a string.']],
    [{ event_name: 'x', mode: 'ad' }, ['mapping.mode: must be one of add, remove.']],
    [{ event_name: 'x', email: 'nobody' }, ['mapping.email: must be an e-mail address.']],
    [
      { event_name: 'x', address: { town: 'y' } },
      [
        'mapping.address.town: is no field. There are city.',
        'mapping.address.city: is required (City) and has neither a mapping nor a default.',
      ],
    ],
    [
      { event_name: 'x', products: [{ sku: 'a', prize: 1 }] },
      ['mapping.products[0].prize: is no field. Did you mean price?'],
    ],
    [
      { event_name: { '@if': { exists: 'a', then: { '@path': 1 } } }, value: { '@pth': 'a' } },
      [
        'mapping.event_name.@if.then.@path: must be a text or a directive.',
        expect.stringContaining(
          'mapping.value.@pth: is no directive. Did you mean @path?',
        ) as unknown as string,
      ],
    ],
  ])('%j is refused with all that is wrong', (mapping, faults) => {
    expect(faultsOf(mapping)).toEqual(faults);
  });

  test('may have what a default of the action has, though no field is for it', () => {
    const address = {
      label: 'Address',
      description: '',
      type: 'object',
      properties: {},
      default: { town: 'x' },
    } as const;
    expect(checkMapping({}, { address }).faults).toBeUndefined();
    expect(checkMapping({ address: { town: 'x' } }, { address }).faults).toBeUndefined();
    expect(checkMapping({ address: { town: 'y' } }, { address }).faults).toHaveLength(1);
  });

  test.each<JsonValue>([
    { event_name: 'x', custom: { plan: 'gold', anything: { '@path': 'a' } } },
    { event_name: 'x', address: { '@path': 'properties.address' } },
    { event_name: 'x', products: { '@arrayPath': ['$.products', { sku: { '@path': 'sku' } }] } },
    { event_name: 'x', __segment_internal_sync_mode: 'add' },
    { event_name: { '@coupon': { pool: 'x' } } },
    // What makes all fields at once can only be judged by what it makes.
    { '@transform': { apply: {}, mapping: { event_name: 'x' } } },
  ])('%j is taken', (mapping) => {
    expect(faultsOf(mapping)).toEqual([]);
  });
});

function mappingOf(given: JsonValue) {
  const checked = checkMapping(given, FIELDS);
  if (checked.faults !== undefined) throw new Error(checked.faults[0].message);
  return checked;
}

describe('a payload', () => {
  const good = { email: 'a@b.example', event_name: 'x' };

  test.each<[JsonValue, string]>([
    [null, 'The mapping must make an object.'],
    [{ ...good, email: '' }, 'email: is required and has no value.'],
    [{ ...good, email: 'nobody' }, 'email: must be an e-mail address.'],
    [{ ...good, value: [1, 2] }, 'value: must be a number, and is a list.'],
    [
      { ...good, products: [{ sku: 'a' }, { price: 'x' }] },
      'products[1].price: must be a number, and is a string.',
    ],
    [{ ...good, address: {} }, 'address.city: is required and has no value.'],
  ])('%j is refused', (payload, message) => {
    const { faults } = checkPayload(payload, FIELDS, false);
    expect(faults?.map((fault) => fault.message)).toContain(message);
  });

  test('is mended where nothing is lost by it', () => {
    const payload = {
      ...good,
      value: '2.50',
      stray: 1,
      mode: null,
      products: { sku: 5 },
      times: ['2026-03-01', 5],
    };
    expect(checkPayload(payload, FIELDS, false)).toEqual({
      payload: { ...good, value: 2.5, products: [{ sku: '5' }], times: ['2026-03-01', 5] },
    });
  });

  test('may hold late values in the place of any other; where none may be, what looks like one is data', () => {
    const made = readMapping({
      ...good,
      value: { '@coupon': { pool: 'x' } },
      times: [{ '@coupon': { pool: 'y' } }],
    }).evaluate({}, tools);
    expect(checkPayload(made, FIELDS, true)).toEqual({ payload: made });
    expect(checkPayload(made, FIELDS, false).faults?.[0].path).toBe('value');
  });

  test('is as it was after it was checked', () => {
    const payload = { ...good, value: '5', address: { city: 1, more: 2 } };
    const before = structuredClone(payload);
    checkPayload(payload, FIELDS, false);
    expect(payload).toEqual(before);
  });

  test('needs what conditions ask for', () => {
    const fields: Fields = {
      kind: { label: 'Kind', description: '', type: 'string' },
      id: {
        label: 'Id',
        description: '',
        type: 'string',
        required: { match: 'any', conditions: [{ fieldKey: 'kind', operator: 'is', value: 'known' }] },
      },
    };
    expect(checkPayload({ kind: 'known' }, fields, false).faults?.[0].message).toBe(
      'id: is required and has no value.',
    );
    expect(checkPayload({ kind: 'other' }, fields, false)).toEqual({ payload: { kind: 'other' } });
  });
});

describe('settings', () => {
  const fields: Fields = {
    apiKey: { label: 'API key', description: '', type: 'password', required: true, secret: true },
    region: {
      label: 'Region',
      description: '',
      type: 'string',
      choices: [
        { value: 'eu', label: 'EU' },
        { value: 'us', label: 'US' },
      ],
      default: 'eu',
    },
    retries: { label: 'Retries', description: '', type: 'integer' },
  };

  test('have their defaults', () => {
    expect(checkSettings({ apiKey: 's3cret', retries: '3' }, fields)).toEqual({
      settings: { apiKey: 's3cret', region: 'eu', retries: 3 },
    });
  });

  test('that are wrong are all named, and no value of them', () => {
    const { faults } = checkSettings(
      { apikey: 's3cret', region: 's3cret', retries: 1.5, apiKey: '' },
      fields,
    );
    expect(faults).toEqual([
      { path: 'apikey', message: 'apikey: is no setting. Did you mean apiKey?' },
      { path: 'region', message: 'region: must be one of eu, us.' },
      { path: 'retries', message: 'retries: must be a whole number, and is a number.' },
      { path: 'apiKey', message: 'apiKey: is required and has no value.' },
    ]);
    expect(JSON.stringify(faults)).not.toContain('s3cret');
    expect(checkSettings([], fields).faults?.[0].message).toBe('The settings must be an object.');
  });
});
