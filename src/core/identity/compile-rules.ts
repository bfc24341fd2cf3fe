import type { Event } from '../event/event.js';
import type { JsonValue } from '../json.js';
import { isObject } from '../json.js';
import type { Identifier } from './identifier.js';
import type { Given, IdentifierFault, KindReader } from './identify.js';
import { identify, isFault, judged, kindReader, take } from './identify.js';
import { isOfPerson } from './read-path.js';
import type { IdentifierRule, IdentityRules } from './rules.js';

export type { Given, IdentifierFault } from './identify.js';

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

/** Rules in the form that events are read by. */
export interface CompiledRules {
  readonly kinds: readonly CompiledKind[];
  /** True when a path leads to properties, or to what else of an event is read slowly (see `person-context.ts`). */
  readonly readsProperties: boolean;
  kindOf(kind: string): CompiledKind | undefined;
  /** The value under which an identifier is compared, be it blocked or not; empty when it is invalid or of no known kind. */
  normalise(kind: string, value: string): string;
  /** What an event gives for its person. Faults in what it names beside (see `named`) are among the faults. */
  identify(event: Event): Given;
  /**
   * Other names that a call says are the same person's, strongest first: of `alias` its previousId, under every kind that takes a
   * userId or an anonymousId; of `merge` all its identifiers. Kinds that the rules do not know are left out.
   */
  named(event: Event): readonly Identifier[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
const NONE: readonly Identifier[] = [];

/**
 * Compiles rules that `checkRules` let pass.
 * @param blocked single values that name nobody, normalised.
 */
export function compileRules(rules: IdentityRules, blocked: readonly Identifier[] = []): CompiledRules {
  const kinds = rules.identifiers.map(compileKind);
  const byName = new Map(kinds.map((kind) => [kind.kind, kind]));
  const readers = rules.identifiers.map((rule) => {
    const single = blocked.filter(({ kind }) => kind === rule.kind).map(({ value }) => value);
    return kindReader(rule, rules, new Set(single));
  });
  const readerOf = new Map(readers.map((reader) => [reader.kind, reader]));
  const aliases = previousIdReaders(rules, readerOf);
  const rankOf = ({ kind }: Identifier) => byName.get(kind)?.rank ?? kinds.length;
  const others = (event: Event): Named => {
    const found: Named = { identifiers: [], faults: [] };
    if (event.type === 'alias') {
      for (const { reader, source } of aliases) {
        if (source === undefined || source === event.sourceId) take(reader, event.previousId, event, found);
      }
      // A name of one kind may well be none of the other.
      if (found.identifiers.length > 0) found.faults = [];
    } else {
      for (const [kind, value] of mergeProperties(event)) {
        const reader = readerOf.get(kind) ?? (kind === 'mobile' ? readerOf.get('phone') : undefined);
        if (reader !== undefined) take(reader, value, event, found);
      }
      found.identifiers.sort((one, other) => rankOf(one) - rankOf(other));
    }
    return found;
  };
  const paths = rules.identifiers.flatMap(({ from }) => from);
  return {
    kinds,
    readsProperties: paths.some((entry) => !isOfPerson(typeof entry === 'string' ? entry : entry.path)),
    kindOf: (kind) => byName.get(kind),
    normalise(kind, value) {
      const reader = readerOf.get(kind);
      const made = reader && judged(reader, value, undefined);
      if (made === undefined) return '';
      if (isFault(made)) return made.reason === 'blocked' ? value.trim() : '';
      return made.value;
    },
    identify(event) {
      const given = identify(event, readers);
      if (!namesOthers(event)) return given;
      const { faults } = others(event);
      return faults.length === 0 ? given : { ...given, faults: [...given.faults, ...faults] };
    },
    named: (event) => (namesOthers(event) ? others(event).identifiers : NONE),
  };
}

/** What a call names beside its own person's identifiers. */
interface Named {
  readonly identifiers: Identifier[];
  faults: readonly IdentifierFault[];
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

function namesOthers({ type }: Event): boolean {
  return type === 'alias' || type === 'merge';
}

/** The kinds that a previousId may be of, strongest first; some for one source alone. */
function previousIdReaders(
  { identifiers }: IdentityRules,
  readerOf: ReadonlyMap<string, KindReader>,
): ReadonlyArray<{ readonly reader: KindReader; readonly source: string | undefined }> {
  return identifiers.flatMap(({ kind, from }) => {
    const reader = readerOf.get(kind);
    return from.flatMap((entry) => {
      const { path, source } = typeof entry === 'string' ? { path: entry, source: undefined } : entry;
      return reader !== undefined && (path === 'userId' || path === 'anonymousId')
        ? [{ reader, source }]
        : [];
    });
  });
}

/** The pairs of a `merge` call. */
function mergeProperties({ properties }: Event): Array<[kind: string, value: JsonValue]> {
  const entries = Array.isArray(properties.mergeProperties) ? properties.mergeProperties : [];
  return entries
    .filter(isObject)
    .map(({ type, value = null }) => [typeof type === 'string' ? type.trim() : '', value]);
}
