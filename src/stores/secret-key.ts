/**
 * The instance's secret key: what destinations' secrets are encrypted with, and what signed links are signed with. It is `TRIBUTARY_SECRET_KEY`, else a file of the
 * data folder that is made at the first start. Whoever loses it must enter the secrets anew.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { linkSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TributaryError } from '../core/errors.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const FILE = 'secret.key';

/** Seals and opens what must not be read from a copy of the database. */
export interface SecretKey {
  /** Encrypts (AES-256-GCM). @param context where it belongs, such as `destination dst_1`: it opens nowhere else. */
  seal(plain: string, context: string): Buffer;
  /** @throws TributaryError `config_invalid` when it was sealed under another key or context. */
  open(sealed: Buffer, context: string): string;
  /** A key of 32 bytes for another use (HKDF-SHA-256, RFC 5869), such as `unsubscribe`. */
  derive(use: string): Buffer;
}

/** @throws TributaryError `config_invalid` when the setting or the file does not hold a key. */
export function openSecretKey(given: string | undefined, dataDir: string): SecretKey {
  return secretKey(
    given === undefined ? keyOfFile(join(dataDir, FILE)) : keyOf(given, 'TRIBUTARY_SECRET_KEY'),
  );
}

/** @param key 32 bytes. */
export function secretKey(key: Buffer): SecretKey {
  const derive = (use: string) => Buffer.from(hkdfSync('sha256', key, '', `tributary ${use}`, KEY_BYTES));
  const sealing = derive('seal');
  return {
    seal(plain, context) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv('aes-256-gcm', sealing, nonce).setAAD(Buffer.from(context));
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
    },
    open(sealed, context) {
      const [nonce, tag] = [
        sealed.subarray(0, NONCE_BYTES),
        sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES),
      ];
      try {
        const cipher = createDecipheriv('aes-256-gcm', sealing, nonce)
          .setAAD(Buffer.from(context))
          .setAuthTag(tag);
        return (
          cipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + cipher.final('utf8')
        );
      } catch (cause) {
        throw new TributaryError(
          'config_invalid',
          `The secrets of ${context} were encrypted with another key: set TRIBUTARY_SECRET_KEY, or the file ${FILE} of the data folder, to the former one, or enter the secrets anew.`,
          { cause },
        );
      }
    },
    derive,
  };
}

/** 32 bytes as 64 hexadecimal digits or as base64. */
function keyOf(text: string, where: string): Buffer {
  const trimmed = text.trim();
  const key = Buffer.from(trimmed, /^[0-9a-f]{64}$/i.test(trimmed) ? 'hex' : 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new TributaryError(
    'config_invalid',
    `${where} must hold ${KEY_BYTES} bytes, as 64 hexadecimal digits or as base64. \`openssl rand -hex 32\` makes one.`,
  );
}

function keyOfFile(path: string): Buffer {
  try {
    return keyOf(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  // Written whole under another name first: a crash leaves no half of a key, and of two that make one the first wins.
  const made = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(made, `${randomBytes(KEY_BYTES).toString('hex')}\n`, { mode: 0o600, flush: true });
  try {
    linkSync(made, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(made);
  }
  return keyOf(readFileSync(path, 'utf8'), path);
}
