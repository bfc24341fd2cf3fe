import { describe, expect, test } from 'vitest';
import { readConfig, SETTINGS } from './config.js';
import { TributaryError } from './core/errors.js';

function refusal(env: Record<string, string>): TributaryError {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof TributaryError) return error;
    throw error;
  }
  throw new Error(`${JSON.stringify(env)} was accepted`);
}

describe('readConfig', () => {
  test('gives every setting its standard in an empty environment', () => {
    const config = readConfig({});
    expect(Object.keys(config)).toEqual(Object.keys(SETTINGS));
    expect(config).toMatchObject({
      dataDir: './data',
      host: '127.0.0.1',
      port: 3000,
      databaseUrl: undefined,
      clickhouseMemoryBytesMax: 1024 ** 3,
      corsOrigins: ['*'],
      requestBytesMax: 4 * 1024 ** 2,
    });
  });

  test('reads each kind', () => {
    const config = readConfig({
      TRIBUTARY_DATA_DIR: ' /srv/tributary ',
      TRIBUTARY_PORT: '0',
      TRIBUTARY_CORS_ORIGINS: 'https://a.example, https://b.example,',
      TRIBUTARY_EVENT_BYTES_MAX: '2 mb',
      TRIBUTARY_REQUEST_BYTES_MAX: '5000',
      DATABASE_URL: 'postgres://u:p@h/db',
    });
    expect(config).toMatchObject({
      dataDir: '/srv/tributary',
      port: 0,
      corsOrigins: ['https://a.example', 'https://b.example'],
      eventBytesMax: 2 * 1024 ** 2,
      requestBytesMax: 5000,
      databaseUrl: 'postgres://u:p@h/db',
    });
  });

  test.each([
    ['500B', 500],
    ['1KB', 1024],
    ['3gb', 3 * 1024 ** 3],
    ['2TB', 2 * 1024 ** 4],
  ])('reads the size %s', (text, bytes) => {
    expect(readConfig({ TRIBUTARY_DISK_FREE_MIN: text }).diskFreeBytesMin).toBe(bytes);
  });

  test('takes an empty or blank value as not set', () => {
    expect(readConfig({ TRIBUTARY_PORT: '', DATABASE_URL: '  ' })).toEqual(readConfig({}));
  });

  test.each([
    ['TRIBUTARY_PORT', 'http'],
    ['TRIBUTARY_PORT', '-1'],
    ['TRIBUTARY_PORT', '3000.5'],
    ['TRIBUTARY_PORT', '1e3'],
    ['TRIBUTARY_PORT', '65536'],
    ['TRIBUTARY_PORT', '1KB'],
    ['TRIBUTARY_DEDUPE_DAYS', '0'],
    ['TRIBUTARY_BACKLOG_EVENTS_MAX', '99999999999999999999'],
    ['TRIBUTARY_EVENT_BYTES_MAX', '1PB'],
    ['TRIBUTARY_EVENT_BYTES_MAX', '1.5MB'],
    ['TRIBUTARY_CLICKHOUSE_MEMORY', '1MB'],
  ])('refuses %s=%s with the variable and the value', (name, value) => {
    const error = refusal({ [name]: value });
    expect(error.code).toBe('config_invalid');
    expect(error.message).toContain(`${name}=${value} must be `);
  });

  test('refuses a variable that does not exist, by its name', () => {
    expect(refusal({ TRIBUTARY_PROT: '80' }).message).toBe(
      'TRIBUTARY_PROT is not a setting. See docs/settings.md for all of them.',
    );
  });

  test('ignores the variables of others, and its own that are not settings', () => {
    expect(readConfig({ PATH: '/bin', PORT: '80', TRIBUTARY_URL: 'http://127.0.0.1:3000' })).toEqual(
      readConfig({}),
    );
  });

  test('gives an object that cannot be changed', () => {
    expect(Object.isFrozen(readConfig({}))).toBe(true);
  });
});

test('every setting has its own variable, a sentence, and a standard that it accepts', () => {
  const settings = Object.values(SETTINGS);
  expect(new Set(settings.map(({ env }) => env)).size).toBe(settings.length);
  for (const { env, doc } of settings) expect(doc, env).toMatch(/^[A-Z`].+\.$/s);
});
