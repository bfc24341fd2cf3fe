/**
 * Carries out what operators ask for, one step between two batches: the consumer stands still, so that nothing else changes
 * who is who. A step ends in one commit of the state store. What ClickHouse has to be told of it lies in an outbox until it has
 * it, so that a crash in between leaves nothing behind.
 */
import type { ConsentRules } from '../core/consent/consent-rules.js';
import { TributaryError } from '../core/errors.js';
import type { Identifier } from '../core/identity/identifier.js';
import { keyOf } from '../core/identity/identifier.js';
import { releasedMark } from '../core/identity/mark.js';
import type { Join, Owner, PopulationRules } from '../core/identity/population.js';
import { NOBODY } from '../core/identity/resolve.js';
import type { IdentityRules } from '../core/identity/rules.js';
import type { Separation } from '../core/identity/separations.js';
import { encodeProfile } from '../core/profile/codec.js';
import type { EventHistory, EventStore } from '../stores/events/event-store.js';
import type {
  IdentityFacts,
  IdentityState,
  Operation,
  OperationCommit,
  Pair,
} from '../stores/state/identity-state.js';
import type { PipelineState } from '../stores/state/pipeline-state.js';
import type { Fault } from './fault.js';
import { beforeAllDeeds, inForce } from './force.js';
import { People } from './people.js';
import type { Reresolved, ReresolveTools } from './reresolve.js';
import { peopleOf, reresolve } from './reresolve.js';

/** Profiles, and events of nobody, that one step of a rebuild looks at. */
const PROFILES_PER_STEP = 200;
const EVENTS_PER_STEP = 5_000;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

/** What operations lean on. */
export interface OperateTools {
  readonly state: PipelineState;
  readonly identity: IdentityState;
  readonly events: EventStore;
  readonly history: EventHistory;
  readonly fault?: Fault;
}

/** Where the consumer stands while it is done. */
export interface Standing {
  readonly offset: number;
  readonly commits: number;
}

/** How far a rebuild is: first all profiles, by their ids, then the events of nobody, by their offsets. */
interface RebuildProgress {
  readonly phase: 'profiles' | 'nobody';
  readonly profileId: string;
  readonly offset: number;
  readonly done: number;
  readonly total: number;
  readonly changed: number;
}

/** A change without what an operation leaves as it is. */
type Step = Partial<Omit<OperationCommit, 'operation' | 'offset' | 'commits'>>;

/**
 * Does one step of an operation. An operation that cannot be carried out ends as failed; only a store that fails rejects.
 * @returns true when something was committed.
 */
async function operate(operation: Operation, tools: OperateTools, standing: Standing): Promise<boolean> {
  try {
    const facts = await tools.identity.facts();
    const step = await stepOf(operation, facts, tools, standing);
    await tools.fault?.('operation_planned');
    await tools.identity.commitOperation({ ...NOTHING, ...step, operation, ...standing });
    await tools.fault?.('operation_committed');
    return true;
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    await tools.identity.failOperation(operation.id, { code: error.code, message: error.message });
    return false;
  }
}

/** Attempts after which an operation is given up: it must not hold up the events that wait behind it. */
const ATTEMPTS_MAX = 8;

/** Counts how often operations failed for reasons of their own or of a store, and gives up those that do not end. */
export class OperationAttempts {
  readonly #failed = new Map<number, number>();

