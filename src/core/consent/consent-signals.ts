import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';

/** What an event carries of consent, as it came. */
export interface ConsentSignals {
  /** Purposes by name, as Tributary's own calls say them. */
  readonly purposes: ReadonlyMap<string, boolean>;
  /** Categories of a consent tool. */
  readonly categories: ReadonlyMap<string, boolean>;
  /** A TC string. */
  readonly tcf: string | undefined;
  /** A GPP string. */
  readonly gpp: string | undefined;
}

/** Where the strings stand below `context.consent`, after the names that the IAB's browser interfaces give them. */
const TCF_PATHS: ReadonlyArray<readonly string[]> = [
  ['tcString'],
  ['tcfString'],
  ['tcf'],
  ['tcf', 'tcString'],
  ['tcf', 'string'],
];
const GPP_PATHS: ReadonlyArray<readonly string[]> = [
  ['gppString'],
  ['gpp'],
  ['gpp', 'gppString'],
  ['gpp', 'string'],
];
const NO_WORDS: ReadonlyMap<string, boolean> = new Map();

/**
 * Reads what a context says of consent: `consent.categoryPreferences` of Segment's calls, `consentManagement` of RudderStack's,
 * `consent.purposes` of our own, and the strings of the IAB. Undefined when it says nothing.
 */
export function readSignals({ consent, consentManagement }: JsonObject): ConsentSignals | undefined {
  if (!isObject(consent) && !isObject(consentManagement)) return undefined;
  const own = isObject(consent) ? consent : {};
  const managed = isObject(consentManagement) ? consentManagement : {};
  return {
    purposes: wordsOf(own.purposes),
    categories: categoriesOf(own.categoryPreferences, managed),
    tcf: firstText(own, TCF_PATHS),
    gpp: firstText(own, GPP_PATHS),
  };
}

function wordsOf(value: JsonValue | undefined): ReadonlyMap<string, boolean> {
  if (!isObject(value)) return NO_WORDS;
  const words = new Map<string, boolean>();
  for (const name of Object.keys(value)) {
    const word = value[name];
    if (typeof word === 'boolean') words.set(name, word);
  }
  return words;
}

function categoriesOf(
  preferences: JsonValue | undefined,
  { allowedConsentIds, deniedConsentIds }: JsonObject,
): ReadonlyMap<string, boolean> {
  const words = wordsOf(preferences);
  if (allowedConsentIds === undefined && deniedConsentIds === undefined) return words;
  const all = new Map(words);
  for (const id of textsOf(allowedConsentIds)) if (!all.has(id)) all.set(id, true);
  for (const id of textsOf(deniedConsentIds)) all.set(id, false);
  return all;
}

function textsOf(value: JsonValue | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function firstText(consent: JsonObject, paths: ReadonlyArray<readonly string[]>): string | undefined {
  for (const path of paths) {
    let value: JsonValue | undefined = consent;
    for (const key of path) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return undefined;
}
