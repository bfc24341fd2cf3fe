import { createHmac } from 'node:crypto';
import type { Mac } from '../core/consent/unsubscribe-token.js';
import type { SecretKey } from './secret-key.js';

/** What links to unsubscribe are signed with, and read again: by a key of this instance that is for them alone. */
export function unsubscribeMac(secretKey: SecretKey): Mac {
  const key = secretKey.derive('unsubscribe');
  return (text) => createHmac('sha256', key).update(text).digest();
}
