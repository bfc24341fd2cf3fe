import { TCString } from '@iabtechlabtcf/core';
import { Bits } from './bits.js';

/** What a TC string says (IAB Transparency & Consent Framework, version 2), as far as purposes follow from it. */
export interface TcfConsent {
  readonly cmpId: number;
  readonly vendorListVersion: number;
  readonly policyVersion: number;
  /** When the person last chose, milliseconds since 1970 UTC. */
  readonly lastUpdated: number;
  /** Purposes that the person consented to. */
  readonly purposes: readonly number[];
  /** Purposes for which legitimate interest was told and not objected to. */
  readonly legitimateInterests: readonly number[];
  /** Vendors that the person consented to, and those whose legitimate interest holds. */
  readonly vendors: readonly number[];
  readonly vendorInterests: readonly number[];
  /** What the publisher restricts for vendors. */
  readonly restrictions: readonly TcfRestriction[];
}

/** A publisher's restriction: vendors that may not serve a purpose at all, or on one legal basis alone. */
export interface TcfRestriction {
  readonly purpose: number;
  readonly kind: 'not_allowed' | 'require_consent' | 'require_interest';
  readonly vendors: readonly number[];
}

/** Real ones have some hundred characters, and a few thousand with very many restrictions. */
const CHARS_MAX = 8_192;
/** Vendors that all lists of a string name together. The global list has about a thousand; one range may claim 65,535. */
const VENDORS_MAX = 200_000;
/** Bits of the core segment before the first list of vendors. */
const BITS_BEFORE_VENDORS = 213;
const KINDS = ['not_allowed', 'require_consent', 'require_interest'] as const;

/** Decodes a TC string; undefined for anything that is none, or that would cost far more than its length. Never throws. */
export function decodeTcf(text: string): TcfConsent | undefined {
  // What vendors were disclosed, and the publisher's own purposes, follow in further segments.
  const [core = ''] = text.split('.', 1);
  try {
    if (text.length > CHARS_MAX || vendorsNamed(core) > VENDORS_MAX) return undefined;
    const model = TCString.decode(core);
    if (model.version !== 2) return undefined;
    return {
      cmpId: Number(model.cmpId),
      vendorListVersion: Number(model.vendorListVersion),
      policyVersion: Number(model.policyVersion),
      lastUpdated: model.lastUpdated.getTime(),
      purposes: [...model.purposeConsents.values()],
      legitimateInterests: [...model.purposeLegitimateInterests.values()],
      vendors: [...model.vendorConsents.values()],
      vendorInterests: [...model.vendorLegitimateInterests.values()],
      restrictions: model.publisherRestrictions.getRestrictions().flatMap((restriction): TcfRestriction[] => {
        const kind = KINDS[Number(restriction.restrictionType)];
        const vendors = model.publisherRestrictions.getVendors(restriction);
        return kind === undefined ? [] : [{ purpose: Number(restriction.purposeId), kind, vendors }];
      }),
    };
  } catch {
    // The library throws errors of many classes, TypeErrors among them, at what it cannot read.
    return undefined;
  }
}

/**
 * How many vendors a core segment names, counted without listing them: ranges may overlap, so that a short text can name some
 * hundred million, and the library would list each of them.
 * @throws RangeError where the text ends too early.
 */
function vendorsNamed(core: string): number {
  const bits = new Bits(core);
  bits.skip(BITS_BEFORE_VENDORS);
  let named = inVendors(bits) + inVendors(bits);
  for (let restrictions = bits.take(12); restrictions > 0; restrictions -= 1) {
    bits.skip(8);
    named += inRanges(bits);
  }
  return named;
}

function inVendors(bits: Bits): number {
  const highest = bits.take(16);
  if (bits.take(1) === 1) return inRanges(bits);
  bits.skip(highest);
  return highest;
}

function inRanges(bits: Bits): number {
  let named = 0;
  for (let entries = bits.take(12); entries > 0; entries -= 1) {
    const isRange = bits.take(1) === 1;
    const first = bits.take(16);
    named += isRange ? Math.max(0, bits.take(16) - first) + 1 : 1;
  }
  return named;
}
