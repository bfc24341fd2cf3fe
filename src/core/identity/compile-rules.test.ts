import { describe, expect, test } from 'vitest';
import { anEvent } from '../../../tests/support/an-event.js';
import type { JsonObject } from '../json.js';
import { LIMITS } from '../limits.js';
import { compileRules } from './compile-rules.js';
import type { Identifier } from './identifier.js';
import type { IdentityRules } from './rules.js';
import { DEFAULT_RULES } from './rules.js';

type Given = Parameters<typeof anEvent>[0];
const keys = (list: readonly Identifier[]) => list.map(({ kind, value }) => `${kind}:${value}`);

function given(event: Given, rules: IdentityRules = DEFAULT_RULES, blocked: readonly Identifier[] = []) {
  const { identifiers, faults } = compileRules(rules, blocked).identify(anEvent(event));
  return { keys: keys(identifiers), faults: faults.map(({ kind, reason }) => `${kind} ${reason}`) };
}

/** Rules with one kind, which reads `traits.x`. */
function oneKind(
  rule: Partial<IdentityRules['identifiers'][number]>,
  more: Partial<IdentityRules> = {},
): IdentityRules {
  return { identifiers: [{ kind: 'x', from: ['traits.x'], ...rule }], ...more };
}

test('the values that are blocked by default can be let in, all or some, for one kind', () => {
  const of = (rule: Parameters<typeof oneKind>[0], ...values: string[]) =>
    values.map((x) => given({ traits: { x } }, oneKind(rule)).keys[0] ?? 'blocked');
  const values = ['test', 'Guest', '000'];
  expect(of({}, ...values)).toEqual(['blocked', 'blocked', 'blocked']);
  expect(of({ defaultBlocked: false }, ...values)).toEqual(['x:test', 'x:Guest', 'x:000']);
  expect(of({ notBlocked: ['GUEST', '000'] }, ...values)).toEqual(['blocked', 'x:Guest', 'x:000']);
  expect(of({ defaultBlocked: false, blocked: ['guest'] }, ...values)).toEqual([
    'x:test',
    'blocked',
    'x:000',
  ]);
  const address: Parameters<typeof oneKind>[0] = { normalise: 'email', notBlocked: ['test@test.com'] };
  expect(of(address, 'Test@Test.com', 'a@a.com')).toEqual(['x:test@test.com', 'blocked']);
  expect(of({ defaultBlocked: false, format: '\\d+' }, 'test', '000')).toEqual(['blocked', 'x:000']);
  expect(compileRules(oneKind({}), []).normalise('x', 'test')).toBe('test');
});

test('kinds have their rank and what the rules say, or what is usual', () => {
  const { kinds, kindOf } = compileRules(DEFAULT_RULES);
  expect(kinds.map(({ kind, rank }) => `${rank} ${kind}`)).toEqual([
    '0 user_id',
    '1 email',
    '2 phone',
    '3 anonymous_id',
  ]);
  expect(kindOf('anonymous_id')).toEqual({
    ...{ kind: 'anonymous_id', rank: 3, unique: false, merges: false, moves: true, peopleMax: 20 },
    limit: { count: 100, withinMs: 30 * 24 * 60 * 60 * 1000 },
  });
  expect(kindOf('user_id')).toEqual({
    ...{ kind: 'user_id', rank: 0, unique: true, merges: true, moves: false },
    ...{ limit: undefined, peopleMax: Number.POSITIVE_INFINITY },
  });
  expect(kindOf('email')?.limit).toEqual({ count: 10, withinMs: Number.POSITIVE_INFINITY });
  expect(kindOf('constructor')).toBeUndefined();
});

