import { identifierKey } from '../identity/identifier.js';
import type { JsonValue } from '../json.js';
import type { MatchRule } from '../matching/compile-matching.js';
import type { HeldIdentifier, Profile, Sourced } from './profile.js';
import type { Candidate, TraitState } from './traits/candidate.js';

type SourcedTuple<T> = readonly [
  name: string,
  value: T,
  sourceId: string,
  messageId: string,
  at: number,
  offset: number,
];
type CandidateTuple = readonly [
  value: JsonValue,
  sourceId: string,
  messageId: string,
  at: number,
  offset: number,
  n?: number | null,
  path?: string,
];
/** A trait with a single plain candidate stands flat; else its candidates follow as a list. */
type TraitTuple = SourcedTuple<JsonValue> | readonly [name: string, candidates: readonly CandidateTuple[]];

/** The stored form: tuples in lists, since half of a profile would else be the names of its fields. */
interface Stored {
  readonly i: ReadonlyArray<readonly [kind: string, value: string, firstSeenAt: number, lastSeenAt: number]>;
  readonly t: readonly TraitTuple[];
  readonly c: ReadonlyArray<SourcedTuple<boolean>>;
  readonly m: readonly string[];
  readonly n: ReadonlyArray<readonly [string, number]>;
  readonly first: number;
  readonly last: number;
  /** Left out where there are none: accounts, what the row does not hold of identifiers and merged ids, and keys to match by. */
  readonly a?: ReadonlyArray<readonly [groupId: string, firstSeenAt: number, lastSeenAt: number]>;
  readonly more?: readonly [identifiers: number, merged: number];
  readonly k?: ReadonlyArray<
    readonly [MatchRule, hash: string, sourceId: string, offset: number, day: number]
  >;
}

/** Prints a profile, all but its id. It has at least one event, so its times are finite. */
export function encodeProfile(profile: Profile): string {
  // Plain loops: profiles are printed by the thousand in every batch.
  const identifiers: Array<Stored['i'][number]> = [];
  for (const { kind, value, firstSeenAt, lastSeenAt } of profile.identifiers.values()) {
    identifiers.push([kind, value, firstSeenAt, lastSeenAt]);
  }
  const traits: TraitTuple[] = [];
  for (const [name, state] of profile.traits) traits.push(traitTuple(name, state));
  const consent: Array<SourcedTuple<boolean>> = [];
  for (const [name, sourced] of profile.consent) consent.push(sourcedTuple(name, sourced));
  const { moreIdentifiers, moreMerged, accounts, matches } = profile;
  const stored: Stored = {
    i: identifiers,
    t: traits,
    c: consent,
    m: [...profile.merged],
    n: [...profile.counts],
    first: profile.firstSeenAt,
    last: profile.lastSeenAt,
    ...(accounts.size === 0
      ? {}
      : { a: Array.from(accounts, ([id, s]) => [id, s.firstSeenAt, s.lastSeenAt] as const) }),
    ...(moreIdentifiers + moreMerged === 0 ? {} : { more: [moreIdentifiers, moreMerged] }),
    ...(matches.size === 0
      ? {}
      : { k: Array.from(matches, ([rule, m]) => [rule, m.hash, m.sourceId, m.offset, m.day] as const) }),
  };
  return JSON.stringify(stored);
}

/** Reads what `encodeProfile` printed. */
export function decodeProfile(id: string, text: string): Profile {
  const stored = JSON.parse(text) as Stored;
  const [moreIdentifiers, moreMerged] = stored.more ?? [0, 0];
  return {
    id,
    identifiers: new Map(
      stored.i.map(([kind, value, firstSeenAt, lastSeenAt]): [string, HeldIdentifier] => [
        identifierKey(kind, value),
        { kind, value, firstSeenAt, lastSeenAt },
      ]),
    ),
    moreIdentifiers,
    traits: new Map(stored.t.map((tuple) => [tuple[0], traitState(tuple)])),
    consent: new Map(stored.c.map((tuple) => [tuple[0], sourcedOf(tuple)])),
    accounts: new Map(
      (stored.a ?? []).map(([account, firstSeenAt, lastSeenAt]) => [account, { firstSeenAt, lastSeenAt }]),
    ),
    merged: new Set(stored.m),
    moreMerged,
    counts: new Map(stored.n),
    total: stored.n.reduce((sum, [, n]) => sum + n, 0),
    firstSeenAt: stored.first,
    lastSeenAt: stored.last,
    matches: new Map(
      (stored.k ?? []).map(([rule, hash, sourceId, offset, day]) => [rule, { hash, sourceId, offset, day }]),
    ),
  };
}

/** Reads of it how the person is known, and to what they agreed. */
export function decodeContact(text: string): Pick<Profile, 'consent'> & {
  readonly identifiers: readonly HeldIdentifier[];
} {
  const { i: identifiers, c: consent } = JSON.parse(text) as Stored;
  return {
    consent: new Map(consent.map((tuple) => [tuple[0], sourcedOf(tuple)])),
    identifiers: identifiers.map(([kind, value, firstSeenAt, lastSeenAt]) => ({
      kind,
      value,
      firstSeenAt,
      lastSeenAt,
    })),
  };
}

function sourcedTuple<T>(
  name: string,
  { value, sourceId, messageId, at, offset }: Sourced<T>,
): SourcedTuple<T> {
  return [name, value, sourceId, messageId, at, offset];
}

function sourcedOf<T>([, value, sourceId, messageId, at, offset]: SourcedTuple<T>): Sourced<T> {
  return { value, sourceId, messageId, at, offset };
}

function traitTuple(name: string, state: TraitState): TraitTuple {
  if (Array.isArray(state)) return [name, state.map(candidateTuple)];
  const single = state as Candidate;
  const isPlain = single.n === undefined && single.path === undefined;
  return isPlain ? sourcedTuple(name, single) : [name, [candidateTuple(single)]];
}

function traitState(tuple: TraitTuple): TraitState {
  if (tuple.length !== 2) return sourcedOf(tuple);
  const candidates = tuple[1].map(candidateOf);
  const [only] = candidates;
  return only !== undefined && candidates.length === 1 ? only : candidates;
}

function candidateTuple({ value, sourceId, messageId, at, offset, n, path }: Candidate): CandidateTuple {
  if (path !== undefined) return [value, sourceId, messageId, at, offset, n ?? null, path];
  return n === undefined
    ? [value, sourceId, messageId, at, offset]
    : [value, sourceId, messageId, at, offset, n];
}

function candidateOf([value, sourceId, messageId, at, offset, n, path]: CandidateTuple): Candidate {
  return {
    ...{ value, sourceId, messageId, at, offset },
    ...(n === undefined || n === null ? {} : { n }),
    ...(path === undefined ? {} : { path }),
  };
}
