/**
 * Identity resolution, deterministic and pure: whose is this event, and what does it teach about who is who?
 * The answer is a decision; `population.ts` carries it out on the graph and the profiles. Specified in
 * `docs/specs/identity.md`. In short:
 *
 * - The strongest identifier of the event that is known decides the profile, provided that the stronger, unknown ones may
 *   join it; else there is a new profile, its id derived from the strongest identifier.
 * - An unknown identifier joins that profile.
 * - One that another profile holds: a kind that merges joins the two; a kind that attaches does so only when the other
 *   profile is its own history, known by nothing stronger. Else it moves on to the event's person (devices change hands) or
 *   stays where it is.
 * - `unique`, `limit` and separations forbid a link. The refusal is part of the decision.
 * - `alias` and `merge` calls say outright that names are one person: that overrules all but separations.
 */
import type { Event } from '../event/event.js';
import type { Profile } from '../profile/profile.js';
import type { CompiledRules } from './compile-rules.js';
import type { Identifier } from './identifier.js';
import { keyOf } from './identifier.js';
import type { Mark } from './mark.js';
import type { Obstacle, UnionRules } from './union.js';
import { topRank, Union } from './union.js';

/** The profile of events that name nobody: bots, and those with blocked identifiers alone. No such profile exists. */
export const NOBODY = '00000000-0000-0000-0000-000000000000';

/** What resolution may ask of the graph as it stands before the event. */
export interface IdentityGraph {
  /** The id of the profile that an identifier belongs to. */
  holderOf(identifier: Identifier): string | undefined;
  markOf(identifier: Identifier): Mark | undefined;
  /** The profile that holds now what this one held, itself unless it was merged away. */
  homeOf(id: string): string;
  /** A profile that lives. */
  profile(id: string): Profile;
}

/** What made a link. */
export type LinkRule = 'event' | 'alias' | 'merge_call' | 'operator';
/** What forbade one. `late`: the identifier has moved on since; `attach_only`: its kind joins nobody. */
export type RefusalRule = Obstacle | 'attach_only' | 'late';

/** One thing that an event teaches about who is who. */
export interface Link {
  /** linked: it was free; moved: another person had it; merged: `other` was taken in through it; refused: it stays as it was. */
  readonly verdict: 'linked' | 'moved' | 'merged' | 'refused';
  readonly rule: LinkRule | RefusalRule;
  readonly identifier: Identifier;
  /** The identifier of the person that it was given together with; null for the one that a profile begins with. */
  readonly to: Identifier | null;
  /** The profile that held the identifier before; of a refusal, the one that still does. */
  readonly other: string | null;
}

/** The decision. */
export interface Resolution {
  readonly profileId: string;
  /** Every identifier of the event that belongs to the profile once the decision is carried out. */
  readonly identifiers: readonly Identifier[];
  readonly created: boolean;
  /** Profiles that this one takes in. */
  readonly merged: readonly string[];
  readonly links: readonly Link[];
}

const NOTHING_NEW = { created: false, merged: [], links: [] } as const;

/** What one event says, before it is known what is known. */
export interface Said {
  /** The identifiers of the event that may be used, strongest first. */
  readonly given: readonly Identifier[];
  /** Other names that the call says are the same person's (see `CompiledRules.named`). */
  readonly named: readonly Identifier[];
}

/**
 * Resolves one event.
 * @param idFor derives a new profile's id from its first identifier; the same identifier must give the same id.
 */
export function resolve(
  event: Event,
  said: Said,
  graph: IdentityGraph,
  rules: UnionRules,
  idFor: (first: Identifier) => string,
): Resolution {
  const { given, declared } =
    said.named.length === 0 ? { given: said.given, declared: NO_KEYS } : toldBy(event, said, graph, rules);
  const [first] = given;
  if (first === undefined) return { ...NOTHING_NEW, profileId: NOBODY, identifiers: given };
  const former = formerHolder(first, event.timestamp, graph, rules);
  if (former !== undefined) return { ...NOTHING_NEW, profileId: former, identifiers: [] };
  const holder = commonHolder(given, graph);
  if (holder !== undefined) return { ...NOTHING_NEW, profileId: holder, identifiers: given };
  return new Resolving(event, given, declared, graph, rules).resolve(idFor);
}

