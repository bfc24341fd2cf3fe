/**
 * Payloads against the destinations' library itself.
 * - What the library takes, ours takes, and makes the same of it: empty values gone, types mended, unknown fields dropped.
 * - What the library refuses, ours refuses.
 */
import { createRequire } from 'node:module';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/json.js';
import { checkPayload } from '../../src/core/mapping/check-payload.js';
import { FIELD_TYPES, type Field, type Fields } from '../../src/core/mapping/field.js';

interface Library {
  readonly fieldsToJsonSchema: (fields: Fields) => object;
  readonly validateSchema: (payload: JsonObject, schema: object, options: object) => boolean;
}

const require = createRequire(import.meta.url);
const { fieldsToJsonSchema, validateSchema } = require('@segment/actions-core') as Library;
const folder = path.dirname(require.resolve('@segment/actions-core/mapping-kit'));
const { removeEmptyValues } = require(path.join(folder, '../remove-empty-values.js')) as {
  readonly removeEmptyValues: (payload: JsonObject, schema: object, isRoot: boolean) => JsonObject;
};

const DEPTH = 2;
const KEYS = ['a', 'b', 'c', 'd'];

const value: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    fc.constantFrom<JsonValue>(
      '',
      'x',
      'true',
      'false',
      '5',
      '2.5',
      ' ',
      '1e3',
      '2026-03-01T09:30:00Z',
      'a@b.example',
    ),
    fc.constantFrom<JsonValue>('https://a.example/b', 'not a time', '192.0.2.1', '::1', '2026-02-30'),
    fc.constantFrom<JsonValue>(0, 1, 7, -2.5, true, false, null),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...KEYS, 'z'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/** Two conditions of a field within a field ask, by a fault of the library's, for a field whose name has the dot. */
const conditions = (most: number) =>
  fc.record({
    match: fc.constantFrom('any', 'all') as fc.Arbitrary<'any' | 'all'>,
    conditions: fc.array(
      fc.record({
        fieldKey: fc.constantFrom(...KEYS),
        operator: fc.constantFrom('is', 'is_not') as fc.Arbitrary<'is' | 'is_not'>,
        value: fc.constantFrom<JsonValue>('x', 'true', 7),
      }),
      { minLength: 1, maxLength: most },
    ),
  });

function field(depth: number): fc.Arbitrary<Field> {
  const plain = fc.record(
    {
      label: fc.constant('L'),
      description: fc.constant('D'),
      type: fc.constantFrom(...FIELD_TYPES),
      required: fc.boolean(),
      multiple: fc.boolean(),
      allowNull: fc.boolean(),
      additionalProperties: fc.boolean(),
      minimum: fc.constantFrom(0, 1, 3),
      maximum: fc.constantFrom(4, 6),
    },
    { requiredKeys: ['label', 'description', 'type'] },
  ) as fc.Arbitrary<Field>;
  const formatted = fc
    .constantFrom('email', 'uri', 'date', 'date-time', 'ipv4', 'ipv6', 'hostname', 'uuid', 'text')
    .map((format) => ({ label: 'L', description: 'D', type: 'string', format }) as Field);
  const chosen = plain.map(
    (one): Field => ({
      ...one,
      type: 'string',
      choices: ['x', '5', 'true'].map((value) => ({ value, label: value })),
    }),
  );
  if (depth === 0) return fc.oneof({ arbitrary: plain, weight: 4 }, formatted, chosen);
  const nested = fc
    .tuple(plain, fields(depth - 1))
    .map(([one, properties]): Field => ({ ...one, type: 'object', properties }));
  const conditional = fc
    .tuple(plain, conditions(depth === DEPTH ? 2 : 1))
    .map(([one, required]): Field => ({ ...one, required }));
  return fc.oneof({ arbitrary: plain, weight: 3 }, formatted, chosen, nested, conditional);
}

function fields(depth: number): fc.Arbitrary<Fields> {
  return fc.dictionary(fc.constantFrom(...KEYS), field(depth), {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  });
}

const payloads = fc.dictionary(fc.constantFrom(...KEYS, 'z'), value, { maxKeys: 5, noNullPrototype: true });

/** A list of one value for a field of two types: the library's validator then takes some values, not others, by no rule that one could tell. */
function isOdd(given: Fields, payload: JsonObject): boolean {
  const text = JSON.stringify(given);
  const hasTwoTypes = text.includes('"datetime"') || text.includes('"allowNull":true');
  return hasTwoTypes && /\[(?:[^,[\]{}]*|\{[^{}[\]]*\}|\[.*\])\]/.test(JSON.stringify(payload));
}

test('payloads are taken, mended and refused as by the library', () => {
  // The library's own schemas are not as strict as its validator would like them, and it says so each time.
  vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(fields(DEPTH), payloads, (given, payload) => {
      fc.pre(!isOdd(given, payload));
      const schema = fieldsToJsonSchema(given);
      const theirs = removeEmptyValues(structuredClone(payload), schema, true);
      const isTaken = validateSchema(theirs, schema, { throwIfInvalid: false });
      const ours = checkPayload(payload, given, false);
      seen[isTaken ? 'taken' : 'refused'] += 1;
      if (!isTaken) expect(ours.faults, 'refused').toBeDefined();
      else expect(ours).toEqual({ payload: theirs });
    }),
    { numRuns: 400 },
  );
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(40);
});
