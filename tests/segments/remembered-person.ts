import type { MemberCount } from '../../src/core/account/member-count.js';
import { createEnricher } from '../../src/core/enrich/enrich.js';
import type { Event } from '../../src/core/event/event.js';
import type { Node } from '../../src/core/segments/definition.js';
import { routesOf } from '../../src/core/segments/events/selector.js';
import type { Leaf, LeafState } from '../../src/core/segments/leaves/leaf.js';
import type { Person } from '../../src/core/segments/person.js';
import { isMember } from './naive/is-member.js';
import type { NaivePerson, NaiveWorld } from './naive/naive-person.js';

const enrich = createEnricher(undefined);
const COLUMNS = ['properties', 'traits', 'context'] as const;

/** What is remembered of a person for each leaf, folded event by event. States are frozen, and go through their JSON each time. */
export class RememberedPerson {
  readonly states = new Map<Leaf, LeafState>();
  readonly #leaves: readonly Leaf[];

  constructor(leaves: Iterable<Leaf>) {
    this.#leaves = [...leaves];
  }

  /** Folds an event into the leaves that each of its routes leads to; they get the columns that they say they read, and no others. */
  add(event: Event): void {
    for (const route of routesOf(event)) {
      for (const leaf of this.#leaves) if (leaf.routes.includes(route)) this.#fold(leaf, event);
    }
  }

  #fold(leaf: Leaf, event: Event): void {
    const unread = COLUMNS.filter((column) => !leaf.reads.has(column)).map((column) => [column, {}]);
    const given = { event: { ...event, ...Object.fromEntries(unread) }, enrichment: enrich(event) };
    this.#set(leaf, leaf.add(this.states.get(leaf), given));
  }

  /** Takes another person's memory in. */
  join(other: RememberedPerson): void {
    for (const [leaf, state] of other.states) {
      const own = this.states.get(leaf);
      this.#set(leaf, own === undefined ? state : leaf.join(own, state));
    }
  }

  /** Forgets what cannot count any more. */
  prune(now: number): void {
    for (const [leaf, state] of this.states) this.#set(leaf, leaf.prune(state, now));
  }

  /** The person as definitions look at one. */
  seen({ id, traits, consent, accounts }: NaivePerson, world: NaiveWorld, now: number): Person {
    return {
      id,
      trait: (name) => traits.get(name),
      consent: (purpose) => consent.get(purpose),
      accounts: () => accounts.map((groupId) => (trait) => world.accounts.get(groupId)?.get(trait)),
      members: (segment) => accounts.map((groupId) => naiveCount(groupId, segment, now, world)),
      state: (leaf) => this.states.get(leaf),
    };
  }

  #set(leaf: Leaf, state: LeafState | undefined): void {
    if (state === undefined) this.states.delete(leaf);
    else this.states.set(leaf, frozen(JSON.parse(JSON.stringify(state)) as LeafState));
  }
}

function naiveCount(groupId: string, segment: string, now: number, world: NaiveWorld): MemberCount {
  const members = world.people.filter(({ accounts }) => accounts.includes(groupId));
  const node: Node = { kind: 'segment', segment };
  const inside = members.filter((member) => isMember(node, member, now, world));
  return { members: members.length, inside: inside.length };
}

function frozen(state: LeafState): LeafState {
  if (typeof state === 'object' && state !== null) Object.values(Object.freeze(state)).forEach(frozen);
  return state;
}
