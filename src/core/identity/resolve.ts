/**
 * Identity resolution, deterministic and pure: whose is this event, and what does it teach about who is who?
 * The answer is a decision; the caller carries it out on the graph and the profiles.
 *
 * Rules:
 * - The strongest identifier that is known decides the profile (user_id, then email, then anonymous_id).
 * - Unknown identifiers attach to that profile. None known: a new profile, its id derived from the strongest one.
 * - Several profiles: they merge into that of the strongest identifier, unless that would put two user_ids on one
 *   profile. Then a weaker identifier that is a device (anonymous_id) moves on to the event's user, since devices change
 *   hands; an e-mail address stays with its owner, and the refusal is reported.
 * - `alias` says outright that two names are one person: the strongest identifier of the call and its previousId. These two
 *   may join two user_ids; whatever else comes along with them, such as the device, follows the other rules.
 */
import type { Event } from '../event/event.js';
import type { Identifier } from './identifier.js';
import { identifiersOf } from './identifier.js';

/** What resolution may ask of the graph as it stands before the event. */
export interface IdentityGraph {
  /** The profile that an identifier belongs to. */
  profileOf(identifier: Identifier): string | undefined;
  /** The user_ids of a profile. */
  userIdsOf(profileId: string): readonly string[];
}

/** The decision. Only `profileId` is ever set alone: an event of a known person with nothing new. */
export interface Resolution {
  readonly profileId: string;
  /** Every identifier of the event that belongs to the profile once the decision is carried out. */
  readonly identifiers: readonly Identifier[];
  readonly created: boolean;
  /** Those of `identifiers` that are new to the graph, or that move here from another profile. */
  readonly linked: readonly Identifier[];
  /** Profiles that this one takes in. */
  readonly merged: readonly string[];
  /** Links that a rule forbade: the identifier stays where it was. */
  readonly refused: readonly Identifier[];
}

/**
 * Resolves one event.
 * @param own the event's identifiers, when they are known already.
 * @param idFor derives a new profile's id from its first identifier; the same identifier must give the same id.
 */
export function resolve(
  event: Event,
  graph: IdentityGraph,
  idFor: (first: Identifier) => string,
  own: readonly Identifier[] = identifiersOf(event),
): Resolution {
  const holder = event.type === 'alias' ? undefined : commonHolder(own, graph);
  if (holder !== undefined) return { ...NOTHING_NEW, profileId: holder, identifiers: own };
  const { given, named } = givenBy(event, own, graph);
  const owner = ownerOf(given, named, event.userId, graph);
  // Invariant: `check` lets no event pass that has no identifier.
  const profileId = owner ?? idFor(given[0] as Identifier);
  const identifiers: Identifier[] = [];
  const linked: Identifier[] = [];
  const merged: string[] = [];
  const refused: Identifier[] = [];
  const userIds = new Set(owner === undefined ? [] : graph.userIdsOf(owner));
  if (event.userId !== '') userIds.add(event.userId);
  for (const identifier of given) {
    const holder = graph.profileOf(identifier);
    if (holder === profileId || (holder !== undefined && merged.includes(holder))) {
      identifiers.push(identifier);
    } else if (holder === undefined) {
      identifiers.push(identifier);
      linked.push(identifier);
    } else if (named.has(identifier) || joinable(userIds, graph.userIdsOf(holder))) {
      merged.push(holder);
      for (const userId of graph.userIdsOf(holder)) userIds.add(userId);
      identifiers.push(identifier);
    } else if (identifier.kind === 'anonymous_id' && event.userId !== '') {
      identifiers.push(identifier);
      linked.push(identifier);
    } else {
      refused.push(identifier);
    }
  }
  return { profileId, identifiers, created: owner === undefined, linked, merged, refused };
}

const NOTHING_NEW = { created: false, linked: [], merged: [], refused: [] } as const;

/** The one profile that all identifiers belong to: then there is nothing to decide, as with nearly every event. */
function commonHolder(own: readonly Identifier[], graph: IdentityGraph): string | undefined {
  let common: string | undefined;
  for (const identifier of own) {
    const holder = graph.profileOf(identifier);
    if (holder === undefined || (common !== undefined && common !== holder)) return undefined;
    common = holder;
  }
  return common;
}

/** The event's identifiers, in the order in which they decide, and those that an alias call names as one person's. */
function givenBy(
  event: Event,
  own: readonly Identifier[],
  graph: IdentityGraph,
): { given: readonly Identifier[]; named: Set<Identifier> } {
  if (event.type !== 'alias') return { given: own, named: new Set() };
  const previous = previousOf(event, graph);
  const others = own.filter(({ kind, value }) => kind !== previous.kind || value !== previous.value);
  const [first, ...rest] = others;
  // An alias of somebody to the same name says nothing.
  if (first === undefined || first !== own[0]) return { given: own, named: new Set() };
  return { given: [first, previous, ...rest], named: new Set([first, previous]) };
}

/** The profile of the strongest known identifier that may hold the event's user. */
function ownerOf(
  given: readonly Identifier[],
  named: ReadonlySet<Identifier>,
  userId: string,
  graph: IdentityGraph,
): string | undefined {
  for (const identifier of given) {
    const holder = graph.profileOf(identifier);
    if (holder === undefined) continue;
    // Its own holder first of all: after an alias that one has other user_ids as well.
    const certain = userId === '' || identifier.kind === 'user_id' || named.has(identifier);
    if (certain || joinable(new Set([userId]), graph.userIdsOf(holder))) return holder;
  }
  return undefined;
}

/** One person has one user_id, so two sets of them join only when together they hold at most one. */
function joinable(ours: ReadonlySet<string>, theirs: readonly string[]): boolean {
  return ours.size === 0 || theirs.every((userId) => ours.has(userId));
}

/** The former name of an alias call: a user_id where one is known by it, else an anonymous_id. */
function previousOf(event: Event, graph: IdentityGraph): Identifier {
  const asUser: Identifier = { kind: 'user_id', value: event.previousId };
  return graph.profileOf(asUser) === undefined ? { kind: 'anonymous_id', value: event.previousId } : asUser;
}
