/** Unified ID 2.0, as its page "Normalization and Encoding" has it. Its hashes are base64. */
import { googlePhone, withoutGmailExtras } from './google.js';

const GMAIL = new Set(['gmail.com']);

/** Trimmed, in lower case; before gmail.com without dots, and without what follows a plus. */
export function uid2Email(value: string): string {
  return withoutGmailExtras(value.trim().toLowerCase(), GMAIL);
}

/** E.164 with its plus; the country code must be there. */
export function uid2Phone(value: string): string {
  return googlePhone(value);
}
