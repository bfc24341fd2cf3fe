/** Mappings and events, such that paths often lead somewhere and directives are often used rightly. */
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../src/core/json.js';

const KEYS = ['a', 'b', 'c', 'name', 'total', 'products', 'a b', '0'];

const scalar = fc.oneof(
  fc.constantFrom<JsonValue>(
    '',
    'x',
    'Some Text',
    'ÄÖ-straße',
    'a,b',
    '$1',
    '{{a}}',
    'true',
    '0',
    '{"a":[1,null]}',
    '[1',
  ),
  fc.constantFrom<JsonValue>(0, 1, -2.5, 1e21, true, false, null),
  fc.string({ maxLength: 6 }),
);

const data: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...KEYS), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** An event, as small as it can be told apart by. */
export const mappedEvent: fc.Arbitrary<JsonObject> = fc.record(
  {
    type: fc.constantFrom('track', 'identify'),
    userId: fc.oneof(fc.constant(null), fc.string({ maxLength: 5 })),
    properties: fc.dictionary(fc.constantFrom(...KEYS), data, { maxKeys: 6, noNullPrototype: true }),
    traits: fc.dictionary(fc.constantFrom(...KEYS), data, { maxKeys: 4, noNullPrototype: true }),
    a: data,
    products: fc.array(fc.dictionary(fc.constantFrom(...KEYS), data, { maxKeys: 4, noNullPrototype: true }), {
      maxLength: 3,
    }),
  },
  { requiredKeys: ['type', 'properties'] },
) as fc.Arbitrary<JsonObject>;

const steps = fc.array(
  fc.oneof(
    fc.constantFrom(...KEYS.map((key) => `.${key}`)),
    fc.constantFrom('[0]', '[1]', "['a b']", '["a"]', '[x]', '.length', '..a', '.'),
  ),
  { maxLength: 3 },
);
const path = fc
  .tuple(
    fc.constantFrom('', '$.', '$', '$.$.'),
    fc.constantFrom('properties', 'traits', 'a', 'products', 'userId', 'b', '', '.'),
    steps,
  )
  .map(([dollar, root, rest]) => `${dollar}${root}${rest.join('')}`);

const placeholder = path.map((text) => `{{${text.replace('$.', '')}}}`);
const template = fc.oneof(
  fc
    .array(fc.oneof(placeholder, fc.constantFrom('Hi ', ', ', '{{', '}}', '{', '$&', '{{}}')), {
      maxLength: 4,
    })
    .map((pieces) => pieces.join('')),
  fc
    .array(
      fc.oneof(
        placeholder,
        placeholder.map((text) => `{${text}}`),
      ),
      { maxLength: 3 },
    )
    .map((pieces) => pieces.join(' ')),
);

const liquid = fc.constantFrom(
  'Hi {{ properties.name | default: "you" }}',
  '{{ properties.total | plus: 1 }} {{ a | upcase }}',
  '{% if properties.a %}yes {{ properties.a }}{% else %}no{% endif %}',
  '{% assign x = properties.b | append: "!" %}{{ x }}{{ x | size }}',
  '{{ properties["a b"] | json }}',
  '{{ properties.products | first }} {{ properties.products[0].name | truncate: 3 }}',
  '{% unless a %}{{ properties.total | times: 2.5 | round: 1 }}{% endunless %}',
);

const flag = fc.boolean();
const option = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 3 });

/** Without the keys that have nothing. */
function present(options: object): JsonObject {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as JsonObject;
}

const directives = fc.letrec<{ part: JsonValue; text: JsonValue; object: JsonValue; shape: JsonObject }>(
  (tie) => ({
    shape: fc.dictionary(fc.constantFrom(...KEYS), tie('part'), { maxKeys: 3, noNullPrototype: true }),
    object: fc.oneof(
      tie('shape'),
      path.map((at) => ({ '@path': at })),
    ),
    text: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      path.map((at) => ({ '@path': at })),
      template.map((text) => ({ '@template': text })),
      fc.string({ minLength: 1, maxLength: 5 }),
      fc
        .constantFrom(...['lower', 'upper'])
        .chain((operator) => tie('text').map((value) => ({ '@case': { operator, value } }))),
      fc
        .record({
          pattern: fc.constantFrom('e', 'x', '.', '[', 'a b', '-', '$'),
          replacement: option(fc.constantFrom('', '+', '$&', '$$', '$1')),
          pattern2: option(fc.constantFrom('t', '+')),
          replacement2: option(fc.constantFrom('', 'q')),
          global: option(flag),
          ignorecase: option(flag),
          value: tie('text'),
        })
        .map((options) => ({ '@replace': present(options) })),
    ) as fc.Arbitrary<JsonValue>,
    part: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      scalar,
      tie('text'),
      tie('shape'),
      fc.array(tie('part'), { maxLength: 3 }),
      liquid.map((text) => ({ '@liquid': text })),
      tie('part').map((value) => ({ '@literal': value })),
      tie('part').map((value) => ({ '@excludeWhenNull': value })),
      fc
        .tuple(fc.constantFrom('exists', 'blank'), path, option(tie('part')), option(tie('part')))
        .map(([test, at, then, other]) => ({
          '@if': present({ [test]: { '@path': at }, then, else: other }),
        })),
      fc
        .tuple(fc.oneof(path, tie('text')), option(tie('part')))
        .map(([list, shape]) => ({ '@arrayPath': shape === undefined ? [list] : [list, shape] })),
      fc
        .tuple(fc.constantFrom('left', 'right'), fc.array(tie('object'), { maxLength: 3 }))
        .map(([direction, objects]) => ({ '@merge': { direction, objects } })),
      fc
        .tuple(fc.constantFrom('.', '_', '__'), tie('part'), option(flag))
        .map(([separator, value, omitArrays]) => ({ '@flatten': present({ separator, value, omitArrays }) })),
      fc
        // Of what is literally nothing the library fails at each event, and ours when it is read.
        .tuple(fc.constantFrom('encode', 'decode'), tie('part').filter(Boolean))
        .map(([mode, value]) => ({ '@json': { mode, value } })),
      fc.tuple(tie('shape'), tie('object')).map(([apply, mapping]) => ({ '@transform': { apply, mapping } })),
    ) as fc.Arbitrary<JsonValue>,
  }),
);

/** A mapping of some fields. */
export const mappingArbitrary: fc.Arbitrary<JsonObject> = fc.dictionary(
  fc.constantFrom('email', 'id', 'value', 'list', 'text', 'all'),
  directives.part,
  {
    minKeys: 1,
    maxKeys: 4,
    noNullPrototype: true,
  },
) as fc.Arbitrary<JsonObject>;
