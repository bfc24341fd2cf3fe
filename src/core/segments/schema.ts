/**
 * JSON schemas of definitions, for clients and forms. They say the shape; what else must hold (a zone exists, a pattern is RE2) the
 * readers say with the path and the fix, and they alone decide what is taken.
 */
import { EVENT_FIELDS } from './events/event-field.js';
import type { NODE_KINDS } from './node.js';
import type { TEST_OPS } from './tests/test.js';

/** A JSON schema; `$ref` leads to others of `SEGMENT_SCHEMAS` by name. */
export type JsonSchema = { readonly [key: string]: unknown };

/** Where a document has these schemas. */
const REFERENCE = '#/components/schemas/';

const ref = (name: string): JsonSchema => ({ $ref: `${REFERENCE}${name}` });
const text: JsonSchema = { type: 'string', minLength: 1, maxLength: 2_000 };
const anyText: JsonSchema = { type: 'string', maxLength: 2_000 };
const number: JsonSchema = { type: 'number' };
const flag: JsonSchema = { type: 'boolean' };
const scalar: JsonSchema = { type: ['string', 'number', 'boolean'] };
const path: JsonSchema = {
  ...{ type: 'string', minLength: 1, maxLength: 2_000 },
  description: 'Keys separated by dots; a dot inside a key is `\\.`.',
};
const eventPath: JsonSchema = {
  ...path,
  description: `Begins with \`properties.\`, \`context.\` or \`traits.\`, or is one of ${Object.keys(EVENT_FIELDS).join(', ')}.`,
};
const duration: JsonSchema = {
  type: 'string',
  pattern: '^[0-9]{1,9} (second|minute|hour|day|week)s?$',
  examples: ['7 days'],
};
const moment: JsonSchema = { type: 'string', examples: ['2026-03-01', '2026-03-01T09:30:00Z'] };
const zone: JsonSchema = { type: 'string', examples: ['Europe/Berlin'] };
const listOf = (items: JsonSchema, minItems: number, maxItems: number): JsonSchema => ({
  ...{ type: 'array', items, minItems, maxItems },
});
const scalars = listOf(scalar, 1, 1_000);

type Fields = Readonly<Record<string, JsonSchema>>;

/** An object whose fields are these and no others. */
function object(required: Fields, optional: Fields = {}, description?: string): JsonSchema {
  return {
    type: 'object',
    properties: { ...required, ...optional },
    required: Object.keys(required),
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  };
}

/** At least one of some fields must be there. */
function anyOf(...fields: readonly string[]): JsonSchema {
  return { anyOf: fields.map((field) => ({ required: [field] })) };
}

/** One of several objects, told apart by the value of a field. */
function oneOf(field: string, variants: Readonly<Record<string, (name: string) => JsonSchema>>): JsonSchema {
  const named = Object.entries(variants).map(([name, make]) => {
    const { properties, required, ...rest } = make(name) as { properties: Fields; required: string[] };
    return {
      ...rest,
      title: name,
      properties: { [field]: { const: name }, ...properties },
      required: [field, ...required],
    };
  });
  return { oneOf: named };
}

const caseless: Fields = { ignoreCase: flag };
const tests = {
  equals: () => object({ value: scalar }, caseless),
  not_equals: () => object({ value: scalar }, caseless),
  in: () => object({ values: scalars }, caseless),
  not_in: () => object({ values: scalars }, caseless),
  contains: () => object({ value: anyText }, caseless),
  starts_with: () => object({ value: anyText }, caseless),
  ends_with: () => object({ value: anyText }, caseless),
  matches: () => object({ pattern: text }, caseless, 'RE2 syntax, found anywhere in the text.'),
  exists: () => object({}, {}, 'There, and not null.'),
  is_null: () => object({}, {}, 'Somebody said that there is none.'),
  is_missing: () => object({}, {}, 'Nobody said anything.'),
  gt: () => object({ value: number }),
  gte: () => object({ value: number }),
  lt: () => object({ value: number }),
  lte: () => object({ value: number }),
  between: () => object({ from: number, to: number }, {}, 'Both ends included.'),
  before: () => object({ date: moment }),
  after: () => object({ date: moment }),
  within_last: () => object({ duration }),
  within_next: () => object({ duration }),
  older_than: () => object({ duration }),
  anniversary: () => object({}, { inNextDays: { type: 'integer', minimum: 0, maximum: 366 }, zone }),
  near: () =>
    object({
      latitude: { type: 'number', minimum: -90, maximum: 90 },
      longitude: { type: 'number', minimum: -180, maximum: 180 },
      km: { type: 'number', minimum: 0, maximum: 20_040 },
    }),
  has_any: () => object({ values: scalars }, caseless),
  has_all: () => object({ values: scalars }, caseless),
  has_none: () => object({ values: scalars }, caseless),
} as const satisfies Record<(typeof TEST_OPS)[number], () => JsonSchema>;

