/** Customer Match and Enhanced Conversions, as Google's page "Format user data" of the Data Manager API has it. */

const GMAIL = new Set(['gmail.com', 'googlemail.com']);

/** Without any space, in lower case; before gmail.com and googlemail.com without dots, and without what follows a plus. */
export function googleEmail(value: string): string {
  return withoutGmailExtras(value.replace(/\s/g, '').toLowerCase(), GMAIL);
}

/** E.164 with its plus. The country code must be there: nothing tells which it would be. Empty when it cannot be a number. */
export function googlePhone(value: string): string {
  const digits = value.replace(/\D/g, '').replace(/^00/, '');
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : '';
}

/** Trimmed and in lower case, for first and last names. */
export function googleName(value: string): string {
  return value.trim().toLowerCase();
}

/** An address without what these domains ignore: dots, and a plus with what follows. Empty when it is no address. */
export function withoutGmailExtras(email: string, domains: ReadonlySet<string>): string {
  const at = email.lastIndexOf('@');
  if (at < 1 || at === email.length - 1) return '';
  const domain = email.slice(at + 1);
  if (!domains.has(domain)) return email;
  const name = email.slice(0, at).replace(/\+.*$/s, '').replaceAll('.', '');
  return name === '' ? '' : `${name}@${domain}`;
}
