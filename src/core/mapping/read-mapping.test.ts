import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../json.js';
import { LIMITS } from '../limits.js';
import { MappingFault } from './part.js';
import { readMapping } from './read-mapping.js';

const tools = {
  sha256: (text: string, encoding: 'hex' | 'base64') => createHash('sha256').update(text).digest(encoding),
};

function make(mapping: JsonValue, event: JsonValue): JsonValue | undefined {
  return readMapping(mapping).evaluate(event, tools);
}

const at = (path: string) => ({ '@path': path });

describe('a mapping that is wrong is refused with the path and the fix', () => {
  test.each<[JsonValue, string]>([
    [
      { email: { '@if': { exists: at('$.a'), then: { '@pth': 'x' } } } },
      'mapping.email.@if.then.@pth: is no directive. Did you mean @path?',
    ],
    [{ email: { '@path': '$.a', default: 'x' } }, 'mapping.email: has @path beside other keys'],
    [{ email: [{ '@path': '$.a', x: 1 }] }, 'mapping.email[0]: has @path beside other keys'],
    [{ email: { '@path': 5 } }, 'mapping.email.@path: must be a text or a directive.'],
    [{ email: { '@if': { then: 1 } } }, 'mapping.email.@if: needs exists, or blank'],
    [
      { email: { '@if': { exists: at('a'), blank: at('a') } } },
      'mapping.email.@if: must have either exists or blank.',
    ],
    [
      { email: { '@case': { operator: 'title', value: 'x' } } },
      'mapping.email.@case.operator: must be one of lower, upper.',
    ],
    [
      { email: { '@replace': { pattern: 'far too long a text', value: 'x' } } },
      'mapping.email.@replace.pattern: must have at most 10',
    ],
    [
      { email: { '@replace': { pattern: 'x', replacement: '$`', value: 'x' } } },
      'mapping.email.@replace.replacement: must not hold',
    ],
    [
      { email: { '@merge': { direction: 'right', objects: ['x'] } } },
      'mapping.email.@merge.objects[0]: must be an object or a directive.',
    ],
    [
      { email: { '@json': { mode: 'Encode', value: at('a') } } },
      'mapping.email.@json.mode: must be one of encode, decode.',
    ],
    [{ email: { '@flatten': { value: at('a') } } }, 'mapping.email.@flatten.separator: must be a text'],
    [
      { email: { '@transform': { apply: 'x', mapping: {} } } },
      'mapping.email.@transform.apply: must be an object or a directive.',
    ],
    [
      { email: { '@liquid': '{% for x in y %}{% endfor %}' } },
      'mapping.email.@liquid: is no Liquid template that can be used here',
    ],
    [
      { email: { '@liquid': '{{ a | sort }}' } },
      'mapping.email.@liquid: is no Liquid template that can be used here',
    ],
    [
      { email: { '@hash': { value: at('a'), normalise: 'emial' } } },
      'mapping.email.@hash.normalise: did you mean email?',
    ],
    [
      { email: { '@dateFormat': { value: at('a'), format: 'YYYY' } } },
      'mapping.email.@dateFormat.format: format YYYY is not known.',
    ],
    [
      { email: { '@dateFormat': { value: at('a'), format: '%Q' } } },
      'mapping.email.@dateFormat.format: format has %Q',
    ],
    [
      { email: { '@dateFormat': { value: at('a'), format: 'iso', timezone: 'Mars' } } },
      'timezone Mars is not known',
    ],
    [
      { email: { '@case': { operator: 'upper', value: { '@coupon': { pool: 'x' } } } } },
      'mapping.email.@case.value: is known only when it is sent',
    ],
    [
      { email: { '@merge': { direction: 'left', objects: [{ '@coupon': { pool: 'x' } }] } } },
      'mapping.email.@merge.objects[0]: is known only',
    ],
    [
      { email: { '@recommendations': { limit: 0 } } },
      'mapping.email.@recommendations.limit: must be a number from 1 to 50.',
    ],
    [{ email: { '@coupon': { pool: 'x', pol: 'y' } } }, 'mapping.email.@coupon.pol: is not known here.'],
    [JSON.parse('{"a":{"__proto__":{"x":1}}}') as JsonValue, 'mapping.a.__proto__: cannot be a name.'],
    [Array.from({ length: LIMITS.mappingValuesMax + 1 }, () => 1), 'has more than 2000 values.'],
    [nested(LIMITS.mappingDepthMax + 1), 'is nested more than 32 deep.'],
    ['x'.repeat(LIMITS.mappingTextCharsMax + 1), 'must have at most 10000 characters.'],
  ])('%j', (mapping, message) => {
    expect(() => readMapping(mapping)).toThrow(message);
    expect(() => readMapping(mapping)).toThrow(expect.objectContaining({ code: 'definition_invalid' }));
  });
});

