import { GppModel, Sections } from '@iabgpp/cmpapi';
import type { OptOut } from '../consent-rules.js';
import { Bits } from './bits.js';

/** What a section of a GPP string says for a state, or for all of the United States. */
export interface UsSection {
  /** Its name, such as `usnat` or `usca`. */
  readonly section: string;
  /** True: opted out. False: told, and did not opt out. What does not apply, or the section does not know, is left out. */
  readonly optedOut: Readonly<Partial<Record<OptOut, boolean>>>;
  /** The browser's own signal, Global Privacy Control, which is an opt-out of all. */
  readonly gpc: boolean;
}

/** What a GPP string says (IAB Global Privacy Platform). */
export interface GppConsent {
  /** The TC string of its section for Europe. */
  readonly tcf: string | undefined;
  readonly us: readonly UsSection[];
  /** Names of all sections, or `section <id>` of one that is not known here. */
  readonly sections: readonly string[];
}

const CHARS_MAX = 16_384;
const SECTIONS_MAX = 64;
const SECTION_ID_MAX = 1_000;
const EUROPE = 2;
const FIELDS: Readonly<Record<OptOut, string>> = {
  sale: 'SaleOptOut',
  sharing: 'SharingOptOut',
  targeted_advertising: 'TargetedAdvertisingOptOut',
};

/** Decodes a GPP string; undefined for anything that is none, and when any section for the United States cannot be read. Never throws. */
export function decodeGpp(text: string): GppConsent | undefined {
  try {
    if (text.length > CHARS_MAX) return undefined;
    const [header = '', ...encoded] = text.split('~');
    const ids = sectionIds(header);
    if (ids.length === 0 || ids.length !== encoded.length) return undefined;
    const model = new GppModel(text);
    const names = ids.map((id) => Sections.SECTION_ID_NAME_MAP.get(id) ?? `section ${id}`);
    return {
      tcf: encoded[ids.indexOf(EUROPE)],
      us: names.filter((name) => name.startsWith('us')).map((name) => usSection(model, name)),
      sections: names,
    };
  } catch {
    return undefined;
  }
}

function usSection(model: GppModel, section: string): UsSection {
  // The older signal for California is four letters.
  if (section === 'uspv1') {
    const said: unknown = model.getFieldValue(section, 'OptOutSale');
    const optedOut = said === 'Y' ? { sale: true } : said === 'N' ? { sale: false } : {};
    return { section, optedOut, gpc: false };
  }
  const said = (Object.entries(FIELDS) as Array<[OptOut, string]>).flatMap(([optOut, field]) => {
    const value: unknown = model.hasField(section, field) ? model.getFieldValue(section, field) : 0;
    return value === 1 || value === 2 ? [[optOut, value === 1] as const] : [];
  });
  const gpc = model.hasField(section, 'Gpc') && model.getFieldValue(section, 'Gpc') === true;
  return { section, optedOut: Object.fromEntries(said), gpc };
}

/**
 * The ids of the sections that a header names, read here since a range of a few characters may claim billions, which the library
 * would list. @throws RangeError for a header that is none, or names too many.
 */
function sectionIds(header: string): number[] {
  const bits = new Bits(header);
  const [type, version] = [bits.take(6), bits.take(6)];
  if (type !== 3 || version !== 1) throw new RangeError('This is no header of version 1.');
  const ids: number[] = [];
  let last = 0;
  for (let entries = bits.take(12); entries > 0; entries -= 1) {
    const isRange = bits.take(1) === 1;
    const first = last + fibonacci(bits);
    last = isRange ? first + fibonacci(bits) : first;
    if (last - first + ids.length >= SECTIONS_MAX) throw new RangeError('It names too many sections.');
    for (let id = first; id <= last; id += 1) ids.push(id);
  }
  return ids;
}

/** A number in Fibonacci coding: two ones in a row end it. */
function fibonacci(bits: Bits): number {
  let [value, weight, next, before] = [0, 1, 2, 0];
  for (;;) {
    const bit = bits.take(1);
    if (bit + before === 2) return value;
    value += bit * weight;
    if (value > SECTION_ID_MAX) throw new RangeError('There is no such section.');
    [weight, next, before] = [next, weight + next, bit];
  }
}
