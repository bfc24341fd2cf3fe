import { expect, test } from 'vitest';
import { readConfig } from '../../config.js';
import {
  checkClock,
  checkMemory,
  checkNode,
  checkPackage,
  checkPlatform,
  machineChecks,
} from './machine-checks.js';

test('Node.js from 20.12 on', () => {
  expect(['18.20.0', '20.11.9', '20.12.0', '22.0.0'].map((version) => checkNode(version).status)).toEqual([
    'fail',
    'fail',
    'ok',
    'ok',
  ]);
});

test('platforms of the embedded engines; musl and others are told how to go on', () => {
  expect(checkPlatform('linux', 'x64', false).status).toBe('ok');
  expect(checkPlatform('darwin', 'arm64', false).status).toBe('ok');
  expect(checkPlatform('linux', 'x64', true)).toMatchObject({
    status: 'fail',
    fix: expect.stringContaining('glibc'),
  });
  expect(checkPlatform('win32', 'x64', false)).toMatchObject({
    status: 'fail',
    fix: expect.stringContaining('DATABASE_URL'),
  });
});

test('packages are found where Node finds them', () => {
  expect(checkPackage('x', 'commander').status).toBe('ok');
  expect(checkPackage('x', '@chdb/lib-plan9').fix).toContain('npm ci');
});

test('memory and clock', () => {
  expect(checkMemory(4 * 1024 ** 3).status).toBe('ok');
  expect(checkMemory(1024 ** 3).status).toBe('warn');
  expect(checkClock(0).status).toBe('fail');
  expect(checkClock(Date.UTC(2030, 0, 1)).status).toBe('ok');
});

test('with servers for both engines nothing embedded is checked', async () => {
  const servers = { DATABASE_URL: 'postgres://h/d', CLICKHOUSE_URL: 'http://h:8123' };
  const names = async (env: Record<string, string>) =>
    (await machineChecks(readConfig(env), Date.UTC(2030, 0, 1))).map(({ name }) => name);
  expect(await names({})).toContain('postgres binaries');
  expect(await names(servers)).toEqual(['node', 'memory', 'clock']);
});
