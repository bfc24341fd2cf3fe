import type { paths } from '../../api/schema';

type Answer = paths['/api/v1/identity/rules']['get']['responses'][200]['content']['application/json'];
type AnsweredRule = Answer['rules']['identifiers'][number];

/** One kind of identifier. What has a default may be left out. */
export type IdentifierRule = Pick<AnsweredRule, 'kind' | 'from'> & Partial<AnsweredRule>;
/** The whole document. */
export type Rules = Omit<Answer['rules'], 'identifiers'> & {
  readonly identifiers: readonly IdentifierRule[];
};
/** A version of the rules. */
export type RulesVersion = Omit<Answer, 'rules'> & { readonly rules: Rules };
/** How the value of a trait is chosen. */
export type TraitRule = NonNullable<Rules['traits']>[number];
/** What other rules would make of the history. */
export type Simulated =
  paths['/api/v1/identity/simulate']['post']['responses'][200]['content']['application/json'];

/** An object without the fields that say nothing: what is left out is what the rules' own defaults are. */
export function trimmed<T extends object>(value: T): T {
  return Object.fromEntries(
    Object.entries(value).filter(
      ([, one]) =>
        one !== undefined && one !== '' && one !== null && !(Array.isArray(one) && one.length === 0),
    ),
  ) as T;
}
