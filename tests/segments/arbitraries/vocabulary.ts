/**
 * The few words that histories and definitions share, so that what a definition asks for mostly comes up, and times fall exactly on
 * the ends of windows: all times lie on one grid, or a millisecond beside it, and all durations are multiples of its spacing.
 */
import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../../src/core/json.js';
import type { Duration, Path } from '../../../src/core/segments/definition.js';
import { maybe } from './maybe.js';

/** The spacing of the grid that times lie on. */
export const GRID_MS = 6 * 3_600_000;
/** Multiples of the spacing. */
export const DURATIONS: readonly Duration[] = ['6 hours', '12 hours', '1 day', '2 days', '3 days', '1 week'];
/** Where histories begin: about leap days and the changes of clocks, and on a plain day. */
export const BEGINNINGS: readonly number[] = [
  Date.UTC(2026, 6, 1),
  Date.UTC(2027, 1, 28, 12),
  Date.UTC(2028, 1, 28, 18),
  Date.UTC(2026, 2, 29),
  Date.UTC(2026, 9, 25, 6),
];
/** Names of zones, and what is none. */
export const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu'] as const;

/** Names of track calls; the last is rarer. */
export const EVENT_NAMES = ['Viewed', 'Ordered', 'Viewed', 'Ordered', 'Left'] as const;
/** Names of pages and screens, and none. */
export const PAGE_NAMES = ['Home', 'Cart', ''] as const;
/** Lists that people are put on. */
export const LISTS = ['vip', 'news'] as const;
/** Purposes that consent is given for. */
export const PURPOSES = ['ads', 'mail'] as const;
/** Sources that calls come from. */
export const SOURCES = ['src_web', 'src_till'] as const;
/** Accounts that group calls speak of. */
export const GROUPS = ['g0', 'g1', 'g2'] as const;

/** What kind of values a topic mostly has. */
export type TopicKind = 'number' | 'text' | 'boolean' | 'moment' | 'array' | 'place';

/** The first of each are the most frequent, so that a value and a bound often meet. */
const NUMBERS = [2, 2, 2, 0, 1, 5, 12.5, -3];
const TEXTS = ['a', 'a', 'a', 'a', '2', 'A', 'b', 'ab', 'Äpfel', ''];

/** A time on the grid, or a millisecond beside it. @param from,to in days from the beginning. */
export function timeNear(beginning: number, from: number, to: number): fc.Arbitrary<number> {
  const slots = fc.integer({
    min: Math.ceil((from * 86_400_000) / GRID_MS),
    max: (to * 86_400_000) / GRID_MS,
  });
  return fc
    .tuple(slots, fc.constantFrom(0, 0, 0, 0, 0, 0, 1, -1))
    .map(([slot, beside]) => beginning + slot * GRID_MS + beside);
}

/** A text that is a moment, in one of the forms that there are. */
export function momentText(beginning: number): fc.Arbitrary<string> {
  const near = timeNear(beginning, -3, 3);
  const birthdays = fc.constantFrom(
    '2000-02-29',
    '1988-02-28',
    '1999-03-01',
    '1990-07-02',
    '1970-10-25',
    '1985-03-30',
  );
  return fc.oneof(
    near.map((at) => new Date(at).toISOString()),
    near.map((at) => new Date(at).toISOString().slice(0, 10)),
    near.map((at) => `${new Date(at + 7_200_000).toISOString().slice(0, 23).replace('T', ' ')}+02:00`),
    near.map((at) => new Date(at).toISOString().slice(0, 16)),
    birthdays,
  );
}

/** The scalars of one kind. */
export function scalarOf(kind: TopicKind, beginning: number): fc.Arbitrary<string | number | boolean> {
  if (kind === 'number') return fc.constantFrom(...NUMBERS);
  if (kind === 'boolean') return fc.boolean();
  if (kind === 'moment') return momentText(beginning);
  return fc.constantFrom(...TEXTS);
}

