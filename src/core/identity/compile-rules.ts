import { memoizeRecent } from '../enrich/memoize-recent.js';
import type { Event } from '../event/event.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';
import { isBlocked, readBlocked } from './blocked-values.js';
import type { Identifier } from './identifier.js';
import { identifierKey } from './identifier.js';
import { normaliseEmail, reduceEmail } from './normalise-email.js';
import { normalisePhone, normaliseText } from './normalise-value.js';
import type { ReadPath } from './read-path.js';
import { readPath } from './read-path.js';
import type { IdentifierRule, IdentityRules } from './rules.js';

/** A kind of identifiers, as resolution needs it. */
export interface CompiledKind {
  readonly kind: string;
  /** Its place among the kinds: 0 is the strongest. */
  readonly rank: number;
  readonly unique: boolean;
  readonly merges: boolean;
  readonly moves: boolean;
  /** `withinMs` is Infinity where all count that were ever seen. */
  readonly limit: { readonly count: number; readonly withinMs: number } | undefined;
  /** Infinity where a value may be shared without end. */
  readonly peopleMax: number;
}

/** Why a value that stood where an identifier belongs is none. */
export interface IdentifierFault {
  readonly kind: string;
  readonly reason: 'invalid' | 'blocked';
}

/** What an event gives. */
export interface Given {
  /** Strongest first, each once, with its key. */
  readonly identifiers: readonly Identifier[];
  readonly faults: readonly IdentifierFault[];
}

