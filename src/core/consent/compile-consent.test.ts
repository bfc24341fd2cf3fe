import { describe, expect, test } from 'vitest';
import { gppString, tcString } from '../../../tests/support/consent-strings.js';
import type { JsonObject } from '../json.js';
import { compileConsent } from './compile-consent.js';
import type { ConsentRules, PurposeRule } from './consent-rules.js';
import { checkConsentRules } from './consent-rules.js';

function saidUnder(rules: Record<string, PurposeRule>, context: JsonObject) {
  const checked: ConsentRules = checkConsentRules({ purposes: rules });
  const { purposes, faults } = compileConsent([{ version: 1, since: 0, rules: checked }]).said({
    offset: 0,
    context,
  });
  return { said: Object.fromEntries(purposes), faults };
}
const consent = (said: JsonObject) => ({ consent: said });

describe('without rules', () => {
  const said = (context: JsonObject) =>
    Object.fromEntries(compileConsent([]).said({ offset: 0, context }).purposes);

  test('a category is the purpose of its name, and only a boolean is a word', () => {
    expect(
      said(consent({ categoryPreferences: { ads: false, mail: true, sms: 'yes', push: null } })),
    ).toEqual({ ads: false, mail: true });
  });

  test("RudderStack's lists say the same; denied outweighs allowed", () => {
    const consentManagement = { provider: 'x', allowedConsentIds: ['C1', 'C2', 7], deniedConsentIds: ['C2'] };
    expect(said({ consentManagement })).toEqual({ C1: true, C2: false });
    expect(said({ consentManagement, ...consent({ categoryPreferences: { C1: false } }) })).toEqual({
      ...{ C1: false, C2: false },
    });
  });

  test('strings say nothing', () => {
    const all = {
      tcString: tcString({ purposes: [1, 2, 3] }),
      gppString: gppString({ usnat: { Gpc: true } }),
    };
    expect(said(consent(all))).toEqual({});
  });

  test.each([[{}], [consent({})], [{ consent: 'yes' }], [{ consent: ['a'] }], [{ consentManagement: null }]])(
    '%j says nothing',
    (context) => {
      expect(said(context as JsonObject)).toEqual({});
    },
  );
});

describe('categories', () => {
  const advertising = { categories: ['C2', 'C4'] };

  test.each([
    [{ C2: true, C4: true }, true],
    [{ C2: true }, undefined],
    [{ C2: true, C4: false }, false],
    [{ C4: false }, false],
    [{ advertising: true }, undefined],
    [{}, undefined],
  ])('%j of those that are mapped: %s', (categoryPreferences, word) => {
    const { said } = saidUnder(
      { advertising },
      consent({ categoryPreferences: categoryPreferences as JsonObject }),
    );
    expect(said.advertising).toBe(word);
  });

  test('stay the purposes of their own names, too', () => {
    expect(saidUnder({ advertising }, consent({ categoryPreferences: { C2: true } })).said).toEqual({
      C2: true,
    });
  });
});

describe('a TC string', () => {
  const ads = (tcf: PurposeRule['tcf'], context: JsonObject) =>
    saidUnder({ ads: { tcf } as PurposeRule }, context);
  const chosen = tcString({ purposes: [1, 3], interests: [1, 7], vendors: [12], vendorInterests: [755] });

  test.each([
    [{ purposes: [1, 3] }, true],
    [{ purposes: [1, 3, 4] }, false],
    [{ purposes: [7] }, false],
    [{ purposes: [7], legitimateInterest: true }, true],
    [{ purposes: [3, 7], legitimateInterest: true }, true],
    [{ purposes: [3], vendors: [12] }, true],
    [{ purposes: [3], vendors: [12, 755] }, false],
    [{ purposes: [7], vendors: [755], legitimateInterest: true }, true],
    [{ purposes: [7], vendors: [12], legitimateInterest: true }, false],
  ])('under %j: %s', (tcf, word) => {
    expect(ads(tcf, consent({ tcString: chosen })).said).toEqual({ ads: word });
  });

  test('knows no legitimate interest in purpose 1', () => {
    const tcString1 = tcString({ interests: [1] });
    expect(ads({ purposes: [1], legitimateInterest: true }, consent({ tcf: tcString1 })).said).toEqual({
      ads: false,
    });
  });

  test.each([
    [{ tcString: chosen }],
    [{ tcfString: chosen }],
    [{ tcf: chosen }],
    [{ tcf: { tcString: chosen } }],
    [{ gpp: `DBABMA~${chosen}` }],
    [{ gpp: { gppString: `DBABMA~${chosen}` } }],
  ])('is found in its usual places', (said) => {
    expect(ads({ purposes: [3] }, consent(said as JsonObject)).said).toEqual({ ads: true });
  });

  test('that cannot be decoded says nothing, and is told', () => {
    expect(ads({ purposes: [3] }, consent({ tcString: 'garbage' }))).toEqual({ said: {}, faults: ['tcf'] });
    expect(ads({ purposes: [3] }, consent({ gpp: 'garbage' }))).toEqual({ said: {}, faults: ['gpp'] });
    expect(saidUnder({ ads: {} }, consent({ tcString: 'garbage', gpp: 'garbage' })).faults).toEqual([]);
  });

  test('is outweighed by a category that is refused, and outweighs one that is given', () => {
    const both = (ad: boolean, tc: string) =>
      ads({ purposes: [3] }, consent({ tcString: tc, categoryPreferences: { ads: ad } })).said.ads;
    expect(both(false, chosen)).toBe(false);
    expect(both(true, tcString({}))).toBe(false);
    expect(both(true, chosen)).toBe(true);
  });
});

