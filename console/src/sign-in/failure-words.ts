import type { SignInFailure } from '../../../src/core/access/sign-in-failure';

const WORDS: Readonly<Record<SignInFailure, string>> = {
  cancelled: 'You did not finish signing in. Try again when you like.',
  expired:
    'This sign-in was begun in another browser or under another address, took longer than ten minutes, or is finished already. Begin again.',
  unreachable: 'The server that signs people in cannot be reached now. Try again in a while.',
  refused:
    'What came back from signing in does not hold, so it was not believed. Begin again; if that does not help, an operator finds the reason in the log.',
  email_unverified:
    'Your e-mail address is not verified where you signed in, so it does not prove who you are here. Have it verified there, then try again.',
  not_admitted:
    'You are signed in there, but may not come in here. Ask an owner to add you with the address that you are known by there.',
  other_account:
    'Somebody came with your e-mail address from another account before. Ask an owner to unlink that one under Settings, Users.',
  limited: 'Too many attempts failed. Wait a minute, then try again.',
};

/** What to tell who did not get in; a word that is none of ours gets the general sentence. */
export function failureWords(failure: string): string {
  return Object.entries(WORDS).find(([word]) => word === failure)?.[1] ?? WORDS.refused;
}
