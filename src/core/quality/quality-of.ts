import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';
import { EXPECTED_TRAITS } from './expected-traits.js';

/** Something about a profile that looks wrong. */
export interface QualityFlag {
  readonly flag:
    | 'email_invalid'
    | 'phone_invalid'
    | 'no_contact'
    | 'no_name'
    | 'conflicting_trait'
    | 'suspected_duplicate';
  /** In words, with the trait that it is about. */
  readonly detail: string;
  /** Of a suspected duplicate: the other profile. */
  readonly profileId?: string;
}

/** How good a profile's data are. */
export interface ProfileQuality {
  /** Share of the expected traits that are known, 0 to 1. */
  readonly completeness: number;
  readonly missing: string[];
  readonly flags: QualityFlag[];
}

/** What quality is judged by: the values that count, the identifiers, and the traits on which sources disagree. */
export interface JudgedProfile {
  readonly traits: Readonly<Record<string, JsonValue>>;
  readonly identifiers: ReadonlyArray<{ readonly kind: string }>;
  readonly conflicts: readonly string[];
  /** Other profiles that are probably the same person, with what speaks for it. */
  readonly twins: ReadonlyArray<{ readonly profileId: string; readonly evidence: readonly string[] }>;
}

/** Judges a profile. */
export function qualityOf({ traits, identifiers, conflicts, twins }: JudgedProfile): ProfileQuality {
  const missing = EXPECTED_TRAITS.filter(
    ({ names }) => !names.some((name) => isFilled(valueAt(traits, name))),
  );
  const has = (kind: string) => identifiers.some((held) => held.kind === kind);
  const flags: QualityFlag[] = [];
  if (isFilled(traits.email) && !has('email')) {
    flags.push({
      flag: 'email_invalid',
      detail: "The trait email is no valid address, or not this person's.",
    });
  }
  if (isFilled(traits.phone) && !has('phone')) {
    flags.push({
      flag: 'phone_invalid',
      detail: "The trait phone is no valid number, or not this person's.",
    });
  }
  if (!has('email') && !has('phone'))
    flags.push({ flag: 'no_contact', detail: 'Neither e-mail nor phone is known.' });
  if (
    missing.some(({ trait }) => trait === 'firstName') &&
    missing.some(({ trait }) => trait === 'lastName')
  ) {
    flags.push({ flag: 'no_name', detail: 'No name is known.' });
  }
  for (const trait of conflicts) {
    flags.push({ flag: 'conflicting_trait', detail: `Sources disagree on ${trait}: see alternatives.` });
  }
  for (const { profileId, evidence } of twins) {
    const detail = `Probably the same person as profile ${profileId}: ${evidence.join('; ')}.`;
    flags.push({ flag: 'suspected_duplicate', detail, profileId });
  }
  const known = EXPECTED_TRAITS.length - missing.length;
  return { completeness: known / EXPECTED_TRAITS.length, missing: missing.map(({ trait }) => trait), flags };
}

/** The value of a trait, or of a key inside one, such as `address.city`. */
export function valueAt(traits: Readonly<Record<string, JsonValue>>, path: string): JsonValue | undefined {
  // Nearly all are plain names.
  if (!path.includes('.')) return Object.hasOwn(traits, path) ? traits[path] : undefined;
  const [name = '', ...keys] = path.split('.');
  let value: JsonValue | undefined = Object.hasOwn(traits, name) ? traits[name] : undefined;
  for (const key of keys)
    value = isObject(value) && Object.hasOwn(value, key) ? (value as JsonObject)[key] : undefined;
  return value;
}

/** True when a value says something. */
export function isFilled(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}