describe('a GPP string', () => {
  const ads = (gpp: NonNullable<PurposeRule['gpp']>, sections: Parameters<typeof gppString>[0]) =>
    saidUnder({ ads: { gpp } }, consent({ gpp: gppString(sections) })).said.ads;
  const optOuts: NonNullable<PurposeRule['gpp']>['optOuts'] = ['sale', 'targeted_advertising'];
  const told = { SaleOptOutNotice: 1, TargetedAdvertisingOptOutNotice: 1 };
  const stayed = { ...told, SaleOptOut: 2, TargetedAdvertisingOptOut: 2 };

  test('refuses by an opt-out in any section, and by Global Privacy Control', () => {
    expect(ads({ optOuts }, { usnat: { ...told, SaleOptOut: 1 } })).toBe(false);
    expect(ads({ optOuts }, { usnat: stayed, usva: { ...stayed, SaleOptOut: 1 } })).toBe(false);
    expect(ads({ optOuts, notOptedOut: 'given' }, { usnat: { ...stayed, Gpc: true } })).toBe(false);
    expect(ads({ optOuts }, { usnat: { SharingOptOutNotice: 1, SharingOptOut: 1 } })).toBeUndefined();
  });

  test('gives nothing by not having opted out, unless that is configured', () => {
    expect(ads({ optOuts }, { usnat: stayed })).toBeUndefined();
    expect(ads({ optOuts, notOptedOut: 'given' }, { usnat: stayed })).toBe(true);
    expect(ads({ optOuts, notOptedOut: 'given' }, { usnat: { SaleOptOut: 0 } })).toBeUndefined();
    expect(
      ads({ optOuts, notOptedOut: 'given' }, { usnat: stayed, usca: { SaleOptOut: 0 } }),
    ).toBeUndefined();
  });
});

describe('purposes of our own calls', () => {
  test('need no mapping, and a refusal outweighs them', () => {
    const own = (said: JsonObject) => saidUnder({ ads: { categories: ['C4'] } }, consent(said)).said.ads;
    expect(own({ purposes: { ads: true } })).toBe(true);
    expect(own({ purposes: { ads: true }, categoryPreferences: { C4: false } })).toBe(false);
    expect(own({ purposes: { ads: false }, categoryPreferences: { C4: true } })).toBe(false);
  });
});

test('an event goes by the rules of its place in the log', () => {
  const rules = [
    { version: 2, since: 20, rules: { purposes: { ads: { categories: ['C2'] } } } },
    { version: 1, since: 10, rules: { purposes: { ads: { categories: ['C1'] } } } },
  ];
  const context = consent({ categoryPreferences: { ads: false, C1: true, C2: false } });
  const at = (offset: number) => compileConsent(rules).said({ offset, context }).purposes.get('ads');
  expect([9, 10, 19, 20, 21].map(at)).toEqual([false, true, true, false, false]);
});

test.each([
  [{ purposes: { ads: { tcf: { purposes: [] } } } }, /rules\.purposes\.ads\.tcf\.purposes/],
  [{ purposes: { ads: { tcf: { purposes: [25] } } } }, /rules\.purposes\.ads\.tcf\.purposes\.0/],
  [{ purposes: { ads: { gpp: { optOuts: ['everything'] } } } }, /rules\.purposes\.ads\.gpp\.optOuts\.0/],
  [{ purposes: { ads: { category: ['C4'] } } }, /category does not exist/],
  [{ purposes: [] }, /rules\.purposes/],
  [null, /rules/],
])('rules such as %j are refused', (rules, message) => {
  expect(() => checkConsentRules(rules)).toThrow(message);
});
