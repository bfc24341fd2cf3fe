import { visible } from './normalise-text.js';
import type { IdentityRules } from './rules.js';

// One @, no space, a dot in the domain: enough to tell an address from a slip. Delivery is the real check.
const EMAIL = /^[^\s@\p{Cc}\p{Cs}\uFFFD]{1,64}@[^\s@\p{Cc}\p{Cs}\uFFFD]+\.[^\s@\p{Cc}\p{Cs}\uFFFD]+$/u;
const EMAIL_CHARS_MAX = 254;

/** An address in lower case; empty when it is none. */
export function normaliseEmail(value: string): string {
  const given = value.trim();
  // What is far too long is not worth a copy.
  if (given.length > 2 * EMAIL_CHARS_MAX) return '';
  const email = visible(given).trim().toLowerCase().normalize('NFC');
  return email.length <= EMAIL_CHARS_MAX && EMAIL.test(email) ? email : '';
}

/** Compiles what providers ignore in an address into a function that takes it out of a normalised one. */
export function emailReducer(rules: IdentityRules['email']): (email: string) => string {
  const dotless = new Set(rules?.ignoreDots?.map((domain) => domain.toLowerCase()));
  const plusless = new Set(rules?.ignorePlus?.map((domain) => domain.toLowerCase()));
  if (dotless.size === 0 && plusless.size === 0) return (email) => email;
  return (email) => {
    const at = email.indexOf('@');
    const domain = email.slice(at + 1);
    let local = email.slice(0, at);
    const plus = local.indexOf('+');
    // What begins with a plus has no name before it.
    if (plus > 0 && plusless.has(domain)) local = local.slice(0, plus);
    if (dotless.has(domain)) local = local.replaceAll('.', '');
    return local === '' ? email : `${local}@${domain}`;
  };
}