const NO_KEYS: ReadonlySet<string> = new Set();

/** The one profile that all identifiers belong to: then there is nothing to decide, as with nearly every event. */
function commonHolder(given: readonly Identifier[], graph: IdentityGraph): string | undefined {
  let common: string | undefined;
  for (const identifier of given) {
    const holder = graph.holderOf(identifier);
    if (holder === undefined || (common !== undefined && common !== holder)) return undefined;
    common = holder;
  }
  return common;
}

/** Whose a device was at the time of a late event that nothing stronger decides; undefined when it is whose it is now. */
function formerHolder(
  first: Identifier,
  at: number,
  graph: IdentityGraph,
  { rules }: UnionRules,
): string | undefined {
  if (!rules.kindOf(first.kind)?.moves) return undefined;
  const former = graph.markOf(first)?.former;
  const held = former?.find(([, until]) => at < until)?.[0];
  return held && graph.homeOf(held);
}

/** Of a call that names several identifiers as one person's: all of them, and the keys of those that it joins outright. */
function toldBy(
  event: Event,
  { given, named }: Said,
  graph: IdentityGraph,
  { rules }: UnionRules,
): { given: readonly Identifier[]; declared: ReadonlySet<string> } {
  const known = named.filter((identifier) => graph.holderOf(identifier) !== undefined);
  const others = event.type === 'alias' ? formerNames(named, known, rules) : named;
  const keys = new Set(given.map(keyOf));
  const added = others.filter((identifier) => !keys.has(keyOf(identifier)));
  if (event.type === 'merge') {
    const all = [...given, ...added];
    return { given: all, declared: new Set(all.map(keyOf)) };
  }
  const [first, ...rest] = given;
  // An alias of somebody to the same name says nothing.
  if (first === undefined || added.length === 0) return { given, declared: NO_KEYS };
  // A device that somebody has already is not joined outright: it follows the rules of devices, as in any other call.
  const outright = added.filter((one) => rules.kindOf(one.kind)?.merges || graph.holderOf(one) === undefined);
  return { given: [first, ...added, ...rest], declared: new Set([first, ...outright].map(keyOf)) };
}

/** The former name of an alias is of whichever kind it is known as; one that nobody knows is a device's. */
function formerNames(
  named: readonly Identifier[],
  known: readonly Identifier[],
  rules: CompiledRules,
): readonly Identifier[] {
  if (known.length > 0) return known;
  const device = named.findLast(({ kind }) => !rules.kindOf(kind)?.merges) ?? named.at(-1);
  return device === undefined ? [] : [device];
}

/** The work on one event that is not settled at a glance. */
class Resolving {
  readonly #event: Event;
  readonly #given: readonly Identifier[];
  readonly #declared: ReadonlySet<string>;
  readonly #graph: IdentityGraph;
  readonly #rules: UnionRules;
  readonly #links: Link[] = [];
  readonly #identifiers: Identifier[] = [];
  readonly #union: Union;

  constructor(
    event: Event,
    given: readonly Identifier[],
    declared: ReadonlySet<string>,
    graph: IdentityGraph,
    rules: UnionRules,
  ) {
    this.#event = event;
    this.#given = given;
    this.#declared = declared;
    this.#graph = graph;
    this.#rules = rules;
    this.#union = new Union(rules, event.timestamp);
  }

  resolve(idFor: (first: Identifier) => string): Resolution {
    // Invariant: there is one; see the caller.
    const first = this.#given[0] as Identifier;
    const decider = this.#decider();
    const owner = decider && this.#graph.holderOf(decider);
    if (owner !== undefined) {
      this.#union.addProfile(this.#graph.profile(owner));
      this.#identifiers.push(decider as Identifier);
    }
    for (const identifier of this.#given) if (identifier !== decider) this.#take(identifier);
    const [survivor, ...others] = this.#union.profiles;
    // Invariant: a profile can only be taken in if it could also have decided, so that a new one never takes any in.
    const profileId = survivor?.id ?? idFor(first);
    const links = this.#links.map((link) =>
      link.verdict === 'merged' && link.other === profileId ? { ...link, other: owner as string } : link,
    );
    const merged = others.map(({ id }) => id);
    return { profileId, identifiers: this.#identifiers, created: owner === undefined, merged, links };
  }

  /** The strongest known identifier whose profile the stronger, unknown ones may join. */
  #decider(): Identifier | undefined {
    const [first] = this.#given;
    for (const identifier of this.#given) {
      const holder = this.#graph.holderOf(identifier);
      if (holder === undefined) continue;
      if (
        identifier === first ||
        this.#mayAdopt(this.#graph.profile(holder), identifier, first as Identifier)
      ) {
        return identifier;
      }
    }
    return undefined;
  }

