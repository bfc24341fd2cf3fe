/** DKIM (RFC 6376): the sender's domain vouches for a message by a key, whose public half it publishes in DNS. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import DKIM from 'nodemailer/lib/dkim';
import type { JsonObject } from '../../../core/json.js';
import type { TakeFault } from '../../../core/mapping/check-value.js';
import { SendFailure } from '../destination.js';
import { textOf } from '../read-values.js';

/** All three or none are set. */
const SETTINGS = ['dkimDomain', 'dkimSelector', 'dkimPrivateKey'] as const;
const SELECTOR = /^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?)*$/i;
/** What receivers must be able to verify (RFC 8301, section 3.2). */
const KEY_BITS_MIN = 1024;
const KEY_BITS_MAX = 4096;
const MAKE_ONE = 'Make one by: openssl genrsa -out dkim.pem 2048';

/**
 * Signs a message, or gives it as it is where no key is set. The same message and key give the same bytes.
 *
 * Which headers are covered is left to nodemailer's list. It holds List-Unsubscribe and List-Unsubscribe-Post, as it must: without both in the
 * signature no mail program may show its button (RFC 8058, section 4). A test holds it to that.
 * @throws SendFailure `settings_invalid` when the key cannot sign: nothing leaves unsigned where a signature is wanted.
 */
export async function signMail(raw: Buffer, settings: JsonObject): Promise<Buffer> {
  const [domainName, keySelector, privateKey] = SETTINGS.map((name) => textOf(settings, name));
  if (privateKey === undefined) return raw;
  const signed = await buffer(new DKIM({ domainName, keySelector, privateKey }).sign(raw));
  // nodemailer passes a message on as it is when the key fails.
  if (signed.subarray(0, 15).toString() === 'DKIM-Signature:') return signed;
  const message = '"dkimPrivateKey" cannot sign. Save another key.';
  throw new SendFailure({ code: 'settings_invalid', message, retry: true });
}

/** Tells what is wrong with the settings of DKIM. */
export function dkimFaults(settings: JsonObject, fault: TakeFault): void {
  const missing = SETTINGS.filter((name) => textOf(settings, name) === undefined);
  if (missing.length === SETTINGS.length) return;
  for (const name of missing)
    fault(name, `is missing: DKIM needs ${SETTINGS.join(', ')} together. Give it, or take the others away.`);
  const [, selector, key] = SETTINGS.map((name) => textOf(settings, name));
  if (selector !== undefined && !SELECTOR.test(selector))
    fault('dkimSelector', 'must be a part of a host name, such as news: the record is at news._domainkey.');
  const wrong = key === undefined ? undefined : keyFault(key);
  if (wrong !== undefined) fault('dkimPrivateKey', `${wrong} ${MAKE_ONE}`);
}

/** nodemailer signs by rsa-sha256 alone, which all receivers verify; with another key it would send unsigned or sign wrongly. */
function keyFault(pem: string): string | undefined {
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch {
    return 'is no private key in PEM without a passphrase.';
  }
  const { asymmetricKeyType: type, asymmetricKeyDetails: { modulusLength: bits = 0 } = {} } = key;
  if (type !== 'rsa') return `is a key of the type ${type}; it must be one of RSA.`;
  if (bits >= KEY_BITS_MIN && bits <= KEY_BITS_MAX) return undefined;
  return `has ${bits} bits; it must have ${KEY_BITS_MIN} to ${KEY_BITS_MAX}.`;
}
