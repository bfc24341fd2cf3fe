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
  // Plain loops: profiles are printed by the thousand in every batch.
  const identifiers: Array<Stored['i'][number]> = [];
  for (const { kind, value, firstSeenAt, lastSeenAt } of profile.identifiers.values()) {
    identifiers.push([kind, value, firstSeenAt, lastSeenAt]);
  }
  const stored: Stored = {
    i: identifiers,
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
  const list: Array<[string, T, string, string, number, number]> = [];
  for (const [name, { value, sourceId, messageId, at, offset }] of map) {
    list.push([name, value, sourceId, messageId, at, offset]);
  }
  return list;
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