describe('identify', () => {
  test('gives the strongest first, each once and with its key', () => {
    const traits = { email: 'Ann@Example.com ', phone: '+49 30 12345678' };
    const event = anEvent({
      userId: 'u',
      anonymousId: 'a',
      traits,
      context: { traits: { email: 'ann@example.com' } },
    });
    expect(compileRules(DEFAULT_RULES).identify(event)).toEqual({
      identifiers: [
        { kind: 'user_id', value: 'u', key: 'user_id\nu' },
        { kind: 'email', value: 'ann@example.com', key: 'email\nann@example.com' },
        { kind: 'phone', value: '+493012345678', key: 'phone\n+493012345678' },
        { kind: 'anonymous_id', value: 'a', key: 'anonymous_id\na' },
      ],
      faults: [],
    });
    expect(given({})).toEqual({ keys: [], faults: [] });
  });

  test('reports what is invalid or blocked, each once, and passes over what is missing', () => {
    expect(
      given({
        userId: 'null',
        anonymousId: '\u0958'.repeat(300),
        traits: { email: 'x', phone: 12 },
        context: { traits: { email: 'y' } },
      }),
    ).toEqual({
      keys: [],
      faults: ['user_id blocked', 'email invalid', 'phone invalid', 'anonymous_id invalid'],
    });
    expect(given({ traits: { email: 'n/a' }, context: { traits: { email: 'broken' } } }).faults).toEqual([
      'email blocked',
      'email invalid',
    ]);
    for (const nothing of [null, '', '  ', []]) {
      expect(given({ traits: { email: nothing, phone: nothing } })).toEqual({ keys: [], faults: [] });
    }
    for (const wrong of [true, {}, 1.5, 2 ** 53, [[]]]) {
      expect(given({ traits: { x: wrong as never } }, oneKind({})).faults).toEqual(['x invalid']);
    }
  });

  test('takes whole numbers, and several values of an array up to a bound', () => {
    expect(given({ traits: { x: 42 } }, oneKind({})).keys).toEqual(['x:42']);
    expect(given({ traits: { x: ['b', 'a', 'b', null, ' a '] } }, oneKind({})).keys).toEqual(['x:b', 'x:a']);
    const many = Array.from({ length: 100 }, (_, index) => `v${index}`);
    expect(given({ traits: { x: many } }, oneKind({})).keys).toHaveLength(20);
  });

  test('reads a path of one source in its events alone', () => {
    const rules = oneKind({ from: ['traits.x', { source: 'src_a', path: 'properties.x' }] });
    const event = { traits: { x: '1' }, properties: { x: '2' } };
    expect(given({ ...event, sourceId: 'src_a' }, rules).keys).toEqual(['x:1', 'x:2']);
    expect(given({ ...event, sourceId: 'src_b' }, rules).keys).toEqual(['x:1']);
  });

  test('never reads what an object inherits', () => {
    const rules = oneKind({
      from: ['traits.constructor.name', 'traits.__proto__.x', 'context.toString.name'],
    });
    expect(given({}, rules)).toEqual({ keys: [], faults: [] });
    const traits = JSON.parse('{"__proto__":{"x":"own"}}') as JsonObject;
    expect(given({ traits }, rules).keys).toEqual(['x:own']);
  });

  test('compares text in composed form, and keeps its case unless told otherwise', () => {
    expect(given({ userId: 'Zoe\u0308' }).keys).toEqual(['user_id:Zo\u00eb']);
    expect(given({ traits: { x: 'ÄB' } }, oneKind({ normalise: 'lower' })).keys).toEqual(['x:äb']);
    expect(given({ traits: { x: 'y'.repeat(LIMITS.identifierCharsMax + 1) } }, oneKind({})).faults).toEqual([
      'x invalid',
    ]);
  });

  test('asks of a format that the whole value has it', () => {
    const rules = oneKind({ format: '[A-Z]{2}\\d+' });
    expect(given({ traits: { x: 'DE12' } }, rules).keys).toEqual(['x:DE12']);
    for (const x of ['DE12x', 'xDE12', 'de12'])
      expect(given({ traits: { x } }, rules).faults).toEqual(['x invalid']);
  });

  test('passes over values that the kind blocks, and single ones that an operator blocked', () => {
    const rules = oneKind({ blocked: ['Shop', '/robot-\\d+/'], normalise: 'lower' });
    const single = [{ kind: 'x', value: 'shared' }];
    for (const x of ['SHOP', 'robot-7', 'Shared']) {
      expect(given({ traits: { x } }, rules, single)).toEqual({ keys: [], faults: ['x blocked'] });
    }
    expect(given({ traits: { x: 'shops' } }, rules, single).keys).toEqual(['x:shops']);
    expect(given({ traits: { x: 'shared' } }, rules, [{ kind: 'y', value: 'shared' }]).keys).toEqual([
      'x:shared',
    ]);
  });

  test('blocks an address however it is written', () => {
    const rules = oneKind(
      { normalise: 'email', blocked: ['a.nn@gmail.com'] },
      { email: { ignoreDots: ['gmail.com'] } },
    );
    for (const x of ['ann@gmail.com', 'A.N.N@gmail.com'])
      expect(given({ traits: { x } }, rules).faults).toEqual(['x blocked']);
    // Blocked for every kind, once the provider's dots are gone.
    expect(given({ traits: { x: 'te.st@gmail.com' } }, rules).faults).toEqual(['x blocked']);
  });

  test('reads a number without a prefix as one of the person’s country, else of the source’s', () => {
    const rules = oneKind(
      { normalise: 'phone' },
      { phone: { countryOf: [{ source: 'src_fr', country: 'FR' }] } },
    );
    const x = '06 12 34 56 78';
    expect(given({ traits: { x } }, rules).faults).toEqual(['x invalid']);
    expect(given({ traits: { x }, sourceId: 'src_fr' }, rules).keys).toEqual(['x:+33612345678']);
    expect(given({ traits: { x, country: 'nl' }, sourceId: 'src_fr' }, rules).keys).toEqual([
      'x:+31612345678',
    ]);
    expect(given({ traits: { x: '+33612345678', country: 'nl' } }, rules).keys).toEqual(['x:+33612345678']);
    expect(given({ traits: { x: 493012345678, country: 'de' } }, rules).keys).toEqual(['x:+493012345678']);
  });
});