/** Rules in the form that events are read by. */
export interface CompiledRules {
  readonly kinds: readonly CompiledKind[];
  kindOf(kind: string): CompiledKind | undefined;
  /** The value under which an identifier is compared, be it blocked or not; empty when it is invalid, or of no known kind. */
  normalise(kind: string, value: string): string;
  identify(event: Event): Given;
  /**
   * Other names that a call says are the same person's: of `alias` its previousId, under every kind that takes a userId or an
   * anonymousId; of `merge` all its identifiers.
   */
  named(event: Event): readonly Identifier[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Values of one path that are looked at; more are no person's. */
const VALUES_PER_PATH_MAX = 20;
const NORMALISED_KEPT_MAX = 20_000;
const NO_FAULTS: readonly IdentifierFault[] = [];
const NONE: readonly Identifier[] = [];
/** Stands before a value that names nobody: no value has a line break. */
const BLOCKED = '\n';

/** One kind with all that its values go through. */
interface Reader {
  readonly kind: string;
  readonly paths: ReadonlyArray<{ readonly read: ReadPath; readonly source: string | undefined }>;
  /** The normalised value, '' when it is invalid; after BLOCKED where it names nobody. */
  readonly judge: (raw: string, country: string) => string;
  readonly isPhone: boolean;
}

/**
 * Compiles rules that `checkRules` let pass.
 * @param blocked single values that name nobody, normalised.
 */
export function compileRules(rules: IdentityRules, blocked: readonly Identifier[] = []): CompiledRules {
  const kinds = rules.identifiers.map(compileKind);
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const readers = rules.identifiers.map((rule) => readerOf(rule, rules, blocked));
  const byKind = new Map(readers.map((reader) => [reader.kind, reader]));
  const countries = new Map((rules.phone?.countryOf ?? []).map(({ source, country }) => [source, country]));
  const country = rules.phone?.country ?? '';
  const countryOf = (event: Event) => ownCountry(event) || countries.get(event.sourceId) || country;
  const previousKinds = rules.identifiers
    .filter(({ from }) => from.includes('userId') || from.includes('anonymousId'))
    .map(({ kind }) => kind);
  const judged = (kind: string, value: string, of: string): Identifier | undefined => {
    const normalised = byKind.get(kind)?.judge(value, of) ?? '';
    return normalised === '' || normalised.startsWith(BLOCKED) ? undefined : withKey(kind, normalised);
  };
  return {
    kinds,
    kindOf: (kind) => byName.get(kind),
    normalise: (kind, value) => (byKind.get(kind)?.judge(value, country) ?? '').replace(BLOCKED, ''),
    identify: (event) => identify(event, readers, countryOf),
    named(event) {
      if (event.type === 'alias')
        return known(previousKinds.map((kind) => judged(kind, event.previousId, country)));
      if (event.type === 'merge')
        return known(mergeProperties(event).map(([kind, value]) => judged(kind, value, country)));
      return NONE;
    },
  };
}

function compileKind(rule: IdentifierRule, rank: number): CompiledKind {
  const { kind, unique = false, link = 'attach', moves = false, limit, peopleMax } = rule;
  const withinMs = limit?.days === undefined ? Number.POSITIVE_INFINITY : limit.days * DAY_MS;
  return {
    ...{ kind, rank, unique, moves, merges: link === 'merge' },
    limit: limit && { count: limit.count, withinMs },
    peopleMax: peopleMax ?? Number.POSITIVE_INFINITY,
  };
}

function readerOf(rule: IdentifierRule, rules: IdentityRules, blockedValues: readonly Identifier[]): Reader {
  const { kind, from, normalise = 'text', format } = rule;
  const own = readBlocked([...(rule.blocked ?? [])]);
  const single = new Set(blockedValues.filter((one) => one.kind === kind).map(({ value }) => value));
  const fits = format === undefined ? undefined : new RegExp(`^(?:${format})$`, 'u');
  const finish = (value: string) => {
    if (value === '') return '';
    if (single.has(value) || isBlocked(value, own)) return BLOCKED + value;
    return fits === undefined || fits.test(value) ? value : '';
  };
  const paths = from.map((entry) => {
    const path = typeof entry === 'string' ? entry : entry.path;
    // Invariant: checked rules hold valid paths.
    return { read: readPath(path) as ReadPath, source: typeof entry === 'string' ? undefined : entry.source };
  });
  return { kind, paths, judge: judgeOf(normalise, rules, finish), isPhone: normalise === 'phone' };
}

function judgeOf(
  normalise: NonNullable<IdentifierRule['normalise']>,
  rules: IdentityRules,
  finish: (value: string) => string,
): Reader['judge'] {
  switch (normalise) {
    case 'text':
      return (raw) => finish(normaliseText(raw));
    case 'lower':
      return (raw) => finish(normaliseText(raw).toLowerCase());
    case 'email': {
      const judge = memoizeRecent((raw) => {
        const email = normaliseEmail(raw);
        return finish(email === '' ? '' : reduceEmail(email, rules.email));
      }, NORMALISED_KEPT_MAX);
      return (raw) => judge(raw);
    }
    case 'phone': {
      const judge = memoizeRecent(
        (key) => finish(normalisePhone(key.slice(2).trimStart(), key.slice(0, 2).trim())),
        NORMALISED_KEPT_MAX,
      );
      return (raw, country) => judge(`${country.padEnd(2)}${raw}`);
    }
    default:
      return normalise satisfies never;
  }
}

function identify(event: Event, readers: readonly Reader[], countryOf: (event: Event) => string): Given {
  const identifiers: Identifier[] = [];
  let faults: IdentifierFault[] | undefined;
  for (const reader of readers) {
    for (const { read, source } of reader.paths) {
      if (source !== undefined && source !== event.sourceId) continue;
      const found = read(event);
      if (found === undefined || found === '' || found === null) continue;
      const values = Array.isArray(found) ? found.slice(0, VALUES_PER_PATH_MAX) : [found];
      for (const value of values) {
        const raw = textOf(value);
        if (raw === '') continue;
        const judged = raw === undefined ? '' : reader.judge(raw, reader.isPhone ? countryOf(event) : '');
        if (judged === '' || judged.startsWith(BLOCKED)) {
          faults ??= [];
          faults.push({ kind: reader.kind, reason: judged === '' ? 'invalid' : 'blocked' });
        } else if (!identifiers.some((one) => one.value === judged && one.kind === reader.kind)) {
          identifiers.push(withKey(reader.kind, judged));
        }
      }
    }
  }
  return { identifiers, faults: faults ?? NO_FAULTS };
}

/** Text and whole numbers; undefined for what cannot be an identifier. */
function textOf(value: JsonValue): string | undefined {
  if (typeof value === 'string') return value;
  if (value === null) return '';
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : undefined;
}

function withKey(kind: string, value: string): Identifier {
  return { kind, value, key: identifierKey(kind, value) };
}

function known(list: ReadonlyArray<Identifier | undefined>): readonly Identifier[] {
  return list.filter((one) => one !== undefined);
}

/** The pairs of a `merge` call. */
function mergeProperties({ properties }: Event): Array<[kind: string, value: string]> {
  const entries = Array.isArray(properties.mergeProperties) ? properties.mergeProperties : [];
  return entries.filter(isObject).map(({ type, value }) => {
    const kind = type === 'mobile' ? 'phone' : type;
    return [typeof kind === 'string' ? kind : '', textOf(value ?? null) ?? ''];
  });
}

/** The country that an event gives for its person, ISO 3166-1; empty when it gives none. */
function ownCountry({ type, traits, context }: Event): string {
  const own = type === 'group' ? '' : countryIn(traits);
  if (own !== '') return own;
  return isObject(context.traits) ? countryIn(context.traits) : '';
}

function countryIn({ country, address }: JsonObject): string {
  const given = country ?? (isObject(address) ? address.country : undefined);
  return typeof given === 'string' && /^[a-z]{2}$/i.test(given) ? given.toUpperCase() : '';
}