const where: Fields = { where: ref('SegmentCondition'), during: ref('SegmentDuring') };
const selector: Fields = {
  event: { ...text, description: 'The name of a track call.' },
  type: { enum: ['identify', 'page', 'screen', 'group', 'alias'], description: 'Instead of event.' },
  name: { ...text, description: 'Of a page or screen.' },
  ...where,
};
const figure: Fields = { ...selector, measure: ref('SegmentMeasure'), window: ref('SegmentWindow') };
const measured = () => object({ of: eventPath });
const own = () => object({});
const parts = () => object({ of: listOf(ref('SegmentNode'), 1, 100) });
const span: Fields = { from: moment, to: moment };

const nodes = {
  all: parts,
  any: parts,
  not: () => object({ of: ref('SegmentNode') }),
  trait: () => object({ trait: path, is: ref('SegmentTest') }),
  events: () =>
    object(
      {},
      { ...figure, is: ref('SegmentTest') },
      'A figure of events, tested; without a test: it happened.',
    ),
  sequence: () =>
    object(
      { steps: listOf(ref('SegmentStep'), 1, 10) },
      {
        within: duration,
        same: ref('SegmentCorrelation'),
        window: { ...ref('SegmentWindow'), description: 'Not of kind since.' },
      },
    ),
  segment: () => object({ segment: { ...text, description: 'The id of another segment.' } }),
  account: () => object({ match: { enum: ['any', 'all', 'none'] }, trait: path, is: ref('SegmentTest') }),
  account_members: () =>
    object(
      {
        match: { enum: ['any', 'all', 'none'] },
        segment: { ...text, description: 'The id of a segment that asks about the person alone.' },
      },
      {},
      "How many of those who belong to the person's accounts, the person among them, are in a segment.",
    ),
  list: () => object({ list: text }),
  random: () => object({ percent: { type: 'number', minimum: 0, maximum: 100 } }, { salt: anyText }),
  consent: () => object({ purpose: text }, { given: flag }),
} as const satisfies Record<(typeof NODE_KINDS)[number], () => JsonSchema>;

/** The schemas by the names under which OpenAPI publishes them. */
export const SEGMENT_SCHEMAS = {
  SegmentNode: { description: 'The definition of a segment: a tree.', ...oneOf('kind', nodes) },
  SegmentTest: {
    description: 'A test of one value; false on null and missing but for is_null and is_missing.',
    ...oneOf('op', tests),
  },
  SegmentCondition: {
    description: 'A condition on one event, or on one item of an array in it.',
    oneOf: [
      object({ all: listOf(ref('SegmentCondition'), 1, 50) }),
      object({ any: listOf(ref('SegmentCondition'), 1, 50) }),
      object({ not: ref('SegmentCondition') }),
      object({
        field: {
          ...eventPath,
          description: `Of an event: ${eventPath.description} Of an item: ${path.description}`,
        },
        is: ref('SegmentTest'),
      }),
      object({ items: path, where: ref('SegmentCondition') }),
    ],
  },
  SegmentSelector: object({}, selector, 'Which events; with neither event nor type, any.'),
  SegmentDuring: {
    ...object(
      {},
      {
        hours: object({
          from: { type: 'integer', minimum: 0, maximum: 24 },
          to: { type: 'integer', minimum: 0, maximum: 24 },
        }),
        days: listOf({ type: 'integer', minimum: 1, maximum: 7, description: '1 is Monday.' }, 1, 7),
        zone: { ...zone, description: 'An IANA name, or person (the default): the own zone of the event.' },
      },
    ),
    ...anyOf('days', 'hours'),
  },
  SegmentMeasure: oneOf('kind', {
    ...{ count: own, first_at: own, last_at: own },
    ...{ sum: measured, avg: measured, min: measured, max: measured, distinct: measured, list: measured },
    ...{ first: measured, last: measured, most_frequent: measured },
  }),
  SegmentWindow: oneOf('kind', {
    ever: own,
    last: () => object({ duration }),
    between: () => ({ ...object({}, span, 'From (included) to (excluded).'), ...anyOf('from', 'to') }),
    since: () => object({ event: ref('SegmentSelector') }, {}, 'After the last of these events.'),
  }),
  SegmentFigure: object({}, figure, 'A figure of events.'),
  SegmentStep: object(
    {},
    {
      ...selector,
      within: { ...duration, description: 'At most this long after the step before.' },
      without: listOf(ref('SegmentSelector'), 1, 5),
      same: ref('SegmentCorrelation'),
      absent: { ...flag, description: 'Of the last step alone, with within: it did not happen.' },
    },
  ),
  SegmentCorrelation: {
    description: 'Where the value stands that all steps share, or those of an array of objects.',
    anyOf: [eventPath, object({ items: eventPath, field: path })],
  },
  ComputedTraitValue: {
    description: 'What a computed trait is made of.',
    ...oneOf('kind', {
      events: () => object({}, figure),
      ratio: () => object({ of: ref('SegmentFigure'), to: ref('SegmentFigure') }),
      days_since: () => object({}, selector),
    }),
  },
} as const satisfies Record<string, JsonSchema>;

/** The name of one of the schemas. */
export type SegmentSchemaName = keyof typeof SEGMENT_SCHEMAS;