function nested(depth: number): JsonValue {
  return depth === 0 ? at('a') : [nested(depth - 1)];
}

describe('an event that does not give what a directive needs is a fault that tells the path', () => {
  test.each<[JsonValue, string]>([
    [{ x: { '@path': at('none') } }, 'mapping.x.@path: must be given a text for this event.'],
    [{ x: { '@template': at('none') } }, 'mapping.x.@template: must be given a text for this event.'],
    [
      { x: { '@coupon': { pool: at('none') } } },
      'mapping.x.@coupon.pool: must be given a text for this event.',
    ],
    [{ x: { '@hash': { value: at('all') } } }, 'mapping.x.@hash.value: must be a text'],
    [
      { x: { '@arrayPath': ['list', { '@transform': { apply: {}, mapping: {} } }] } },
      'mapping.x.@arrayPath[1].@transform: must be given an object',
    ],
  ])('%j', (mapping, message) => {
    const event = { all: { a: 1 }, list: [1] };
    expect(() => make(mapping, event)).toThrow(MappingFault);
    expect(() => make(mapping, event)).toThrow(message);
  });
});

describe('what customers name their keys', () => {
  const hostile = JSON.parse(
    '{"a":{"__proto__":{"admin":true},"constructor":{"name":"x"},"toString":1,"b":null}}',
  ) as JsonValue;

  test('is data, wherever a directive carries it', () => {
    for (const mapping of [
      at('a'),
      { '@merge': { direction: 'right', objects: [{}, at('a')] } },
      { '@transform': { apply: { c: at('a') }, mapping: at('c') } },
      { '@json': { mode: 'decode', value: { '@json': { mode: 'encode', value: at('a') } } } },
    ]) {
      expect(JSON.stringify(make(mapping, hostile))).toBe(JSON.stringify((hostile as { a: JsonValue }).a));
    }
    const cleaned = make({ '@excludeWhenNull': at('a') }, hostile);
    expect(JSON.stringify(cleaned)).toBe(
      '{"__proto__":{"admin":true},"constructor":{"name":"x"},"toString":1}',
    );
    expect(JSON.stringify(make({ '@flatten': { separator: '.', value: at('a') } }, hostile))).toBe(
      '{"__proto__.admin":true,"constructor.name":"x","toString":1,"b":null}',
    );
    expect(({} as { admin?: boolean }).admin).toBeUndefined();
  });

  test('is read by a path, and what is inherited is not', () => {
    expect(make(at('a.__proto__.admin'), hostile)).toBe(true);
    expect(
      make([at('x.__proto__'), at('constructor'), at('list.map'), at('text.trim')], {
        x: {},
        list: [1],
        text: 't',
      }),
    ).toEqual([null, null, null, null]);
    expect(make({ '@template': '{{constructor}}{{a.toString}}' }, hostile)).toBe('1');
  });
});

