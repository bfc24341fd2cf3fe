/**
 * Re-resolution: finds anew who is who among some people, from their events, as if what is in force now had always been.
 *
 * 1. *Close* the group: all profiles that share an identifier with it, now or formerly, since they may have had a part in
 *    what was decided. So nothing outside can be touched.
 * 2. *Replay* its events in the order of the log, in a population of their own.
 * 3. *Compare*: which profiles there are now, which ids lead to them, and which events lie elsewhere than their rows say.
 *
 * Nothing is written here: the result is a part of the operation's one commit.
 */

import { TributaryError } from '../core/errors.js';
import type { CompiledRules } from '../core/identity/compile-rules.js';
import type { Identifier } from '../core/identity/identifier.js';
import { identifierOf, keyOf } from '../core/identity/identifier.js';
import type {
  AccountMember,
  IdentifierChange,
  IdentityEdge,
  Owner,
  PopulationRules,
  ProfileMatches,
} from '../core/identity/population.js';
import { Population } from '../core/identity/population.js';
import type { Refusals } from '../core/identity/refusal-tally.js';
import type { Deeds } from '../core/identity/replay.js';
import { presetOwners, replay } from '../core/identity/replay.js';
import { NOBODY } from '../core/identity/resolve.js';
import type { Profile } from '../core/profile/profile.js';
import type { EventHistory, HistoryEvent, OwnerOverrides } from '../stores/events/event-store.js';
import type { IdentityState, StoredGroup } from '../stores/state/identity-state.js';
import type { PipelineState } from '../stores/state/pipeline-state.js';

/** Events that one re-resolution reads: they are in memory at once. */
const GROUP_EVENTS_MAX = 400_000;
const PAGE_EVENTS = 20_000;

/** What re-resolution leans on. */
export interface ReresolveTools {
  readonly state: PipelineState;
  readonly identity: IdentityState;
  readonly history: EventHistory;
  /** In force from now on. */
  readonly rules: PopulationRules;
  /** In force until now: what they linked belongs to the group as well. */
  readonly before: CompiledRules;
  /** What operators did, each at its place; `rules` are without it. */
  readonly deeds: Deeds;
  readonly operationId: number;
  /** The log offset at which this happens, and the time, for the record. */
  readonly offset: number;
  readonly at: number;
}

/** What takes the place of the group. */
export interface Reresolved {
  /** Ids of profiles that are replaced. */
  readonly replaced: readonly string[];
  readonly profiles: readonly Profile[];
  readonly merged: ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;
  readonly identifiers: readonly IdentifierChange[];
  readonly edges: readonly IdentityEdge[];
  readonly members: readonly AccountMember[];
  readonly refusals: readonly Refusals[];
  readonly matches: readonly ProfileMatches[];
  readonly overrides: Omit<OwnerOverrides, 'version'>;
  /** Events read, and those that lie in another profile now. */
  readonly events: number;
  readonly moved: number;
}

/** A closed group of people with all of their events. */
interface Group {
  readonly stored: StoredGroup;
  /** Every id that ever stood for one of them. */
  readonly ids: ReadonlySet<string>;
  readonly events: readonly HistoryEvent[];
  /** Whose the identifiers of the events are now, by their keys. */
  readonly owners: ReadonlyMap<string, Owner>;
}

/**
 * Re-resolves the group that some profiles belong to.
 * @param extra events of nobody that may belong to somebody now.
 * @throws TributaryError `conflict` when the group has more events than can be replayed at once.
 */
export async function reresolve(
  seeds: readonly string[],
  tools: ReresolveTools,
  extra: readonly HistoryEvent[] = [],
): Promise<Reresolved> {
  const group = await close(seeds, tools, extra);
  const releases = tools.deeds.releases.filter(({ identifier }) => group.owners.has(keyOf(identifier)));
  const population = new Population(tools.rules, {
    owners: presetOwners(group.owners, releases),
    profiles: new Map(),
    homes: new Map(),
  });
  const placed = replay(group.events, population, { ...tools.deeds, releases });
  population.settle(Array.from(group.owners.keys(), identifierOf));
  return compare(group, placed, population, tools);
}

/** Adds profiles until no event of the group names anybody outside. */
async function close(
  seeds: readonly string[],
  tools: ReresolveTools,
  extra: readonly HistoryEvent[],
): Promise<Group> {
  const owners = new Map<string, Owner>();
  const profileIds = new Set<string>();
  const ids = new Set<string>();
  const merges: Array<StoredGroup['merges'][number]> = [];
  const identifiers: Array<StoredGroup['identifiers'][number]> = [];
  const events: HistoryEvent[] = [...extra];
  let fresh = await homesOf([...seeds, ...(await ownersAmong(extra, owners, tools))], tools);
  while (fresh.length > 0) {
    for (const id of fresh) profileIds.add(id);
    const stored = await tools.identity.group(fresh);
    merges.push(...stored.merges);
    identifiers.push(...stored.identifiers);
    const freshIds = [...fresh, ...stored.merges.map(({ fromId }) => fromId)];
    for (const id of freshIds) ids.add(id);
    const read = await eventsOf(freshIds, tools, GROUP_EVENTS_MAX - events.length);
    events.push(...read);
    const touched = await homesOf(await ownersAmong(read, owners, tools), tools);
    fresh = touched.filter((id) => !profileIds.has(id));
  }
  events.sort((a, b) => a.event.offset - b.event.offset);
  return { stored: { profileIds: [...profileIds], merges, identifiers }, ids, events, owners };
}

