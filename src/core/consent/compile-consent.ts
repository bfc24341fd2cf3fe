import { memoizeRecent } from '../enrich/memoize-recent.js';
import type { JsonObject } from '../json.js';
import type { ConsentRulesVersion, GppRule, PurposeRule, TcfRule } from './consent-rules.js';
import { DEFAULT_CONSENT_RULES } from './consent-rules.js';
import type { ConsentSignals } from './consent-signals.js';
import { readSignals } from './consent-signals.js';
import type { GppConsent, UsSection } from './decode/decode-gpp.js';
import { decodeGpp } from './decode/decode-gpp.js';
import type { TcfConsent } from './decode/decode-tcf.js';
import { decodeTcf } from './decode/decode-tcf.js';

/** What an event says of consent: purposes, each given (true) or refused (false); what it says nothing of is not there. */
export interface SaidConsent {
  readonly purposes: ReadonlyMap<string, boolean>;
  /** Strings that somebody has mapped to purposes, and that cannot be decoded. */
  readonly faults: ReadonlyArray<'tcf' | 'gpp'>;
}

/** The rules of consent, ready to read events by. */
export interface CompiledConsent {
  /** What an event says, under the rules that held at its place in the log. */
  said(event: { readonly offset: number; readonly context: JsonObject }): SaidConsent;
}

/** Strings that were decoded lately: a visitor's stays the same from page to page. */
const DECODED_KEPT_MAX = 2_000;
const SILENT: SaidConsent = { purposes: new Map(), faults: [] };
/** Purpose 1, storing on the device: the framework knows no legitimate interest in it. */
const STORAGE = 1;

/** Compiles all versions of the rules. An event goes by those of its place, also when it is read again much later. */
export function compileConsent(versions: readonly ConsentRulesVersion[]): CompiledConsent {
  const newestFirst = [...versions]
    .sort((a, b) => b.version - a.version)
    .map(({ since, rules }) => ({ since, rules: Object.entries(rules.purposes) }));
  const builtIn = Object.entries(DEFAULT_CONSENT_RULES.purposes);
  const strings: Strings = {
    tcf: memoizeRecent((text) => decodeTcf(text) ?? null, DECODED_KEPT_MAX),
    gpp: memoizeRecent((text) => decodeGpp(text) ?? null, DECODED_KEPT_MAX),
  };
  return {
    said({ offset, context }) {
      const signals = readSignals(context);
      if (signals === undefined) return SILENT;
      const inForce = newestFirst.find(({ since }) => since <= offset);
      return saidBy(signals, inForce?.rules ?? builtIn, strings);
    },
  };
}

interface Strings {
  readonly tcf: (text: string) => TcfConsent | null;
  readonly gpp: (text: string) => GppConsent | null;
}

type Word = boolean | undefined;

function saidBy(
  { purposes, categories, tcf, gpp }: ConsentSignals,
  rules: ReadonlyArray<[string, PurposeRule]>,
  strings: Strings,
): SaidConsent {
  const faults = new Set<'tcf' | 'gpp'>();
  const decode = <Value>(
    kind: 'tcf' | 'gpp',
    text: string | undefined,
    from: (text: string) => Value | null,
  ) => {
    if (text === undefined) return undefined;
    const value = from(text);
    if (value === null) faults.add(kind);
    return value ?? undefined;
  };
  const said = new Map(categories);
  for (const [purpose, rule] of rules) {
    const platform = rule.gpp || rule.tcf ? decode('gpp', gpp, strings.gpp) : undefined;
    const framework = rule.tcf ? decode('tcf', tcf ?? platform?.tcf, strings.tcf) : undefined;
    const word = together([
      byCategories(rule.categories ?? [purpose], categories),
      rule.tcf && framework && byTcf(rule.tcf, framework),
      rule.gpp && platform && byGpp(rule.gpp, platform),
    ]);
    if (word === undefined) said.delete(purpose);
    else said.set(purpose, word);
  }
  for (const [purpose, word] of purposes) said.set(purpose, word && said.get(purpose) !== false);
  return { purposes: said, faults: [...faults] };
}

/** One refusal outweighs all else; one yes does, where the others say nothing. */
function together(words: readonly Word[]): Word {
  if (words.includes(false)) return false;
  return words.includes(true) ? true : undefined;
}

/** A refusal refuses; all must be given. */
function byCategories(names: readonly string[], categories: ReadonlyMap<string, boolean>): Word {
  const words = names.map((name) => categories.get(name));
  if (words.includes(false)) return false;
  return words.length > 0 && words.every((word) => word === true) ? true : undefined;
}

/** A TC string has no third word: what it does not give is refused. */
function byTcf({ purposes, vendors = [], legitimateInterest = false }: TcfRule, said: TcfConsent): boolean {
  return purposes.every((purpose) => {
    const consented = said.purposes.includes(purpose);
    const interest = legitimateInterest && purpose !== STORAGE && said.legitimateInterests.includes(purpose);
    if (vendors.length === 0) return consented || interest;
    return vendors.every((vendor) => {
      const restricted = new Set(
        said.restrictions
          .filter((one) => one.purpose === purpose && one.vendors.includes(vendor))
          .map(({ kind }) => kind),
      );
      if (restricted.has('not_allowed')) return false;
      const byConsent = consented && said.vendors.includes(vendor) && !restricted.has('require_interest');
      const byInterest =
        interest && said.vendorInterests.includes(vendor) && !restricted.has('require_consent');
      return byConsent || byInterest;
    });
  });
}

function byGpp(rule: GppRule, { us }: GppConsent): Word {
  if (us.length === 0) return undefined;
  const words = us.map((section) => bySection(rule, section));
  if (words.includes(false)) return false;
  return rule.notOptedOut === 'given' && words.every((word) => word === true) ? true : undefined;
}

/** Of what the section knows: one opt-out refuses, and to have been told of all of it and kept it is a yes. */
function bySection({ optOuts }: GppRule, { optedOut, gpc }: UsSection): Word {
  const words = optOuts.flatMap((optOut) => optedOut[optOut] ?? []);
  if (gpc || words.includes(true)) return false;
  return words.length > 0 ? true : undefined;
}
