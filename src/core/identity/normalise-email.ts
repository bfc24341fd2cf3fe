import type { IdentityRules } from './rules.js';

// One @, no space, a dot in the domain: enough to tell an address from a slip. Delivery is the real check.
const EMAIL = /^[^\s@\p{Cc}\p{Cs}\uFFFD]{1,64}@[^\s@\p{Cc}\p{Cs}\uFFFD]+\.[^\s@\p{Cc}\p{Cs}\uFFFD]+$/u;
const EMAIL_CHARS_MAX = 254;

/** An address in lower case; empty when it is none. */
export function normaliseEmail(value: string): string {
  const email = value.trim().toLowerCase().normalize('NFC');
  return email.length <= EMAIL_CHARS_MAX && EMAIL.test(email) ? email : '';
}

/** An address without what its provider ignores. */
export function reduceEmail(email: string, rules: IdentityRules['email']): string {
  const at = email.lastIndexOf('@');
  const domain = email.slice(at + 1);
  let local = email.slice(0, at);
  if (rules?.ignorePlus?.includes(domain)) local = local.replace(/\+.*$/, '');
  if (rules?.ignoreDots?.includes(domain)) local = local.replaceAll('.', '');
  return local === '' ? email : `${local}@${domain}`;
}
