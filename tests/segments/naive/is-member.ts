/**
 * Whether a person belongs to a segment, said as plainly as `docs/specs/segments.md` says it, for tests alone: everything is worked out
 * anew from the list of all events, each time, and nothing is shared with the engines that it is compared with but the types.
 */
import type { JsonValue } from '../../../src/core/json.js';
import type { Node } from '../../../src/core/segments/definition.js';
import { bucketOf } from './bucket-of.js';
import { completes } from './completes.js';
import { computedValue } from './computed-value.js';
import { figureOf } from './figure-of.js';
import { holds } from './holds.js';
import { inOrder } from './in-order.js';
import type { NaiveEvent, NaivePerson, NaiveWorld } from './naive-person.js';
import { traitAt } from './value-at.js';

/** Whether a node's answer is yes, at `now`, in milliseconds. */
export function isMember(node: Node, person: NaivePerson, now: number, world: NaiveWorld): boolean {
  switch (node.kind) {
    case 'all':
      return node.of.every((one) => isMember(one, person, now, world));
    case 'any':
      return node.of.some((one) => isMember(one, person, now, world));
    case 'not':
      return !isMember(node.of, person, now, world);
    case 'trait':
      return holds(node.is, traitAt(traitsOf(person, now, world), node.trait), now);
    case 'events':
      return happened(node, person.events, now);
    case 'sequence':
      return completes(node, person.events, now);
    case 'segment':
      return isMember(segmentIn(world, node.segment), person, now, world);
    case 'account':
      return ofAccounts(node, person, now, world);
    case 'account_members':
      return ofMembers(node, person, now, world);
    case 'list':
      return isListed(node.list, person.events);
    case 'random':
      return bucketOf(person.id, node.salt ?? '') < node.percent * 100;
    case 'consent':
      return person.consent.get(node.purpose) === (node.given ?? true);
    default:
      return node satisfies never;
  }
}

/** The profile's traits, with the computed ones in place of those of the same names. */
function traitsOf(person: NaivePerson, now: number, { computed }: NaiveWorld): Map<string, JsonValue> {
  const traits = new Map(person.traits);
  for (const [name, one] of computed) {
    const value = computedValue(one, person, now);
    if (value === undefined) traits.delete(name);
    else traits.set(name, value);
  }
  return traits;
}

function happened(
  { is, ...value }: Extract<Node, { kind: 'events' }>,
  events: readonly NaiveEvent[],
  now: number,
): boolean {
  const figure = figureOf(value, events, now);
  if (is !== undefined) return holds(is, figure, now);
  return (value.measure?.kind ?? 'count') === 'count' ? Number(figure) >= 1 : figure !== undefined;
}

function segmentIn({ segments }: NaiveWorld, id: string): Node {
  const node = segments.get(id);
  if (node === undefined) throw new Error(`There is no segment ${id}`);
  return node;
}

function ofAccounts(
  { match, trait, is }: Extract<Node, { kind: 'account' }>,
  person: NaivePerson,
  now: number,
  { accounts }: NaiveWorld,
): boolean {
  const answers = person.accounts.map((id) => holds(is, traitAt(accounts.get(id) ?? new Map(), trait), now));
  if (match === 'any') return answers.some((yes) => yes);
  return match === 'all' ? answers.length > 0 && answers.every((yes) => yes) : !answers.some((yes) => yes);
}

function ofMembers(
  { match, segment }: Extract<Node, { kind: 'account_members' }>,
  person: NaivePerson,
  now: number,
  world: NaiveWorld,
): boolean {
  const inside = person.accounts.flatMap((id) =>
    world.people
      .filter(({ accounts }) => accounts.includes(id))
      .map((member) => isMember(segmentIn(world, segment), member, now, world)),
  );
  if (match === 'any') return inside.some((yes) => yes);
  return match === 'all' ? inside.length > 0 && inside.every((yes) => yes) : !inside.some((yes) => yes);
}

function isListed(list: string, events: readonly NaiveEvent[]): boolean {
  const words = events.filter(
    ({ type, name, properties }) =>
      type === 'track' &&
      (name === 'List Joined' || name === 'List Left') &&
      Object.hasOwn(properties, 'list_id') &&
      properties.list_id === list,
  );
  return inOrder(words).at(-1)?.name === 'List Joined';
}
