import type { paths } from '../../api/schema';

/** What a route answers when all is well. */
type AnswerOf<Path extends keyof paths> = paths[Path] extends {
  readonly get: {
    readonly responses: { readonly 200: { readonly content: { readonly 'application/json': infer Body } } };
  };
}
  ? Body
  : never;

/** A row of the list of people. */
export type FoundPerson = AnswerOf<'/api/v1/profiles'>['data'][number];
/** A whole profile. */
export type Profile = AnswerOf<'/api/v1/profiles/{ref}'>;
/** Who a profile is: identifiers and links. */
export type IdentityGraph = AnswerOf<'/api/v1/profiles/{ref}/identity'>;
/** A link on record. */
export type Edge = IdentityGraph['edges'][number];
/** Identifiers by kind and value. */
export type Identifier = Pick<IdentityGraph['identifiers'][number], 'kind' | 'value'>;
/** An event of a timeline. */
export type TimelineEvent = AnswerOf<'/api/v1/profiles/{ref}/events'>['data'][number];
/** A segment that somebody is in. */
export type Membership = AnswerOf<'/api/v1/profiles/{ref}/segments'>['now'][number];

/** How the API is told whom it is about: by an identifier, or by the profile's id. */
export function refOf(address: string): string {
  return address.includes(':') ? address : `id:${address}`;
}
