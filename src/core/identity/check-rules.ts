import { Value } from 'typebox/value';
import { TributaryError } from '../errors.js';
import { explainFault } from '../import/explain-fault.js';
import type { JsonValue } from '../json.js';
import { blockedPattern, namesNobody } from './blocked-values.js';
import { compilePattern } from './compile-pattern.js';
import { isPhoneCountry } from './normalise-phone.js';
import { readPath } from './read-path.js';
import type { IdentifierRule, IdentityRules, TraitRule } from './rules.js';
import { IdentityRulesSchema } from './rules.js';

/** Patterns in the list of blocked values of one kind: each is tried on every value. */
const BLOCKED_PATTERNS_MAX = 50;
const DOMAIN = /^[^\s@.]+(?:\.[^\s@.]+)+$/;

/**
 * Reads a document of rules.
 * @throws TributaryError `request_invalid` with a sentence that names the field and the fix.
 */
export function checkRules(value: unknown): IdentityRules {
  if (!Value.Check(IdentityRulesSchema, value)) refuse(schemaFault(value));
  for (const [index, rule] of value.identifiers.entries())
    checkIdentifier(rule, `rules.identifiers.${index}`);
  refuseRepeats(
    value.identifiers,
    ({ kind }) => kind,
    (index) => `rules.identifiers.${index}.kind`,
    'its paths',
  );
  checkEmail(value.email);
  checkPhone(value.phone);
  const traits = value.traits ?? [];
  for (const [index, rule] of traits.entries()) checkTrait(rule, `rules.traits.${index}`);
  refuseRepeats(
    traits,
    ({ trait }) => trait,
    (index) => `rules.traits.${index}.trait`,
    'one rule',
  );
  return value;
}

/** Where a document names sources, by their ids. */
export function sourcesIn({ identifiers, phone, traits = [] }: IdentityRules): SourceNamed[] {
  const named: SourceNamed[] = [];
  for (const [index, { from }] of identifiers.entries()) {
    for (const [nth, entry] of from.entries()) {
      if (typeof entry === 'object')
        named.push({ at: `rules.identifiers.${index}.from.${nth}.source`, source: entry.source });
    }
  }
  for (const [index, { source }] of (phone?.countryOf ?? []).entries())
    named.push({ at: `rules.phone.countryOf.${index}.source`, source });
  for (const [index, { sources = [], never = [] }] of traits.entries()) {
    for (const [list, ids] of Object.entries({ sources, never }))
      for (const [nth, source] of ids.entries())
        named.push({ at: `rules.traits.${index}.${list}.${nth}`, source });
  }
  return named;
}

/** A source that rules name. */
export interface SourceNamed {
  readonly at: string;
  readonly source: string;
}

interface SchemaFault {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: { readonly allowedValue?: unknown };
}

/** A sentence on the first thing that is not as the schema has it. */
function schemaFault(value: unknown): string {
  const faults = Value.Errors(IdentityRulesSchema, value) as readonly SchemaFault[];
  const unknownKey = faults.some(({ keyword }) => keyword === 'additionalProperties');
  const [first] = faults;
  if (first !== undefined && !unknownKey) {
    const at = `rules${first.instancePath.replaceAll('/', '.')}`;
    if (first.keyword === 'const') {
      const allowed = faults.filter(
        ({ keyword, instancePath }) => keyword === 'const' && instancePath === first.instancePath,
      );
      return `${at} must be one of ${allowed.map(({ params }) => String(params.allowedValue)).join(', ')}.`;
    }
    if (/^\/identifiers\/\d+\/from\/\d+$/.test(first.instancePath)) {
      return `${at} must be a path, or an object with source and path.`;
    }
    if (first.keyword === 'pattern' && first.instancePath.endsWith('/country')) {
      return `${at} must be a code of ISO 3166-1 in capitals, such as DE.`;
    }
    if (first.instancePath.endsWith('/kind')) {
      return `${at} must begin with a small letter, and go on with up to 39 small letters, digits or _.`;
    }
  }
  return explainFault(IdentityRulesSchema, value as JsonValue, 'rules') ?? 'rules are not valid.';
}

function checkIdentifier(rule: IdentifierRule, at: string): void {
  const { kind, from, unique, limit, link = 'attach', moves, format, blocked = [] } = rule;
  if (kind === 'id') refuse(`${at}.kind: id stands for the profile's own id. Give the kind another name.`);
  for (const [index, entry] of from.entries()) checkPath(entry, `${at}.from.${index}`);
  refuseRepeats(
    from,
    (entry) => (typeof entry === 'string' ? entry : `${entry.path} of source ${entry.source}`),
    (index) => `${at}.from.${index}`,
    'one entry',
  );
  if (moves === true && link === 'merge') {
    refuse(
      `${at}.moves: what merges people does not move between them. Leave moves out, or set link to attach.`,
    );
  }
  if (unique === true && limit !== undefined) {
    refuse(`${at}.limit: a profile holds one value of a unique kind anyway. Leave limit or unique out.`);
  }
  if (format !== undefined) checkPattern(format, `${at}.format`);
  checkBlocked(blocked, at);
  checkSpared(rule, at);
}

