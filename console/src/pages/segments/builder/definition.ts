/** What definitions are made of, and what the builder begins each part with. */
import type {
  Condition,
  Correlation,
  During,
  EventsValue,
  Measure,
  Node,
  Selector,
  Step,
  Test,
  Window,
} from '../../../../../src/core/segments/definition';

export type { Condition, Correlation, During, EventsValue, Measure, Node, Selector, Step, Test, Window };

/** A node that has none below it. */
export type LeafNode = Exclude<Node, { readonly kind: 'all' | 'any' | 'not' }>;

/** The same object with another value under a key, or without the key. */
export function put<Whole extends object, Key extends keyof Whole>(
  whole: Whole,
  key: Key,
  value: Whole[Key] | undefined,
): Whole {
  const { [key]: _, ...rest } = whole;
  return (value === undefined ? rest : { ...rest, [key]: value }) as Whole;
}

/** The same list with another part at a place, or without it. */
export function replaced<Part>(list: readonly Part[], index: number, part: Part | undefined): Part[] {
  return list.flatMap((one, place) => (place !== index ? [one] : part === undefined ? [] : [part]));
}

/** The same list with the parts at a place and at the next one exchanged. */
export function swapped<Part>(list: readonly Part[], index: number): Part[] {
  return [
    ...list.slice(0, index),
    ...list.slice(index + 1, index + 2),
    ...list.slice(index, index + 1),
    ...list.slice(index + 2),
  ];
}

/** Kinds of leaves, in the order in which they are offered. */
export const LEAVES: ReadonlyArray<{ readonly label: string; readonly make: () => LeafNode }> = [
  { label: 'Trait', make: () => ({ kind: 'trait', trait: '', is: { op: 'equals', value: '' } }) },
  { label: 'Behaviour', make: () => ({ kind: 'events', event: '' }) },
  { label: 'Sequence of events', make: () => ({ kind: 'sequence', steps: [{ event: '' }, { event: '' }] }) },
  {
    label: 'Account',
    make: () => ({ kind: 'account', match: 'any', trait: '', is: { op: 'equals', value: '' } }),
  },
  { label: 'Members of the account', make: () => ({ kind: 'account_members', match: 'any', segment: '' }) },
  { label: 'Another segment', make: () => ({ kind: 'segment', segment: '' }) },
  { label: 'List', make: () => ({ kind: 'list', list: '' }) },
  { label: 'Consent', make: () => ({ kind: 'consent', purpose: '' }) },
  { label: 'Random share', make: () => ({ kind: 'random', percent: 10 }) },
];
