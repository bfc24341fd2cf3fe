/** What is written anew in `vendor/`, in the hands of the packages that it is for. */
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const ofLibrary = createRequire(createRequire(import.meta.url).resolve('@segment/action-destinations'));

test('FQL is read as the library reads it', () => {
  const { parseFql, validate } = createRequire(ofLibrary.resolve('@segment/actions-core'))(
    '@segment/destination-subscriptions',
  ) as {
    parseFql(fql: string): { error?: Error };
    validate(ast: object, event: object): boolean;
  };
  const holds = (fql: string, event: object) => validate(parseFql(fql), event);
  const order = {
    type: 'track',
    event: 'Order Completed',
    properties: { total: 20.5, 'a-b': true },
    context: {},
  };
  expect(holds('type = "track" and event != "Order Updated"', order)).toBe(true);
  expect(holds('type = "identify" or event = "Order Completed"', order)).toBe(true);
  expect(holds('type = "track" and (event = "A" or event = "B")', order)).toBe(false);
  expect(holds('properties.total >= 20.5 and properties.a-b = true', order)).toBe(true);
  expect(holds('contains(event, "Completed") and !match(event, "Cart*")', order)).toBe(true);
  expect(holds('properties.coupon = null and userId = null', order)).toBe(true);
  expect(parseFql('event = "never ends').error).toBeDefined();
});

test('keys of SSH that are encrypted are opened', () => {
  const ofSsh = createRequire(ofLibrary.resolve('ssh2-sftp-client'));
  const { utils } = ofSsh('ssh2') as {
    utils: {
      generateKeyPairSync(type: string, options: object): { private: string; public: string };
      parseKey(key: string, passphrase: string): Error | { getPublicPEM(): string; isPrivateKey(): boolean };
    };
  };
  const key = utils.generateKeyPairSync('ed25519', { passphrase: 'open', cipher: 'aes256-cbc', rounds: 4 });
  const opened = utils.parseKey(key.private, 'open');
  expect(opened instanceof Error ? opened.message : opened.isPrivateKey()).toBe(true);
  expect(utils.parseKey(key.private, 'wrong')).toBeInstanceOf(Error);
});

test('that function is the SHA-512 of the standard', () => {
  const { pbkdf } = createRequire(createRequire(ofLibrary.resolve('ssh2-sftp-client')).resolve('ssh2'))(
    'bcrypt-pbkdf',
  ) as {
    pbkdf(
      pass: Buffer,
      passLength: number,
      salt: Buffer,
      saltLength: number,
      key: Buffer,
      keyLength: number,
      rounds: number,
    ): number;
  };
  // The first vector of OpenBSD's own test of bcrypt_pbkdf.
  const key = Buffer.alloc(32);
  expect(pbkdf(Buffer.from('password'), 8, Buffer.from('salt'), 4, key, 32, 4)).toBe(0);
  expect(key.toString('hex')).toBe('5bbf0cc293587f1c3635555c27796598d47e579071bf427e9d8fbe842aba34d9');
});