function checkBlocked(blocked: readonly string[], at: string): void {
  const patterns = blocked.map(blockedPattern);
  if (patterns.filter((pattern) => pattern !== undefined).length > BLOCKED_PATTERNS_MAX) {
    refuse(`${at}.blocked: at most ${BLOCKED_PATTERNS_MAX} may be regular expressions. Join some with |.`);
  }
  for (const [index, pattern] of patterns.entries()) {
    if (pattern !== undefined) checkPattern(pattern, `${at}.blocked.${index}`);
    else if (blocked[index]?.trim() === '')
      refuse(`${at}.blocked.${index}: blank values name nobody anyway. Leave it out.`);
  }
}

/** What is taken out of the built-in list must be in it: else it does nothing, and was meant to do something. */
function checkSpared(
  { defaultBlocked = true, notBlocked = [], blocked = [] }: IdentifierRule,
  at: string,
): void {
  if (!defaultBlocked && notBlocked.length > 0) {
    refuse(
      `${at}.notBlocked: with defaultBlocked false nothing is left to take out. Leave one of the two out.`,
    );
  }
  const own = new Set(blocked.map((entry) => entry.trim().toLowerCase()));
  for (const [index, entry] of notBlocked.entries()) {
    const value = entry.trim();
    if (own.has(value.toLowerCase())) {
      refuse(
        `${at}.notBlocked.${index}: ${JSON.stringify(value)} is in blocked as well. Leave it out of one of them.`,
      );
    }
    if (!namesNobody(value)) {
      refuse(
        `${at}.notBlocked.${index}: ${JSON.stringify(value)} is not blocked by default. Leave it out, or take it out of blocked.`,
      );
    }
  }
}

function checkPath(entry: IdentifierRule['from'][number], at: string): void {
  const path = typeof entry === 'string' ? entry : entry.path;
  if (readPath(path) !== undefined) return;
  refuse(
    `${at}: ${JSON.stringify(path)} is no path. Give userId, anonymousId, groupId, or one below traits, context or properties, ` +
      'such as traits.loyalty.card or context.externalIds[type].',
  );
}

function checkPattern(source: string, at: string): void {
  try {
    compilePattern(source);
  } catch (error) {
    // A defect of ours must not be shown as one of the rules.
    if (!(error instanceof SyntaxError)) throw error;
    refuse(`${at}: ${error.message}.`);
  }
}

function checkEmail(email: IdentityRules['email']): void {
  for (const list of ['ignoreDots', 'ignorePlus'] as const) {
    for (const [index, domain] of (email?.[list] ?? []).entries()) {
      if (!DOMAIN.test(domain)) {
        refuse(
          `rules.email.${list}.${index}: ${JSON.stringify(domain)} is no domain. Give one such as gmail.com.`,
        );
      }
    }
  }
}

function checkPhone(phone: IdentityRules['phone']): void {
  if (phone?.country !== undefined) checkCountry(phone.country, 'rules.phone.country');
  const list = phone?.countryOf ?? [];
  for (const [index, { country }] of list.entries())
    checkCountry(country, `rules.phone.countryOf.${index}.country`);
  refuseRepeats(
    list,
    ({ source }) => source,
    (index) => `rules.phone.countryOf.${index}.source`,
    'one country',
  );
}

function checkCountry(code: string, at: string): void {
  if (!isPhoneCountry(code))
    refuse(`${at}: ${code} is no country with telephone numbers. Give a code of ISO 3166-1, such as DE.`);
}

function checkTrait({ keep, sources }: TraitRule, at: string): void {
  if (keep === 'by_source') {
    if (sources === undefined || sources.length === 0) {
      refuse(`${at}.sources: by_source needs the ids of the sources, best first.`);
    }
    refuseRepeats(
      sources,
      (source) => source,
      (index) => `${at}.sources.${index}`,
      'one place',
    );
  } else if (sources !== undefined) {
    refuse(`${at}.sources: only by_source looks at them. Leave sources out, or set keep to by_source.`);
  }
}

/** Refuses a list in which two entries are of one name. */
function refuseRepeats<Entry>(
  list: readonly Entry[],
  nameOf: (entry: Entry) => string,
  at: (index: number) => string,
  once: string,
): void {
  const known = new Set<string>();
  for (const [index, entry] of list.entries()) {
    const name = nameOf(entry);
    if (known.has(name)) refuse(`${at(index)}: ${name} comes twice. Give it once, with ${once}.`);
    known.add(name);
  }
}

function refuse(message: string): never {
  throw new TributaryError('request_invalid', message);
}