test('normalise gives nothing for what is invalid or of no kind, and the blocked as they are', () => {
  const { normalise } = compileRules({ ...DEFAULT_RULES, phone: { country: 'DE' } }, [
    { kind: 'user_id', value: 'Shared' },
  ]);
  expect(normalise('user_id', ' U1 ')).toBe('U1');
  expect(normalise('phone', '030 12345678')).toBe('+493012345678');
  expect([normalise('user_id', 'Shared'), normalise('user_id', ' null ')]).toEqual(['Shared', 'null']);
  for (const [kind, value] of [
    ['user_id', ''],
    ['email', 'x'],
    ['card', '1'],
    ['__proto__', '1'],
  ] as const) {
    expect(normalise(kind, value)).toBe('');
  }
});

describe('named', () => {
  const rules: IdentityRules = {
    identifiers: [
      { kind: 'user_id', from: ['userId'], format: 'U\\d+' },
      { kind: 'email', from: ['traits.email'], normalise: 'email' },
      { kind: 'phone', from: ['traits.phone'], normalise: 'phone' },
      { kind: 'anonymous_id', from: [{ source: 'src_web', path: 'anonymousId' }] },
    ],
  };
  const { named, identify } = compileRules(rules);
  const merge = (mergeProperties: unknown) =>
    anEvent({ type: 'merge', properties: { mergeProperties } as JsonObject });

  test('of an alias is its previousId under each kind that it may be of', () => {
    const alias = (previousId: string, sourceId = 'src_web') =>
      anEvent({ type: 'alias', userId: 'U1', previousId, sourceId });
    expect(keys(named(alias('U2')))).toEqual(['user_id:U2', 'anonymous_id:U2']);
    expect(keys(named(alias('U2', 'src_other')))).toEqual(['user_id:U2']);
    expect(keys(named(alias('device')))).toEqual(['anonymous_id:device']);
    expect(identify(alias('device')).faults).toEqual([]);
    expect(named(alias('null'))).toEqual([]);
    expect(identify(alias('null')).faults).toEqual([
      { kind: 'user_id', reason: 'blocked' },
      { kind: 'anonymous_id', reason: 'blocked' },
    ]);
  });

  test('of a merge are all that it lists, strongest first and each once', () => {
    const event = merge([
      { type: 'mobile', value: '+49 30 12345678' },
      { type: 'email', value: 'B@Example.com' },
      { type: 'email', value: 'a@example.com' },
      { type: 'email', value: 'b@example.com' },
      { type: 'user_id', value: 'U7' },
    ]);
    expect(keys(named(event))).toEqual([
      'user_id:U7',
      'email:b@example.com',
      'email:a@example.com',
      'phone:+493012345678',
    ]);
    expect(identify(event)).toEqual({ identifiers: [], faults: [] });
  });

  test('leaves out, and reports, what cannot be used; kinds that nobody knows are left out alone', () => {
    const event = merge([
      ...[
        { type: 'email', value: 'broken' },
        { type: 'constructor', value: 'x' },
        { type: 7, value: 'x' },
      ],
      ...[null, { type: 'email' }, { value: 'x' }, { type: 'phone', value: 'none' }],
    ]);
    expect(named(event)).toEqual([]);
    expect(identify(event).faults).toEqual([
      { kind: 'email', reason: 'invalid' },
      { kind: 'phone', reason: 'blocked' },
    ]);
    expect(named(merge('x'))).toEqual([]);
  });

  test('lets a kind be called mobile', () => {
    const own = compileRules({
      identifiers: [...rules.identifiers, { kind: 'mobile', from: ['traits.mobile'] }],
    });
    expect(keys(own.named(merge([{ type: 'mobile', value: 'm' }])))).toEqual(['mobile:m']);
  });

  test('of other calls is nothing', () => {
    const properties = { mergeProperties: [{ type: 'email', value: 'a@example.com' }] };
    expect(named(anEvent({ previousId: 'U2', properties }))).toEqual([]);
  });
});
