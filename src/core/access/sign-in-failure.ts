/** Why somebody did not get in by OpenID Connect, as the address of the sign-in page says it; the page has the words. */
export type SignInFailure =
  /** They did not sign in at the provider, or did not agree. */
  | 'cancelled'
  /** Begun in another browser, finished before, or too long ago. */
  | 'expired'
  | 'unreachable'
  /** What the provider answered does not hold. */
  | 'refused'
  | 'email_unverified'
  /** Known to the provider, but not let in here. */
  | 'not_admitted'
  /** Who has that address here is linked with another account of the provider. */
  | 'other_account'
  /** Too many attempts. */
  | 'limited';

/** What of the address of a page says why somebody did not get in. */
export const SIGN_IN_FAILED = 'sign-in-failed';

/** Somebody does not get in. `message` is for the operator's log: it holds no tokens. */
export class SignInRefusal extends Error {
  override readonly name = 'SignInRefusal';
  readonly failure: SignInFailure;

  constructor(failure: SignInFailure, message: string) {
    super(message);
    this.failure = failure;
  }
}
