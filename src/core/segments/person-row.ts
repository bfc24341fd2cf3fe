/** What of a profile, and of an account, questions over everybody may ask: a row of ClickHouse. */
import type { JsonObject, JsonValue } from '../json.js';
import { emptyObject, isObject } from '../json.js';
import type { Profile } from '../profile/profile.js';
import type { TraitState } from '../profile/traits/candidate.js';
import type { TraitRules } from '../profile/traits/trait-rules.js';
import { placeOf } from './sql/sql-value.js';

/** Traits as they count, and where among them nulls and objects are. */
export interface TraitColumns {
  readonly traits: JsonObject;
  readonly nulls: readonly string[];
  readonly objects: readonly string[];
}

/** A person, as questions over everybody see one. */
export interface PersonRow extends TraitColumns {
  readonly profileId: string;
  readonly consents: readonly string[];
  readonly refusals: readonly string[];
  readonly accounts: readonly string[];
  readonly identifierKinds: readonly string[];
}

/** The row of a profile. */
export function personRow(profile: Profile, rules: TraitRules): PersonRow {
  const purposes = (given: boolean) =>
    [...profile.consent].filter(([, { value }]) => value === given).map(([purpose]) => purpose);
  const kinds = new Set(Array.from(profile.identifiers.values(), ({ kind }) => kind));
  return {
    profileId: profile.id,
    ...traitColumns(profile.traits, rules),
    consents: purposes(true),
    refusals: purposes(false),
    accounts: [...profile.accounts.keys()],
    identifierKinds: [...kinds].sort(),
  };
}

/** The columns of traits. */
export function traitColumns(held: ReadonlyMap<string, TraitState>, rules: TraitRules): TraitColumns {
  const names = [...held.keys()].sort();
  const traits = emptyObject(names);
  const places = { nulls: [] as string[], objects: [] as string[] };
  for (const name of names) {
    // Invariant: the name is a key of the map.
    const { value } = rules.of(name).strategy.winner(held.get(name) as TraitState);
    traits[name] = value;
    findPlaces(value, [name], places);
  }
  return { traits, ...places };
}

function findPlaces(
  value: JsonValue,
  keys: readonly string[],
  places: { nulls: string[]; objects: string[] },
): void {
  if (value === null) places.nulls.push(placeOf(keys));
  if (!isObject(value)) return;
  places.objects.push(placeOf(keys));
  for (const key of Object.keys(value)) findPlaces(value[key] ?? null, [...keys, key], places);
}