  /** @throws what the operation threw. */
  async run(operation: Operation, tools: OperateTools, standing: Standing): Promise<boolean> {
    try {
      return await operate(operation, tools, standing);
    } catch (error) {
      const failed = (this.#failed.get(operation.id) ?? 0) + 1;
      this.#failed.set(operation.id, failed);
      if (failed >= ATTEMPTS_MAX) {
        const message = `Given up after ${failed} attempts: ${error instanceof Error ? error.message : String(error)}`;
        await tools.identity.failOperation(operation.id, { code: 'internal', message });
      }
      throw error;
    }
  }
}

/** Tells ClickHouse what it was not told yet of committed operations. */
export async function tellOverrides({
  identity,
  events,
}: Pick<OperateTools, 'identity' | 'events'>): Promise<void> {
  for (let untold = await identity.untold(); untold.length > 0; untold = await identity.untold()) {
    for (const { seq, overrides } of untold) {
      await events.override(overrides);
      await identity.told(seq);
    }
  }
}

const NOTHING = {
  ...{
    done: true,
    progress: null,
    result: {},
    replaced: [],
    profiles: [],
    merged: [],
    identifiers: [],
    members: [],
    edges: [],
    refusals: [],
    matches: [],
  },
  ...{
    separate: [],
    unite: [],
    block: [],
    join: null,
    unjoin: [],
    release: null,
    rules: null,
    consentRules: null,
    overrides: null,
  },
} satisfies Step;

async function stepOf(
  operation: Operation,
  facts: IdentityFacts,
  tools: OperateTools,
  standing: Standing,
): Promise<Step> {
  switch (operation.kind) {
    case 'merge':
      return merge(operation, facts, tools, standing);
    case 'unmerge':
      return unmerge(operation, facts, tools, standing);
    case 'block':
      return block(operation, facts, tools, standing);
    case 'release':
      return release(operation, tools, standing);
    case 'apply_rules':
      return operation.progress === null
        ? applyRules(operation, facts, tools, standing)
        : rebuild(operation, facts, tools, standing);
    case 'rebuild':
      return rebuild(operation, facts, tools, standing);
    case 'apply_consent_rules':
      return applyConsentRules(operation, facts, standing);
    default:
      return operation.kind satisfies never;
  }
}

async function merge(
  operation: Operation,
  facts: IdentityFacts,
  tools: OperateTools,
  standing: Standing,
): Promise<Step> {
  const { a, b } = operation.body as { a: Identifier; b: Identifier };
  const { state } = tools;
  const people = new People(state, inForce({ ...facts, separations: [] }));
  await people.load([], [a, b]);
  const join: Join = { operationId: operation.id, offset: standing.offset, at: operation.at, a, b };
  const joined = people.join(join);
  if (joined === 'not_found') throw new TributaryError('not_found', 'One of the two names nobody.');
  if (joined === 'too_large') {
    throw new TributaryError(
      'conflict',
      'Both are too large to be moved: block the values that made them so first.',
    );
  }
  // Invariant: separations were left out.
  if (joined === 'separated') throw new Error('Nothing separates them');
  if (joined.merged.length === 0) throw new TributaryError('conflict', 'They are one profile already.');
  // Whoever asks for it overrules those who took them apart: then what that had forbidden is looked at anew.
  const lifted = await separationsBetween(a, b, facts, state);
  if (lifted.length > 0) {
    const separations = facts.separations.filter((one) => !lifted.includes(one));
    const unite = lifted.map(({ pair }) => pair);
    const changed = { ...facts, separations, joins: [...facts.joins, join] };
    const done = await reresolve(
      [joined.profileId, ...joined.merged],
      reresolveTools(operation, tools, standing, changed, facts),
    );
    return { ...stepFrom(done, standing), unite, join, result: joined };
  }
  const changes = people.takeChanges();
  const overrides = { version: standing.commits + 1, profiles: changes.merged, events: [] };
  return { ...changes, join, result: joined, overrides };
}

/** The pairs that keep the people of two identifiers apart. */
async function separationsBetween(
  a: Identifier,
  b: Identifier,
  { separations }: IdentityFacts,
  state: PipelineState,
): Promise<Separation[]> {
  const owners = await state.ownersOf([a, b, ...separations.flatMap(({ pair }) => pair)]);
  const [into, from] = [holderIn(owners, a), holderIn(owners, b)];
  return separations.filter(({ pair: [one, other] }) => {
    const [x, y] = [holderIn(owners, one), holderIn(owners, other)];
    return (x === into && y === from) || (x === from && y === into);
  });
}

function holderIn(owners: ReadonlyMap<string, Owner>, identifier: Identifier): string | undefined {
  const owner = owners.get(keyOf(identifier));
  return typeof owner === 'object' ? owner.profileId : owner;
}

async function unmerge(
  operation: Operation,
  facts: IdentityFacts,
  tools: OperateTools,
  standing: Standing,
): Promise<Step> {
  const { pairs, joins } = operation.body as { pairs: Pair[]; joins: number[] };
  const owners = await tools.state.ownersOf(pairs.flat());
  const seeds = [...owners.values()].flatMap(peopleOf);
  if (seeds.length === 0)
    throw new TributaryError('not_found', 'None of these identifiers belongs to anybody.');
  // Up to a merge by hand they were as they were: only what came of it is undone.
  const undone = facts.joins.filter(({ operationId }) => joins.includes(operationId));
  const since = undone.length === 0 ? 0 : Math.min(...undone.map(({ offset }) => offset));
  const separate = pairs.map((pair) => ({ pair, since }));
  const changed: IdentityFacts = {
    ...facts,
    separations: [...facts.separations, ...separate],
    joins: facts.joins.filter(({ operationId }) => !joins.includes(operationId)),
  };
  const done = await reresolve(seeds, reresolveTools(operation, tools, standing, changed, facts));
  return { ...stepFrom(done, standing), separate, unjoin: joins, result: resultOf(done) };
}

async function block(
  operation: Operation,
  facts: IdentityFacts,
  tools: OperateTools,
  standing: Standing,
): Promise<Step> {
  const value = operation.body as Identifier;
  const owners = await tools.state.ownersOf([value]);
  const seeds = [...owners.values()].flatMap(peopleOf);
  const changed: IdentityFacts = { ...facts, blocked: [...facts.blocked, value] };
  const done = await reresolve(seeds, reresolveTools(operation, tools, standing, changed, facts));
  return { ...stepFrom(done, standing), block: [value], result: resultOf(done) };
}

/** Sets a quarantined value free: it belongs to whoever gives it next. */
async function release(operation: Operation, { state }: OperateTools, standing: Standing): Promise<Step> {
  const value = operation.body as Identifier;
  const owner = (await state.ownersOf([value])).get(keyOf(value));
  if (typeof owner !== 'object' || owner.mark.quarantinedAt === undefined) {
    throw new TributaryError('not_found', `${value.kind} ${value.value} is not in quarantine.`);
  }
  const { quarantinedAt } = owner.mark;
  return {
    identifiers: [{ identifier: value, profileId: undefined, mark: releasedMark(owner.mark) }],
    release: { operationId: operation.id, offset: standing.offset, quarantinedAt, identifier: value },
  };
}

/** The first step of new rules: from here on they hold for new events, and the rebuild brings the old ones after. */
async function applyRules(
  operation: Operation,
  facts: IdentityFacts,
  { identity }: OperateTools,
  _standing: Standing,
): Promise<Step> {
  const { rules, expectedVersion } = operation.body as { rules: IdentityRules; expectedVersion?: number };
  refuseOther(expectedVersion, facts.version);
  const version = facts.version + 1;
  const progress = await rebuildStart(identity);
  return { done: false, progress, rules: { version, rules }, result: null };
}

/** Other rules of consent hold from here on: what people said before means what it meant. */
function applyConsentRules({ body }: Operation, { consent }: IdentityFacts, { offset }: Standing): Step {
  const { rules, expectedVersion } = body as { rules: ConsentRules; expectedVersion?: number };
  const version = Math.max(0, ...consent.map((one) => one.version));
  refuseOther(expectedVersion, version);
  return { consentRules: { version: version + 1, since: offset, rules }, result: { version: version + 1 } };
}

function refuseOther(expected: number | undefined, version: number): void {
  if (expected === undefined || expected === version) return;
  throw new TributaryError(
    'conflict',
    `The rules in force are version ${version}, not ${expected}: read them again and repeat the change.`,
  );
}

async function rebuildStart(identity: IdentityState): Promise<RebuildProgress> {
  const total = await identity.countProfiles();
  return { phase: 'profiles', profileId: FIRST_ID, offset: -1, done: 0, total, changed: 0 };
}

/** One step of re-resolving everybody. */
async function rebuild(
  operation: Operation,
  facts: IdentityFacts,
  tools: OperateTools,
  standing: Standing,
): Promise<Step> {
  const progress = (operation.progress as RebuildProgress | null) ?? (await rebuildStart(tools.identity));
  const using = reresolveTools(operation, tools, standing, facts, facts);
  if (progress.phase === 'profiles') {
    const ids = await tools.identity.profileIdsAfter(progress.profileId, PROFILES_PER_STEP);
    const last = ids.at(-1);
    if (last === undefined) return { done: false, progress: { ...progress, phase: 'nobody' }, result: null };
    const done = await onlyChanged(await reresolve(ids, using), tools.state);
    return {
      ...stepFrom(done, standing),
      ...{ done: false, result: null },
      progress: {
        ...progress,
        profileId: last,
        done: progress.done + ids.length,
        changed: progress.changed + done.profiles.length,
      },
    };
  }
  const page = await tools.history.ofProfiles([NOBODY], {
    ...{ after: progress.offset, limit: EVENTS_PER_STEP, properties: using.rules.rules.readsProperties },
  });
  const last = page.at(-1);
  if (last === undefined) {
    const { changed, done: profiles } = progress;
    return { progress, result: { version: facts.version, profiles, changed } };
  }
  const named = page.filter(
    (one) => !one.isCrawler && using.rules.rules.identify(one.event).identifiers.length > 0,
  );
  const next = { ...progress, offset: last.event.offset };
  if (named.length === 0) return { done: false, progress: next, result: null };
  const done = await reresolve([], using, named);
  const changed = progress.changed + done.profiles.length;
  return { ...stepFrom(done, standing), done: false, result: null, progress: { ...next, changed } };
}

function reresolveTools(
  { id, at }: Operation,
  { state, identity, history }: OperateTools,
  { offset }: Standing,
  facts: IdentityFacts,
  before: IdentityFacts,
): ReresolveTools {
  const rules: PopulationRules = beforeAllDeeds(facts);
  return {
    ...{ state, identity, history, rules, offset, at, operationId: id },
    deeds: facts,
    before: facts === before ? rules.rules : inForce(before).rules,
  };
}

function stepFrom(done: Reresolved, { commits }: Standing): Step {
  const { replaced, profiles, merged, identifiers, edges, members, refusals, matches, overrides } = done;
  const nothingToTell = overrides.profiles.length + overrides.events.length === 0;
  return {
    ...{ replaced, merged, identifiers, edges, members, refusals, matches },
    profiles: profiles.map((profile) => ({ id: profile.id, state: encodeProfile(profile) })),
    overrides: nothingToTell ? null : { version: commits + 1, ...overrides },
  };
}

function resultOf({ profiles, events, moved }: Reresolved): unknown {
  return {
    profiles: profiles.map(({ id, identifiers, total }) => ({
      ...{ id, events: total },
      identifiers: Array.from(identifiers.values(), ({ kind, value }) => ({ kind, value })),
    })),
    ...{ events, moved },
  };
}

/** Leaves out the profiles that came out as they were: most, when rules change. */
async function onlyChanged(done: Reresolved, state: PipelineState): Promise<Reresolved> {
  const stored = await state.profiles(done.replaced);
  const touched = new Set(done.overrides.events.map(({ profileId }) => profileId));
  const same = new Set(
    done.profiles
      .filter((profile) => {
        const was = stored.get(profile.id);
        return was?.home === profile.id && was.state === encodeProfile(profile) && !touched.has(profile.id);
      })
      .map(({ id }) => id),
  );
  const homes = new Map(done.merged.map(({ fromId, intoId }) => [fromId, intoId]));
  const isChanged = (id: string | undefined) => id === undefined || !same.has(homes.get(id) ?? id);
  return {
    ...done,
    replaced: done.replaced.filter(isChanged),
    profiles: done.profiles.filter(({ id }) => isChanged(id)),
    merged: done.merged.filter(({ intoId }) => isChanged(intoId)),
    identifiers: done.identifiers.filter(({ profileId }) => isChanged(profileId)),
    edges: done.edges.filter(({ profileId }) => isChanged(profileId)),
    members: done.members.filter(({ profileId }) => isChanged(profileId)),
    refusals: done.refusals.filter(({ profileId }) => isChanged(profileId)),
    matches: done.matches.filter(({ profileId }) => isChanged(profileId)),
    overrides: {
      ...done.overrides,
      profiles: done.overrides.profiles.filter(({ intoId }) => isChanged(intoId)),
    },
  };
}
