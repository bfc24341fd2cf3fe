import { createHmac } from 'node:crypto';
import type { ReturnPathMac } from '../core/email/return-path.js';
import type { SecretKey } from './secret-key.js';

/** What addresses for bounces are signed with, and read again; the activate worker's `mac('return-path', …)` is the same. */
export function returnPathMac(secretKey: SecretKey): ReturnPathMac {
  const key = secretKey.derive('return-path');
  return (text) => createHmac('sha256', key).update(text).digest();
}
