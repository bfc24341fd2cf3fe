import { memoizeRecent } from '../enrich/memoize-recent.js';
import type { Event } from '../event/event.js';
import type { JsonValue } from '../json.js';
import { LIMITS } from '../limits.js';
import { compileBlocked, namesNobody } from './blocked-values.js';
import { compilePattern } from './compile-pattern.js';
import type { Identifier } from './identifier.js';
import { identifierKey } from './identifier.js';
import { emailReducer, normaliseEmail } from './normalise-email.js';
import type { Speaker } from './normalise-phone.js';
import { normalisePhone, phoneCountry } from './normalise-phone.js';
import { normaliseLower, normaliseText } from './normalise-text.js';
import type { ReadPath } from './read-path.js';
import { readPath } from './read-path.js';
import type { IdentifierRule, IdentityRules } from './rules.js';

/** Why a value that stood where an identifier belongs is none. */
export interface IdentifierFault {
  readonly kind: string;
  readonly reason: 'invalid' | 'blocked';
}

/** What an event gives. */
export interface Given {
  /** Strongest first, each once, with its key. */
  readonly identifiers: readonly Identifier[];
  /** Each kind and reason once. */
  readonly faults: readonly IdentifierFault[];
}

/** One kind with all that its values go through. */
export interface KindReader {
  readonly kind: string;
  readonly paths: ReadonlyArray<{ readonly read: ReadPath; readonly source: string | undefined }>;
  /** Judges a trimmed value that is not blank. Phone numbers without a prefix are those of the event's country. */
  readonly judge: (value: string, event: Speaker | undefined) => Identifier | IdentifierFault;
  readonly invalid: IdentifierFault;
}

/** Values of one path that are looked at; more are no person's. */
const VALUES_PER_PATH_MAX = 20;
const JUDGED_KEPT_MAX = 20_000;
const NO_FAULTS: readonly IdentifierFault[] = [];

/** Compiles one kind; `single` are normalised values of it that name nobody. */
export function kindReader(
  rule: IdentifierRule,
  rules: IdentityRules,
  single: ReadonlySet<string>,
): KindReader {
  const paths = rule.from.map((entry) => {
    const path = typeof entry === 'string' ? entry : entry.path;
    const read = readPath(path);
    if (read === undefined) throw new Error(`Rules were not checked: ${path} is no path`);
    return { read, source: typeof entry === 'string' ? undefined : entry.source };
  });
  const invalid: IdentifierFault = { kind: rule.kind, reason: 'invalid' };
  return { kind: rule.kind, paths, judge: judgeOf(rule, rules, single, invalid), invalid };
}

function judgeOf(
  {
    kind,
    normalise = 'text',
    format,
    blocked: entries = [],
    defaultBlocked = true,
    notBlocked = [],
  }: IdentifierRule,
  rules: IdentityRules,
  single: ReadonlySet<string>,
  invalid: IdentifierFault,
): KindReader['judge'] {
  const blocked: IdentifierFault = { kind, reason: 'blocked' };
  const comparable = comparableAs(normalise, rules);
  const ownForm = (entry: string) => comparable(entry, rules.phone?.country ?? '');
  const isBlocked = compileBlocked(entries, ownForm);
  const isSpared = compileBlocked(notBlocked, ownForm);
  const fits = format === undefined ? undefined : compilePattern(format);
  const isBuiltIn = (value: string) => defaultBlocked && namesNobody(value) && isSpared?.(value) !== true;
  const namesNone = (value: string) => isBuiltIn(value) || isBlocked?.(value) === true;
  const judge = (value: string, country: string): Identifier | IdentifierFault => {
    // `n/a` for an address is nobody's, rather than a slip.
    if (namesNone(value)) return blocked;
    const normalised = comparable(value, country);
    if (normalised === '') return invalid;
    if (normalised !== value && namesNone(normalised)) return blocked;
    if (single.has(normalised)) return blocked;
    if (fits !== undefined && !fits(normalised)) return invalid;
    return { kind, value: normalised, key: identifierKey(kind, normalised) };
  };
  // Longer than any identifier, with room for what is not one's own: it is not worth remembering.
  const isTooLong = (value: string) => value.length > LIMITS.identifierCharsMax;
  if (normalise === 'phone') {
    const countryOf = phoneCountry(rules.phone);
    const remembered = memoizeRecent((key) => judge(key.slice(2), key.slice(0, 2).trim()), JUDGED_KEPT_MAX);
    return (value, event) => {
      if (isTooLong(value)) return invalid;
      return remembered(`${value.startsWith('+') ? '  ' : countryOf(event).padEnd(2)}${value}`);
    };
  }
  // Plain text is judged faster than it is remembered.
  if (normalise !== 'email' && isBlocked === undefined && fits === undefined) {
    return (value) => (isTooLong(value) ? invalid : judge(value, ''));
  }
  const remembered = memoizeRecent((value) => judge(value, ''), JUDGED_KEPT_MAX);
  return (value) => (isTooLong(value) ? invalid : remembered(value));
}

/** The form under which values of a kind are compared; it gives '' for what cannot be one. */
function comparableAs(
  normalise: NonNullable<IdentifierRule['normalise']>,
  rules: IdentityRules,
): (value: string, country: string) => string {
  switch (normalise) {
    case 'text':
      return normaliseText;
    case 'lower':
      return normaliseLower;
    case 'email': {
      const reduce = emailReducer(rules.email);
      return (value) => reduce(normaliseEmail(value));
    }
    case 'phone':
      return normalisePhone;
    default:
      return normalise satisfies never;
  }
}

/** Reads all that an event gives for its person. */
export function identify(event: Event, readers: readonly KindReader[]): Given {
  const given = { identifiers: [] as Identifier[], faults: NO_FAULTS };
  for (const reader of readers) {
    for (const { read, source } of reader.paths) {
      if (source !== undefined && source !== event.sourceId) continue;
      const found = read(event);
      if (found === undefined || found === '') continue;
      if (!Array.isArray(found)) {
        take(reader, found, event, given);
        continue;
      }
      const count = Math.min(found.length, VALUES_PER_PATH_MAX);
      for (let at = 0; at < count; at += 1) take(reader, found[at] ?? null, event, given);
    }
  }
  return given;
}

/** What a reader makes of a value; undefined where there is none. */
export function judged(
  reader: KindReader,
  value: JsonValue,
  event: Event | undefined,
): Identifier | IdentifierFault | undefined {
  const text = textOf(value);
  if (text === '') return undefined;
  return text === undefined ? reader.invalid : reader.judge(text, event);
}

/** Adds what a reader makes of a value, unless it is there already. */
export function take(
  reader: KindReader,
  value: JsonValue,
  event: Event,
  given: { readonly identifiers: Identifier[]; faults: readonly IdentifierFault[] },
): void {
  const made = judged(reader, value, event);
  if (made === undefined) return;
  if (isFault(made)) {
    for (const { kind, reason } of given.faults) if (kind === made.kind && reason === made.reason) return;
    given.faults = [...given.faults, made];
    return;
  }
  for (const { kind, value: known } of given.identifiers) {
    if (known === made.value && kind === made.kind) return;
  }
  given.identifiers.push(made);
}

/** True when a judgement is a fault. */
export function isFault(made: Identifier | IdentifierFault): made is IdentifierFault {
  return 'reason' in made;
}

/** Text, trimmed, and whole numbers; undefined for what cannot be an identifier. */
function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value.trim();
  if (value === null) return '';
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}