async function eventsOf(
  ids: readonly string[],
  { history, rules, before }: ReresolveTools,
  most: number,
): Promise<HistoryEvent[]> {
  const properties = rules.rules.readsProperties || before.readsProperties;
  const events: HistoryEvent[] = [];
  for (let after = -1; ; ) {
    const page = await history.ofProfiles(ids, { after, limit: PAGE_EVENTS, properties });
    events.push(...page);
    if (events.length > most) {
      throw new TributaryError(
        'conflict',
        `The people concerned have over ${GROUP_EVENTS_MAX} events together: block the value that joins them first.`,
      );
    }
    const last = page.at(-1);
    if (page.length < PAGE_EVENTS || last === undefined) return events;
    after = last.event.offset;
  }
}

/** Looks up the owners of all identifiers of the events, and tells the ids of the profiles that had to do with them. */
async function ownersAmong(
  events: readonly HistoryEvent[],
  owners: Map<string, Owner>,
  { state, rules, before }: ReresolveTools,
): Promise<string[]> {
  const asked = new Map<string, Identifier>();
  for (const { event } of events) {
    for (const compiled of before === rules.rules ? [before] : [before, rules.rules]) {
      for (const list of [compiled.identify(event).identifiers, compiled.named(event)]) {
        for (const one of list) if (!owners.has(keyOf(one))) asked.set(keyOf(one), one);
      }
    }
  }
  const found: string[] = [];
  for (const [key, owner] of await state.ownersOf([...asked.values()])) {
    owners.set(key, owner);
    found.push(...peopleOf(owner));
  }
  return found;
}

/** Whose an identifier is, whose it was, and who else gave it: all who had a part in whose it became. */
export function peopleOf(owner: Owner): string[] {
  if (typeof owner === 'string') return [owner];
  const { former = [], asked = [], earlier = [] } = owner.mark;
  const all = [...former.map(([id]) => id), ...asked, ...earlier];
  return owner.profileId === undefined ? all : [owner.profileId, ...all];
}

async function homesOf(ids: readonly string[], { state }: ReresolveTools): Promise<string[]> {
  const profiles = await state.profiles([...new Set(ids)]);
  return [...new Set(Array.from(profiles.values(), ({ home }) => home))];
}

function compare(
  { stored, ids, events, owners }: Group,
  placed: ReadonlyMap<HistoryEvent, string>,
  population: Population,
  tools: ReresolveTools,
): Reresolved {
  const { merged, identifiers, edges, ...changes } = population.takeChanges();
  const { profiles } = changes;
  const homes = new Map(merged.map(({ fromId, intoId }) => [fromId, intoId]));
  const homeOf = (id: string) => homes.get(id) ?? id;
  const before = new Map(stored.merges.map(({ fromId, intoId }) => [fromId, intoId]));
  const moves: Array<OwnerOverrides['events'][number]> = [];
  let moved = 0;
  for (const one of events) {
    // Invariant: every event of the group was placed.
    const now = placed.get(one) as string;
    const { placedId, writtenId, event } = one;
    if ((before.get(placedId) ?? placedId) !== homeOf(now)) moved += 1;
    if (homeOf(placedId) !== homeOf(now))
      moves.push({ offset: event.offset, fromId: writtenId, profileId: now });
  }
  const everyId = new Set([...ids, ...homes.keys()]);
  const { operationId, offset, at } = tools;
  const resets = Array.from(
    everyId,
    (profileId): IdentityEdge => ({
      ...{ verdict: 'reset', rule: 'operator', profileId, identifier: null, to: null, otherProfileId: null },
      ...{ offset, sourceId: '', messageId: '', at, operationId },
    }),
  );
  return {
    replaced: stored.profileIds,
    ...changes,
    merged: [...merged, ...strays(everyId, homes, profiles, events, placed)],
    identifiers: [...identifiers, ...untouched(identifiers, owners, population)],
    edges: [...resets, ...edges.map((edge) => ({ ...edge, operationId: edge.operationId ?? operationId }))],
    overrides: {
      profiles: Array.from(everyId, (fromId) => ({ fromId, intoId: homeOf(fromId) })),
      events: moves,
    },
    events: events.length,
    moved,
  };
}

/**
 * Ids that were given out and have neither a profile nor a merge any more: each leads to the profile of its first event, so that whoever
 * kept one finds somebody. (Their events are moved one by one.)
 */
function strays(
  everyId: ReadonlySet<string>,
  homes: ReadonlyMap<string, string>,
  profiles: readonly Profile[],
  events: readonly HistoryEvent[],
  placed: ReadonlyMap<HistoryEvent, string>,
): Reresolved['merged'] {
  const found = new Set([...profiles.map(({ id }) => id), ...homes.keys()]);
  const leads: Array<Reresolved['merged'][number]> = [];
  for (const one of events) {
    const fromId = one.placedId;
    const now = placed.get(one);
    if (now === undefined || now === NOBODY || found.has(fromId) || !everyId.has(fromId)) continue;
    found.add(fromId);
    leads.push({ fromId, intoId: homes.get(now) ?? now });
  }
  return leads;
}

/** Identifiers of nobody that the replay did not touch: a quarantine that is a fact stays, and else they are free. */
function untouched(
  changes: readonly IdentifierChange[],
  owners: ReadonlyMap<string, Owner>,
  population: Population,
): IdentifierChange[] {
  const changed = new Set(changes.map(({ identifier }) => keyOf(identifier)));
  const left: IdentifierChange[] = [];
  for (const [key, owner] of owners) {
    if (changed.has(key) || typeof owner === 'string' || owner.profileId !== undefined) continue;
    const identifier = identifierOf(key);
    left.push({ identifier, profileId: undefined, mark: population.markOf(identifier) ?? {} });
  }
  return left;
}