  /** True when a profile, known by a weaker identifier, may be that of a stronger one, which nobody knows. */
  #mayAdopt(profile: Profile, known: Identifier, stronger: Identifier): boolean {
    const declared = this.#isDeclared(stronger) && this.#isDeclared(known);
    if (!declared && !this.#speaksFor(known, profile)) return false;
    const alone = new Union(this.#rules, this.#event.timestamp);
    alone.addProfile(profile);
    return alone.obstacleTo(stronger, declared) === undefined;
  }

  /** Finds the place of one identifier that did not decide. */
  #take(identifier: Identifier): void {
    const holder = this.#graph.holderOf(identifier);
    if (holder === undefined) this.#link(identifier, 'linked', null);
    else if (this.#union.has(holder)) this.#identifiers.push(identifier);
    else this.#bring(identifier, this.#graph.profile(holder));
  }

  /** What becomes of an identifier that another profile holds. */
  #bring(identifier: Identifier, other: Profile): void {
    const declared = this.#isDeclared(identifier);
    let rule: RefusalRule = 'attach_only';
    if (declared || this.#speaksFor(identifier, other)) {
      const obstacle = this.#union.obstacleToProfile(other, declared);
      if (obstacle === undefined) {
        this.#record('merged', this.#rule(identifier), identifier, other.id);
        this.#union.addProfile(other);
        this.#identifiers.push(identifier);
        return;
      }
      rule = obstacle;
    }
    if (!this.#moves(identifier)) this.#record('refused', rule, identifier, other.id);
    else if (this.#isLate(identifier, other)) this.#record('refused', 'late', identifier, other.id);
    else this.#link(identifier, 'moved', other.id);
  }

  #link(identifier: Identifier, verdict: 'linked' | 'moved', from: string | null): void {
    const obstacle = this.#union.obstacleTo(identifier, this.#isDeclared(identifier));
    if (obstacle !== undefined) {
      this.#record('refused', obstacle, identifier, from);
      return;
    }
    this.#record(verdict, this.#rule(identifier), identifier, from);
    this.#union.addIdentifier(identifier);
    this.#identifiers.push(identifier);
  }

  /** True when an identifier may bring its whole profile along. */
  #speaksFor({ kind }: Identifier, profile: Profile): boolean {
    const known = this.#rules.rules.kindOf(kind);
    if (known === undefined) return false;
    return known.merges || topRank(profile, this.#rules.rules) >= known.rank;
  }

  /** True when an identifier may leave its profile for that of somebody who is named by something stronger. */
  #moves(identifier: Identifier): boolean {
    const kind = this.#rules.rules.kindOf(identifier.kind);
    const decided = this.#rules.rules.kindOf(this.#strongest()?.kind ?? '');
    return kind?.moves === true && decided !== undefined && decided.rank < kind.rank;
  }

  /** True when its holder was seen with it after this event. */
  #isLate(identifier: Identifier, holder: Profile): boolean {
    const held = holder.identifiers.get(keyOf(identifier));
    return held !== undefined && held.lastSeenAt > this.#event.timestamp;
  }

  #isDeclared(identifier: Identifier): boolean {
    return this.#declared.has(keyOf(identifier));
  }

  #rule(identifier: Identifier): LinkRule {
    if (!this.#isDeclared(identifier)) return 'event';
    return this.#event.type === 'merge' ? 'merge_call' : 'alias';
  }

  /** The strongest identifier of the event that belongs to its person so far. */
  #strongest(): Identifier | undefined {
    return this.#given.find((identifier) => this.#identifiers.includes(identifier));
  }

  #record(verdict: Link['verdict'], rule: Link['rule'], identifier: Identifier, other: string | null): void {
    this.#links.push({ verdict, rule, identifier, to: this.#strongest() ?? null, other });
  }
}
