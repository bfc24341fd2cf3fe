import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openSecretKey } from './secret-key.js';

const folder = mkdtempSync(join(tmpdir(), 'tributary-key-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what is sealed opens with the same key and context alone', () => {
  const key = openSecretKey('ab'.repeat(32), folder);
  const sealed = key.seal('pässword', 'destination dst_1');
  expect(sealed.includes('word')).toBe(false);
  expect(key.open(sealed, 'destination dst_1')).toBe('pässword');
  expect(key.seal('pässword', 'destination dst_1').equals(sealed)).toBe(false);
  expect(() => key.open(sealed, 'destination dst_2')).toThrow(
    /entered? the secrets anew|enter the secrets anew/,
  );
  expect(() => openSecretKey('cd'.repeat(32), folder).open(sealed, 'destination dst_1')).toThrow(
    'another key',
  );
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  expect(() => key.open(sealed, 'destination dst_1')).toThrow('another key');
});

test('a key is made once, for its owner alone, and found again', () => {
  const first = openSecretKey(undefined, folder);
  const sealed = first.seal('x', 'c');
  expect(openSecretKey(undefined, folder).open(sealed, 'c')).toBe('x');
  expect(statSync(join(folder, 'secret.key')).mode & 0o777).toBe(0o600);
  expect(readFileSync(join(folder, 'secret.key'), 'utf8')).toMatch(/^[0-9a-f]{64}\n$/);
  expect(first.derive('a').equals(first.derive('b'))).toBe(false);
});

test('what is no key is refused with the way to make one', () => {
  expect(() => openSecretKey('short', folder)).toThrow('TRIBUTARY_SECRET_KEY must hold 32 bytes');
  writeFileSync(join(folder, 'secret.key'), 'broken');
  expect(() => openSecretKey(undefined, folder)).toThrow('must hold 32 bytes');
});
