/**
 * The rules of consent: which signals of an event say something of which purpose. They are one document, configured as a whole, versioned
 * and validated. What each rule means is specified in `docs/specs/consent.md`. Without a rule, a category is the purpose of the same
 * name, and nothing else says anything.
 */
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { TributaryError } from '../errors.js';
import { explainFault } from '../import/explain-fault.js';
import type { JsonValue } from '../json.js';

const closed = { additionalProperties: false } as const;

const TcfRuleSchema = Type.Object(
  {
    purposes: Type.Array(Type.Integer({ minimum: 1, maximum: 24 }), {
      minItems: 1,
      maxItems: 24,
      uniqueItems: true,
      description: 'Purposes of the framework: all of them must be consented to.',
    }),
    vendors: Type.Optional(
      Type.Array(Type.Integer({ minimum: 1, maximum: 65_535 }), {
        maxItems: 100,
        uniqueItems: true,
        description:
          'Vendors by their ids: all of them must be consented to, within what the publisher restricts.',
      }),
    ),
    legitimateInterest: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether a legitimate interest that was not objected to does as well as consent. Never for purpose 1.',
      }),
    ),
  },
  { ...closed, description: 'What a TC string must say, alone or as the section of a GPP string.' },
);
const OptOutSchema = Type.Union([
  Type.Literal('sale'),
  Type.Literal('sharing'),
  Type.Literal('targeted_advertising'),
]);
const GppRuleSchema = Type.Object(
  {
    optOuts: Type.Array(OptOutSchema, {
      minItems: 1,
      uniqueItems: true,
      description:
        'Opt-outs in sections for the United States that refuse the purpose: one in any section does, and so does Global Privacy Control.',
    }),
    notOptedOut: Type.Optional(
      Type.Union([Type.Literal('nothing'), Type.Literal('given')], {
        default: 'nothing',
        description:
          'What it says when the person was told and did not opt out of any: nothing, or that the purpose is given. That is for your lawyers.',
      }),
    ),
  },
  { ...closed, description: 'What a GPP string says.' },
);

/** Which signals say something of one purpose. */
export const PurposeRuleSchema = Type.Object(
  {
    categories: Type.Optional(
      Type.Array(Type.String({ minLength: 1, maxLength: 255 }), {
        maxItems: 100,
        uniqueItems: true,
        description:
          'Categories of consent: one that is refused refuses the purpose, all together give it. Default: the one of its own name.',
      }),
    ),
    tcf: Type.Optional(TcfRuleSchema),
    gpp: Type.Optional(GppRuleSchema),
  },
  closed,
);

/** The whole document. */
export const ConsentRulesSchema = Type.Object(
  {
    purposes: Type.Record(Type.String({ minLength: 1, maxLength: 255 }), PurposeRuleSchema, {
      maxProperties: 200,
      description: 'Rules by purpose.',
    }),
  },
  closed,
);

/** What one may opt out of by the laws of the United States. */
export type OptOut = Static<typeof OptOutSchema>;
export type PurposeRule = Static<typeof PurposeRuleSchema>;
export type TcfRule = Static<typeof TcfRuleSchema>;
export type GppRule = Static<typeof GppRuleSchema>;
export type ConsentRules = Static<typeof ConsentRulesSchema>;

/** Rules with the place in the log from which on they hold. */
export interface ConsentRulesVersion {
  /** 0 stands for the built-in rules. */
  readonly version: number;
  /** The offset of the first event that they hold for. */
  readonly since: number;
  readonly rules: ConsentRules;
}

/** What holds until somebody says otherwise. */
export const DEFAULT_CONSENT_RULES: ConsentRules = { purposes: {} };

/**
 * Reads a document of rules.
 * @throws TributaryError `request_invalid` with a sentence that names the field and the fix.
 */
export function checkConsentRules(value: unknown): ConsentRules {
  if (Value.Check(ConsentRulesSchema, value)) return value;
  const fault = explainFault(ConsentRulesSchema, value as JsonValue, 'rules');
  throw new TributaryError('request_invalid', fault ?? 'rules must be a document of rules.');
}
