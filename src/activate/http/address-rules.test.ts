import { describe, expect, test } from 'vitest';
import { isPublic, readAddressRules } from './address-rules.js';

const NOT_PUBLIC = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '100.127.255.255',
  '127.0.0.1',
  '127.255.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.168.1.1',
  '198.18.0.1',
  '203.0.113.9',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::127.0.0.1',
  '::ffff:127.0.0.1',
  '::ffff:7f00:1',
  '::ffff:10.0.0.1',
  '0:0:0:0:0:ffff:a9fe:a9fe',
  '64:ff9b::127.0.0.1',
  '64:ff9b:1::1',
  '2002:7f00:1::',
  '2001:0:4136:e378:8000:63bf:3fff:fdd2',
  '2001:db8::1',
  '100::1',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1',
  'fe80::1%eth0',
  'fec0::1',
  'ff02::1',
];
const PUBLIC = [
  '1.1.1.1',
  '8.8.8.8',
  '100.63.255.255',
  '100.128.0.1',
  '172.15.0.1',
  '172.32.0.1',
  '192.167.1.1',
  '223.255.255.255',
  '2606:4700:4700::1111',
  '2a00:1450:4001:82a::200e',
  '::ffff:8.8.8.8',
  '64:ff9b::808:808',
];

describe('the public internet', () => {
  test.each(NOT_PUBLIC)('%s is not on it', (address) => {
    expect(isPublic(address)).toBe(false);
    expect(readAddressRules([]).allows(address, 'example.com')).toBe(false);
  });

  test.each(PUBLIC)('%s is on it', (address) => {
    expect(isPublic(address)).toBe(true);
    expect(readAddressRules([]).allows(address, 'example.com')).toBe(true);
  });
});

describe('what an operator allows', () => {
  const rules = readAddressRules([
    '10.1.0.0/16',
    '192.168.7.7',
    'fd00:1::/32',
    'Hooks.internal',
    'localhost',
  ]);

  test('networks and addresses, in all their forms', () => {
    expect(rules.allows('10.1.255.1', 'x')).toBe(true);
    expect(rules.allows('::ffff:10.1.255.1', 'x')).toBe(true);
    expect(rules.allows('10.2.0.1', 'x')).toBe(false);
    expect(rules.allows('192.168.7.7', 'x')).toBe(true);
    expect(rules.allows('192.168.7.8', 'x')).toBe(false);
    expect(rules.allows('fd00:1::9', 'x')).toBe(true);
    expect(rules.allows('fd00:2::9', 'x')).toBe(false);
  });

  test('hosts, wherever they are, and no others at the same address', () => {
    expect(rules.allows('172.16.0.9', 'hooks.internal')).toBe(true);
    expect(rules.allows('172.16.0.9', 'HOOKS.internal.')).toBe(true);
    expect(rules.allows('172.16.0.9', 'evil.hooks.internal')).toBe(false);
    expect(rules.allows('127.0.0.1', 'localhost')).toBe(true);
    expect(rules.allows('127.0.0.1', '127.0.0.1')).toBe(false);
  });

  test('what is no address is never allowed', () => {
    expect(rules.allows('localhost', 'localhost')).toBe(false);
    expect(rules.allows('', 'localhost')).toBe(false);
  });

  test.each(['10.0.0.0/33', '::/129', '10.0.0.0/8/8', '10.0.0.0/', '1.2.3', 'http://a.b', 'a b', '*', ''])(
    'an entry that cannot be read is refused: %j',
    (entry) => {
      expect(() => readAddressRules([entry])).toThrow(
        expect.objectContaining({ code: 'config_invalid', message: expect.stringContaining(`"${entry}"`) }),
      );
    },
  );
});
