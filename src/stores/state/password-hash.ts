import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** OWASP's second choice for scrypt: 32 MB and about a tenth of a second a guess. Stored with each hash, so that it may be raised. */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
const HASH_BYTES = 32;
const MEMORY_BYTES_MAX = 128 * 1024 * 1024;

/** Hashes a password with scrypt (RFC 7914): `scrypt$N$r$p$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const { N, r, p } = COST;
  return [
    'scrypt',
    N,
    r,
    p,
    salt.toString('base64'),
    (await derive(password, salt, COST)).toString('base64'),
  ].join('$');
}

/** True when the password gave the hash. Without a hash it takes as long and answers false: who asks learns nothing of who exists. */
export async function isPassword(password: string, hash: string | null | undefined): Promise<boolean> {
  const [, N = COST.N, r = COST.r, p = COST.p, salt = '', expected = ''] = (hash ?? '').split('$');
  const derived = await derive(password, Buffer.from(salt, 'base64'), {
    N: Number(N),
    r: Number(r),
    p: Number(p),
  });
  const known = Buffer.from(expected, 'base64');
  return known.length === derived.length && timingSafeEqual(known, derived);
}

function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    scrypt(
      password.normalize('NFC'),
      salt,
      HASH_BYTES,
      { ...cost, maxmem: MEMORY_BYTES_MAX },
      (error, key) => (error ? reject(error) : resolve(key)),
    ),
  );
}
