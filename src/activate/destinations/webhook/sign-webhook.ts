/** Signatures of the Standard Webhooks specification, symmetric form: `v1`, HMAC-SHA-256. */
import { createHmac } from 'node:crypto';
import { SendFailure } from '../destination.js';

const PREFIX = 'whsec_';
/** Bounds of the specification. */
const KEY_BYTES_MIN = 24;
const KEY_BYTES_MAX = 64;

/** What is signed, and goes out as headers. */
export interface Signed {
  /** `webhook-id`: the same for every attempt. */
  readonly id: string;
  /** `webhook-timestamp`: seconds since 1970 UTC of this attempt, so that a receiver can refuse what is recorded and played again. */
  readonly timestamp: number;
  readonly body: string;
}

/**
 * The value of `webhook-signature`: one signature for each secret, so that a receiver may still know the former one.
 * @param secrets as `whsec_<base64>`
 * @throws SendFailure `settings_invalid` for a secret of another form.
 */
export function signWebhook({ id, timestamp, body }: Signed, secrets: readonly string[]): string {
  return secrets
    .map((secret) =>
      createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`).digest('base64'),
    )
    .map((signature) => `v1,${signature}`)
    .join(' ');
}

function keyOf(secret: string): Buffer {
  const text = secret.startsWith(PREFIX) ? secret.slice(PREFIX.length) : '';
  const key = Buffer.from(text, 'base64');
  const isWhole = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '');
  if (isWhole && key.length >= KEY_BYTES_MIN && key.length <= KEY_BYTES_MAX) return key;
  throw new SendFailure({
    code: 'settings_invalid',
    message: `A signing secret must be ${PREFIX} and ${KEY_BYTES_MIN} to ${KEY_BYTES_MAX} bytes as base64: \`echo ${PREFIX}$(openssl rand -base64 32)\` makes one.`,
    retry: false,
  });
}
