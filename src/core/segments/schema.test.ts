import { Compile } from 'typebox/schema';
import { describe, expect, test } from 'vitest';
import { readCondition } from './events/condition.js';
import { readDuring } from './events/during.js';
import { readSelectorObject } from './events/selector.js';
import { readMeasure } from './measures/measure.js';
import { NODE_KINDS, readNode } from './node.js';
import { readComputedValue } from './nodes/computed.js';
import { readEventsValueObject, readWindow } from './nodes/events-value.js';
import { SEGMENT_SCHEMAS, type SegmentSchemaName } from './schema.js';
import { readTest, TEST_OPS } from './tests/test.js';

interface Schema {
  readonly $ref?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly examples?: readonly unknown[];
  readonly type?: string | readonly string[];
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly title?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

const schemas = SEGMENT_SCHEMAS as unknown as Readonly<Record<SegmentSchemaName, Schema>>;
const validator = (name: SegmentSchemaName) => {
  const compiled = Compile({ ...SEGMENT_SCHEMAS[name], components: { schemas: SEGMENT_SCHEMAS } } as object);
  return (value: unknown) => compiled.Check(value);
};

/** Schemas that lead back to themselves. */
const LEAVES: Readonly<Record<string, unknown>> = {
  SegmentNode: { kind: 'consent', purpose: 'ads' },
  SegmentTest: { op: 'exists' },
  SegmentCondition: { field: 'name', is: { op: 'exists' } },
  SegmentDuring: { days: [1] },
};

/** The least that fits a schema. */
function exampleOf(schema: Schema): unknown {
  if (schema.$ref !== undefined) {
    const name = schema.$ref.split('/').at(-1) as SegmentSchemaName;
    return LEAVES[name] ?? exampleOf(schemas[name]);
  }
  if ('const' in schema) return schema.const;
  const [known] = [...(schema.enum ?? []), ...(schema.examples ?? [])];
  if (known !== undefined) return known;
  const [variant] = [...(schema.oneOf ?? []), ...(schema.properties ? [] : (schema.anyOf ?? []))];
  if (variant !== undefined) return exampleOf(variant);
  switch (Array.isArray(schema.type) ? schema.type[0] : schema.type) {
    case 'string':
      return 'name';
    case 'boolean':
      return true;
    case 'array':
      return [exampleOf(schema.items ?? {}), exampleOf(schema.items ?? {})];
    case 'object':
      return Object.fromEntries(
        [...(schema.required ?? []), ...(schema.anyOf?.[0]?.required ?? [])].map((name) => [
          name,
          exampleOf(schema.properties?.[name] ?? {}),
        ]),
      );
    default:
      return 1;
  }
}

const refusal = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
};

type Read = (value: unknown, at: string) => unknown;
/** Schemas whose variants are told apart by a field, and what reads them. */
const UNIONS: ReadonlyArray<readonly [name: SegmentSchemaName, field: string, read: Read]> = [
  ['SegmentNode', 'kind', readNode],
  ['SegmentTest', 'op', readTest],
  ['SegmentMeasure', 'kind', readMeasure],
  ['SegmentWindow', 'kind', readWindow],
  ['ComputedTraitValue', 'kind', readComputedValue],
];
/** Schemas of one shape. */
const OBJECTS: ReadonlyArray<readonly [name: SegmentSchemaName, read: Read]> = [
  ['SegmentSelector', readSelectorObject],
  ['SegmentFigure', readEventsValueObject],
  ['SegmentDuring', readDuring],
];

/** Holds one shape against its reader: both take the same fields. */
function expectSameFields(
  variant: Schema,
  read: Read,
  valid: (value: unknown) => boolean,
  label: string,
): void {
  const least = exampleOf(variant) as object;
  expect(
    refusal(() => read(least, 'x')),
    label,
  ).toBe('');
  expect(valid(least), label).toBe(true);
  expect(valid({ ...least, unknown: 1 }), label).toBe(false);
  const said = refusal(() => read({ ...least, unknown: 1 }, 'x'));
  const known = /^x\.unknown: is not known here\. Known are (.*)\.$/.exec(said)?.[1]?.split(', ') ?? [];
  const named = Object.keys(variant.properties ?? {});
  expect(named, label).toEqual(expect.arrayContaining(known));
  for (const [name, schema] of Object.entries(variant.properties ?? {})) {
    const more = { ...least, [name]: exampleOf(schema) };
    expect(valid(more), `${label}.${name}`).toBe(true);
    expect(
      refusal(() => read(more, 'x')),
      `${label}.${name}`,
    ).not.toContain('is not known here');
    if (variant.required?.includes(name)) {
      expect(
        refusal(() => read({ ...least, [name]: undefined }, 'x')),
        `${label}.${name}`,
      ).not.toBe('');
    }
  }
}

describe.each(UNIONS)('%s', (name, field, read) => {
  const { oneOf: variants = [] } = schemas[name];

  test('has the variants of its reader, no more and no fewer', () => {
    const said = refusal(() => read({ [field]: '?' }, 'x'));
    const known = /must be one of (.*)\.$/.exec(said)?.[1]?.split(', ');
    expect(variants.map(({ title }) => title).sort()).toEqual(known?.sort());
    expect(variants.map(({ properties }) => properties?.[field]?.const)).toEqual(
      variants.map(({ title }) => title),
    );
  });

  test('has the fields that its reader takes', () => {
    const valid = validator(name);
    for (const variant of variants) expectSameFields(variant, read, valid, `${name} ${variant.title}`);
  });
});

test.each(OBJECTS)('%s has the fields that its reader takes', (name, read) => {
  const valid = validator(name);
  expectSameFields(schemas[name], read, valid, name);
});

test('conditions have the shapes that their reader takes', () => {
  const said = refusal(() => readCondition({}, 'x'));
  const known = /must have one of (.*)\.$/.exec(said)?.[1]?.split(', ');
  const shapes = (schemas.SegmentCondition.oneOf ?? []).map(({ required = [] }) => required[0] ?? '');
  expect(shapes.sort()).toEqual(known?.sort());
  const valid = validator('SegmentCondition');
  for (const shape of schemas.SegmentCondition.oneOf ?? [])
    expectSameFields(shape, readCondition, valid, 'condition');
});

test('all nodes and tests are there', () => {
  expect(schemas.SegmentNode.oneOf).toHaveLength(NODE_KINDS.length);
  expect(schemas.SegmentTest.oneOf).toHaveLength(TEST_OPS.length);
});