describe('what a mapping makes is bounded', () => {
  const doubled = (depth: number): JsonValue =>
    depth === 0
      ? at('$.a')
      : { '@transform': { apply: { a: doubled(depth - 1) }, mapping: { x: at('a'), y: at('a') } } };
  const quoted = (depth: number): JsonValue =>
    depth === 0 ? at('$.a') : { '@json': { mode: 'encode', value: quoted(depth - 1) } };
  const pasted = (depth: number): JsonValue =>
    depth === 0
      ? { '@template': '{{a}}{{a}}' }
      : { '@transform': { apply: { a: pasted(depth - 1) }, mapping: { '@template': '{{a}}{{a}}' } } };

  test.each([
    ['objects that hold each other', doubled(14)],
    ['texts within texts', quoted(28)],
    ['templates of templates', pasted(14)],
    ['a text many times over', { '@template': '{{long}}'.repeat(1_000) }],
    ['a date of any width', { '@liquid': '{{ "2026-03-01" | date: "%900000000d" }}' }],
    [
      'Liquid that doubles',
      { '@liquid': `{% assign x = long %}${'{% assign x = x | append: x %}'.repeat(30)}{{ x }}` },
    ],
    ['an event many times over', Array.from({ length: 900 }, () => at('long'))],
  ] as Array<[string, JsonValue]>)('%s', (_, mapping) => {
    const event = { a: '"some text"'.repeat(20), long: 'x'.repeat(5_000) };
    expect(() => make(mapping, event)).toThrow(MappingFault);
  });

  test('a text of JSON that is nested without end is a fault, not a crash', () => {
    const event = { a: '['.repeat(100_000) + ']'.repeat(100_000) };
    expect(() => make({ '@json': { mode: 'decode', value: at('a') } }, event)).toThrow(MappingFault);
  });
});

test('data that is brought into a text is never a template in its turn', () => {
  const event = { a: '{{secret}} {{{secret}}}', secret: 'S' };
  expect(make({ '@template': '{{{a}}}|{{a}}' }, event)).toBe(
    '{{secret}} {{{secret}}}|{{secret}} {{{secret}}}',
  );
});

test('the paths that are read are told, those within items and transforms as the list that they are of', () => {
  const { pathsRead } = readMapping({
    a: at("$.properties['ship to'].city"),
    b: { '@template': '{{traits.name}} {{traits.name}}' },
    c: { '@arrayPath': ['$.properties.products', { id: at('$.sku') }] },
    d: { '@transform': { apply: { x: at('userId') }, mapping: { y: at('x') } } },
    e: { '@liquid': '{{ context.page.url | upcase }}' },
    f: { '@hash': { value: at('profile.traits.email') } },
  });
  expect(pathsRead).toEqual([
    ...[
      'properties.ship to.city',
      'traits.name',
      'properties.products',
      'userId',
      'context.page.url',
      'profile.traits.email',
    ],
  ]);
  expect(readMapping({ a: { '@path': at('which') } }).pathsRead).toEqual(['which', '$']);
});

test('fields beside a directive around all of them become its mapping', () => {
  const mapping = {
    __segment_internal_directive: {
      '@transform': { apply: { '@merge': { direction: 'right', objects: [at('a'), at('b')] } } },
    },
    id: at('$.x'),
  };
  expect(make(mapping, { a: { x: 1 }, b: { x: 2 } })).toEqual({ id: 2 });
});

test('a Liquid template knows no clock but the time of receipt', () => {
  const mapping = { '@liquid': '{{ "now" | date: "%Y-%m-%dT%H:%M" }} {{ "today" | date_to_xmlschema }}' };
  expect(make(mapping, { receivedAt: '2026-03-01T09:30:01.000Z' })).toBe(
    '2026-03-01T09:30 2026-03-01T09:30:01+00:00',
  );
  expect(() => readMapping({ '@liquid': '{{ a | sample }}' })).toThrow('undefined filter: sample');
});

test('a mapping without directives is the same for all events', () => {
  expect(readMapping({ a: [1, { b: 'x' }] }).constant).toEqual({ a: [1, { b: 'x' }] });
  expect(readMapping({ a: at('x') }).constant).toBeUndefined();
});
