import type { IdentifierKind } from '../identity/identifier.js';
import { identifierKey } from '../identity/identifier.js';
import type { JsonValue } from '../json.js';
import type { HeldIdentifier, Profile, Sourced } from './profile.js';

/** The stored form: tuples in lists, since half of a profile would else be the names of its fields. */
interface Stored {
  readonly i: ReadonlyArray<readonly [IdentifierKind, string, number, number]>;
  readonly t: ReadonlyArray<readonly [string, JsonValue, string, string, number, number]>;
  readonly c: ReadonlyArray<readonly [string, boolean, string, string, number, number]>;
  readonly m: readonly string[];
  readonly n: ReadonlyArray<readonly [string, number]>;
  readonly first: number;
  readonly last: number;
}

/** Prints a profile, all but its id. It has at least one event, so its times are finite. */
export function encodeProfile(profile: Profile): string {
  const stored: Stored = {
    i: Array.from(profile.identifiers.values(), (held) => [
      held.kind,
      held.value,
      held.firstSeenAt,
      held.lastSeenAt,
    ]),
    t: tuples(profile.traits),
    c: tuples(profile.consent),
    m: [...profile.merged],
    n: [...profile.counts],
    first: profile.firstSeenAt,
    last: profile.lastSeenAt,
  };
  return JSON.stringify(stored);
}

/** Reads what `encodeProfile` printed. */
export function decodeProfile(id: string, text: string): Profile {
  const stored = JSON.parse(text) as Stored;
  return {
    id,
    identifiers: new Map(
      stored.i.map(([kind, value, firstSeenAt, lastSeenAt]): [string, HeldIdentifier] => [
        identifierKey(kind, value),
        { kind, value, firstSeenAt, lastSeenAt },
      ]),
    ),
    traits: sourced(stored.t),
    consent: sourced(stored.c),
    merged: new Set(stored.m),
    counts: new Map(stored.n),
    total: stored.n.reduce((sum, [, n]) => sum + n, 0),
    firstSeenAt: stored.first,
    lastSeenAt: stored.last,
  };
}

function tuples<T>(map: ReadonlyMap<string, Sourced<T>>): Array<[string, T, string, string, number, number]> {
  return Array.from(map, ([name, { value, sourceId, messageId, at, offset }]) => [
    name,
    value,
    sourceId,
    messageId,
    at,
    offset,
  ]);
}

function sourced<T>(
  list: ReadonlyArray<readonly [string, T, string, string, number, number]>,
): Map<string, Sourced<T>> {
  return new Map(
    list.map(
      ([name, value, sourceId, messageId, at, offset]) =>
        [name, { value, sourceId, messageId, at, offset }] as const,
    ),
  );
}