/** Scalars of any kind, those of different types that look alike among them. */
export const anyScalar = fc.constantFrom<string | number | boolean>(
  'a',
  'a',
  'A',
  'b',
  '1',
  1,
  1,
  true,
  'true',
);

/** A value of a kind, as a client sends it; now and then one of another kind. */
export function valueOfKind(kind: TopicKind, beginning: number): fc.Arbitrary<JsonValue> {
  const usual: fc.Arbitrary<JsonValue> =
    kind === 'array'
      ? fc.array(anyScalar, { maxLength: 4, size: 'max' })
      : kind === 'place'
        ? place
        : scalarOf(kind, beginning);
  const odd = fc.constantFrom<JsonValue>('1', 1, true, [], {}, { x: null }, 'b', ['a', null], [{ x: 'a' }]);
  return fc.oneof(
    { weight: 16, arbitrary: usual },
    { weight: 4, arbitrary: fc.constant(null) },
    { weight: 1, arbitrary: odd },
  );
}

const place: fc.Arbitrary<JsonObject> = fc
  .tuple(fc.constantFrom(0, 1, 52.5), fc.constantFrom(0, 1, 13.4))
  .chain(([a, b]) =>
    fc.constantFrom<JsonObject>(
      { latitude: a, longitude: b },
      { lat: a, lng: b },
      { lat: a, lon: b },
      { latitude: a, longitude: String(b) },
    ),
  );

/** Something that a path leads to. */
export interface Topic {
  readonly path: Path;
  readonly kind: TopicKind;
}

/** Of the properties of track calls. */
export const PROPERTIES: readonly Topic[] = [
  { path: 'total', kind: 'number' },
  { path: 'sku', kind: 'text' },
  { path: 'gift', kind: 'boolean' },
  { path: 'due', kind: 'moment' },
  { path: 'place', kind: 'place' },
  { path: 'tags', kind: 'array' },
  { path: 'a\\.b', kind: 'number' },
  { path: 'deep.x', kind: 'text' },
];
/** Of the items of `properties.products`. */
export const ITEM_FIELDS: readonly Topic[] = [
  { path: 'sku', kind: 'text' },
  { path: 'price', kind: 'number' },
  { path: 'tags', kind: 'array' },
  { path: 'deep.x', kind: 'text' },
];
/** Of people, sent by identify calls. */
export const TRAITS: readonly Topic[] = [
  { path: 'plan', kind: 'text' },
  { path: 'age', kind: 'number' },
  { path: 'staff', kind: 'boolean' },
  { path: 'born', kind: 'moment' },
  { path: 'likes', kind: 'array' },
  { path: 'home', kind: 'place' },
  { path: 'a\\.b', kind: 'text' },
  { path: 'deep.x', kind: 'text' },
];
/** Of accounts, sent by group calls. */
export const ACCOUNT_TRAITS: readonly Topic[] = [
  { path: 'plan', kind: 'text' },
  { path: 'seats', kind: 'number' },
  { path: 'deep.x', kind: 'text' },
];
/** Of the context of any call. */
export const CONTEXT: readonly Topic[] = [
  { path: 'locale', kind: 'text' },
  { path: 'deep.x', kind: 'number' },
];

/** An object in which some of the topics have values: mostly most of them. */
export function objectOf(topics: readonly Topic[], beginning: number): fc.Arbitrary<JsonObject> {
  const parts = topics.map(({ path, kind }) =>
    maybe(
      8,
      valueOfKind(kind, beginning).map((value) => nested(path, value)),
    ),
  );
  return fc.tuple(...parts).map((objects) => Object.assign({}, ...objects) as JsonObject);
}

function nested(path: Path, value: JsonValue): JsonObject {
  const [key, inner] = path.split(/(?<!\\)\./).map((one) => one.replaceAll('\\.', '.'));
  return { [key ?? '']: inner === undefined ? value : { [inner]: value } };
}

/** The same topics below another one. */
export function below(prefix: string, topics: readonly Topic[]): Topic[] {
  return topics.map(({ path, kind }) => ({ path: `${prefix}.${path}`, kind }));
}
