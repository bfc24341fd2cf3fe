/**
 * The OAuth tokens of a destination. They begin with those of its settings; refreshed ones are kept in the destination's state, sealed by a key
 * that follows from the settings' own secrets: they are as safe there, and those of settings that were changed open no more.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { SmallState } from './destinations/destination.js';

/** Tokens, as far as they are known. */
export interface Tokens {
  readonly accessToken?: string | undefined;
  readonly refreshToken?: string | undefined;
  /** When the access token ends, milliseconds since 1970 UTC; left out where the tool does not say. */
  readonly expiresAt?: number | undefined;
}

/** What a destination's settings say of OAuth. */
export interface OAuthSettings extends Omit<Tokens, 'expiresAt'> {
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

const STATE_KEY = 'oauth_tokens';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The tokens of now: those that were refreshed last, else those of the settings. */
export async function currentTokens(given: OAuthSettings, state: SmallState): Promise<Tokens> {
  const { accessToken, refreshToken } = given;
  const sealed = await state.get(STATE_KEY);
  return (typeof sealed === 'string' ? open(sealed, given) : undefined) ?? { accessToken, refreshToken };
}

/** Keeps refreshed tokens. */
export async function keepTokens(given: OAuthSettings, tokens: Tokens, state: SmallState): Promise<void> {
  await state.set(STATE_KEY, seal(tokens, given));
}

function seal(tokens: Tokens, given: OAuthSettings): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(given), nonce);
  const sealed = Buffer.concat([cipher.update(JSON.stringify(tokens)), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64');
}

/** Undefined for what other settings have sealed. */
function open(text: string, given: OAuthSettings): Tokens | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', keyOf(given), bytes.subarray(0, NONCE_BYTES));
  decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]);
    return JSON.parse(plain.toString()) as Tokens;
  } catch {
    return undefined;
  }
}

function keyOf({ accessToken, refreshToken, clientId, clientSecret }: OAuthSettings): Uint8Array {
  const secrets = JSON.stringify([accessToken ?? '', refreshToken ?? '', clientId ?? '', clientSecret ?? '']);
  return new Uint8Array(hkdfSync('sha256', secrets, '', 'oauth tokens of a destination', 32));
}
