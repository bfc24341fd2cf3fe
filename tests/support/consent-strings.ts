/** Consent strings of the IAB, written by its own libraries. */
import { GppModel } from '@iabgpp/cmpapi';
import { GVL, TCModel, TCString } from '@iabtechlabtcf/core';

/** What a TC string is to say. */
export interface Chosen {
  readonly purposes?: readonly number[];
  readonly interests?: readonly number[];
  readonly vendors?: readonly number[];
  readonly vendorInterests?: readonly number[];
}

/** Writes a TC string. */
export function tcString({
  purposes = [],
  interests = [],
  vendors = [],
  vendorInterests = [],
}: Chosen): string {
  const ids = new Set([...vendors, ...vendorInterests]);
  const list = {
    ...{ gvlSpecificationVersion: 3, vendorListVersion: 126, tcfPolicyVersion: 4, lastUpdated: '2023-11-01' },
    ...{ specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {} },
    purposes: Object.fromEntries(
      PURPOSES.map((id) => [id, { id, name: '', description: '', illustrations: [] }]),
    ),
    vendors: Object.fromEntries(Array.from(ids, (id) => [id, { ...VENDOR, id }])),
  };
  const model = new TCModel(new GVL(list as unknown as ConstructorParameters<typeof GVL>[0]));
  Object.assign(model, {
    cmpId: 31,
    cmpVersion: 2,
    consentScreen: 1,
    consentLanguage: 'EN',
    isServiceSpecific: true,
  });
  model.purposeConsents.set([...purposes]);
  model.purposeLegitimateInterests.set([...interests]);
  model.vendorConsents.set([...vendors]);
  model.vendorLegitimateInterests.set([...vendorInterests]);
  return TCString.encode(model);
}

/** Writes a GPP string: the fields of each section, by the library's names. */
export function gppString(sections: Readonly<Record<string, Readonly<Record<string, unknown>>>>): string {
  const model = new GppModel();
  for (const [section, fields] of Object.entries(sections))
    for (const [field, value] of Object.entries(fields)) model.setFieldValue(section, field, value);
  return model.encode();
}

const PURPOSES = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const VENDOR = {
  ...{ name: '', purposes: PURPOSES, legIntPurposes: PURPOSES, flexiblePurposes: [] },
  ...{ specialPurposes: [], features: [], specialFeatures: [], policyUrl: '' },
};
