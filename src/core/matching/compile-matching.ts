import type { Identifier } from '../identity/identifier.js';
import { isFault, kindReader } from '../identity/identify.js';
import { emailReducer } from '../identity/normalise-email.js';
import type { Speaker } from '../identity/normalise-phone.js';
import type { IdentifierRule, IdentityRules } from '../identity/rules.js';
import type { JsonObject, JsonValue } from '../json.js';
import type { Sourced } from '../profile/profile.js';
import type { TraitState } from '../profile/traits/candidate.js';
import type { TraitRules } from '../profile/traits/trait-rules.js';
import type { ReadTrait } from './person-facts.js';
import { birthday, FACT_TRAITS, familyName, fullName, postalAddress } from './person-facts.js';

/** What two people have in common who are probably one, strongest first. */
export const MATCH_RULES = [
  'email',
  'phone_and_family_name',
  'name_and_birthday',
  'name_and_address',
] as const;
export type MatchRule = (typeof MATCH_RULES)[number];

/** What a profile can be matched by under one rule. */
export interface MatchKey {
  readonly rule: MatchRule;
  /** The comparable values, for people to read: equal texts of one rule match. */
  readonly said: string;
  /** The source of the newest trait that it is made of. */
  readonly sourceId: string;
}

/** Finds the keys of a profile by its traits: at most one for each rule. */
export type Matching = (traits: ReadonlyMap<string, TraitState>) => MatchKey[];

/** Traits that keys are made of: nothing else changes them. */
export const MATCH_TRAITS: ReadonlySet<string> = new Set([...Object.values(FACT_TRAITS).flat(), 'country']);

/** One mailbox under two names. */
const DOMAIN_ALIASES: ReadonlyMap<string, string> = new Map([['googlemail.com', 'gmail.com']]);
const DOTLESS = ['gmail.com'];

/**
 * Compiles how profiles are matched under rules that `checkRules` let pass.
 * @param blocked single values that name nobody, normalised.
 */
export function compileMatching(
  rules: IdentityRules,
  blocked: readonly Identifier[],
  traitRules: TraitRules,
): Matching {
  const emailOf = comparableAs('email', rules, blocked);
  const phoneOf = comparableAs('phone', rules, blocked);
  const mailboxOf = mailboxReader(rules);
  return (traits) => {
    if (traits.size === 0) return [];
    const facts = new Facts(traits, traitRules);
    const speaker = facts.speaker();
    const name = fullName(facts.read);
    const made: Record<MatchRule, () => string> = {
      email: () => mailboxOf(facts.first(FACT_TRAITS.email, (value) => emailOf(value, speaker))),
      phone_and_family_name: () =>
        joined(
          facts.first(FACT_TRAITS.phone, (value) => phoneOf(value, speaker)),
          familyName(facts.read),
        ),
      name_and_birthday: () => joined(name, birthday(facts.read)),
      name_and_address: () => joined(name, postalAddress(facts.read)),
    };
    return MATCH_RULES.flatMap((rule) => {
      const said = made[rule]();
      return said === '' ? [] : [{ rule, said, sourceId: facts.sourceOf(rule) }];
    });
  };
}

/** Traits that each rule looks at. */
const LOOKED_AT: Readonly<Record<MatchRule, ReadonlyArray<readonly string[]>>> = {
  email: [FACT_TRAITS.email],
  phone_and_family_name: [FACT_TRAITS.phone, FACT_TRAITS.lastName, FACT_TRAITS.name],
  name_and_birthday: [FACT_TRAITS.firstName, FACT_TRAITS.lastName, FACT_TRAITS.name, FACT_TRAITS.birthday],
  name_and_address: [
    ...[FACT_TRAITS.firstName, FACT_TRAITS.lastName, FACT_TRAITS.name, FACT_TRAITS.address],
    ...[FACT_TRAITS.street, FACT_TRAITS.postalCode, FACT_TRAITS.city],
  ],
};

/** What one profile says of itself. */
class Facts {
  readonly #traits: ReadonlyMap<string, TraitState>;
  readonly #rules: TraitRules;

  constructor(traits: ReadonlyMap<string, TraitState>, rules: TraitRules) {
    this.#traits = traits;
    this.#rules = rules;
  }

  readonly read: ReadTrait = (name) => this.#winner(name)?.value;

  /** The first that gives something of traits that mean the same. */
  first(names: readonly string[], read: (value: JsonValue) => string): string {
    for (const name of names) {
      const found = read(this.read(name) ?? null);
      if (found !== '') return found;
    }
    return '';
  }

  /** Who says it, for telephone numbers without a prefix. */
  speaker(): Speaker {
    const traits: JsonObject = {};
    for (const name of ['country', 'address']) traits[name] = this.read(name) ?? null;
    const phone = FACT_TRAITS.phone.map((name) => this.#winner(name)).find((one) => one !== undefined);
    return { type: 'identify', traits, context: {}, sourceId: phone?.sourceId ?? '' };
  }

  sourceOf(rule: MatchRule): string {
    let newest: Sourced<JsonValue> | undefined;
    for (const name of LOOKED_AT[rule].flat()) {
      const one = this.#winner(name);
      if (one !== undefined && (newest === undefined || one.offset > newest.offset)) newest = one;
    }
    return newest?.sourceId ?? '';
  }

  #winner(name: string): Sourced<JsonValue> | undefined {
    const state = this.#traits.get(name);
    return state && this.#rules.of(name).strategy.winner(state);
  }
}

/** The form that the kind for such values has; '' for what is invalid or blocked. Where the rules have no such kind, the usual one. */
function comparableAs(
  form: 'email' | 'phone',
  rules: IdentityRules,
  blocked: readonly Identifier[],
): (value: JsonValue, speaker: Speaker) => string {
  const usual: IdentifierRule = { kind: form, from: [], normalise: form };
  const rule = rules.identifiers.find(({ normalise }) => normalise === form) ?? usual;
  const single = blocked.filter(({ kind }) => kind === rule.kind).map(({ value }) => value);
  const { judge } = kindReader(rule, rules, new Set(single));
  return (value, speaker) => {
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).trim() : '';
    if (text === '') return '';
    const made = judge(text, speaker);
    return isFault(made) ? '' : made.value;
  };
}

/** The mailbox that an address leads to: without a tag, and where the provider ignores dots without those. */
function mailboxReader({ email }: IdentityRules): (address: string) => string {
  const reduce = emailReducer({ ignoreDots: [...DOTLESS, ...(email?.ignoreDots ?? [])] });
  return (address) => {
    if (address === '') return '';
    const at = address.lastIndexOf('@');
    const [name = ''] = address.slice(0, at).split('+');
    const domain = address.slice(at + 1);
    return name === '' ? address : reduce(`${name}@${DOMAIN_ALIASES.get(domain) ?? domain}`);
  };
}

function joined(one: string, other: string): string {
  return one === '' || other === '' ? '' : `${one}, ${other}`;
}

const WORDS: Readonly<Record<MatchRule, string>> = {
  email: 'the same e-mail, up to what providers ignore',
  phone_and_family_name: 'the same phone number and family name',
  name_and_birthday: 'the same full name and birthday',
  name_and_address: 'the same full name and postal address',
};

/** What matches under a rule, in words. @param said see `MatchKey`; undefined when it is not at hand. */
export function evidenceOf(rule: MatchRule, said: string | undefined): string {
  return said === undefined ? WORDS[rule] : `${WORDS[rule]} (${said})`;
}
