import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TributaryError } from '../core/errors.js';
import { openPlaces } from './place-of.js';

/** MaxMind's test databases with their expected answers; not part of the repository. */
const DATA = '../shared/data/mmdb';
const CITY = join(DATA, 'GeoLite2-City-Test.mmdb');
const present = existsSync(CITY);
if (!present) console.warn(`place-of.test: skipped what needs MaxMind's test databases: ${CITY} is missing.`);

interface Expected {
  readonly country?: { readonly iso_code?: string };
  readonly subdivisions?: readonly { readonly names?: { readonly en?: string } }[];
  readonly city?: { readonly names?: { readonly en?: string } };
  readonly location?: { readonly latitude?: number; readonly longitude?: number };
}

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'tributary-places-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, bytes: Buffer | string): string {
  const file = join(dir, name);
  writeFileSync(file, bytes);
  return file;
}

async function refusalOf(file: string): Promise<string> {
  const error: TributaryError = await openPlaces(file).then(
    () => expect.fail('it was opened'),
    (cause) => cause,
  );
  expect(error.code).toBe('config_invalid');
  return error.message;
}

test('a missing file or one of another kind is refused with the name of the setting', async () => {
  const none = join(dir, 'none.mmdb');
  expect(await refusalOf(none)).toContain(`TRIBUTARY_GEOIP_FILE=${none}`);
  expect(await refusalOf(dir)).toContain('TRIBUTARY_GEOIP_FILE');
  expect(await refusalOf(write('empty.mmdb', ''))).toContain('TRIBUTARY_GEOIP_FILE');
  expect(await refusalOf(write('text.mmdb', 'ip,country\n192.0.2.1,GB\n'))).toContain('TRIBUTARY_GEOIP_FILE');
  expect(await refusalOf(write('zip.mmdb', Buffer.from('1f8b0800', 'hex')))).toContain('gzip');
});

describe.skipIf(!present)('with MaxMind’s test databases', () => {
  test('every network of the City database gives the expected place', async () => {
    const placeOf = await openPlaces(CITY);
    const networks: Record<string, Expected>[] = JSON.parse(
      readFileSync(join(DATA, 'GeoLite2-City-Test.json'), 'utf8'),
    );
    let cities = 0;
    for (const [network, record] of networks.flatMap((item) => Object.entries(item))) {
      const expected = {
        country: record.country?.iso_code ?? '',
        region: record.subdivisions?.[0]?.names?.en ?? '',
        city: record.city?.names?.en ?? '',
        latitude: record.location?.latitude ?? null,
        longitude: record.location?.longitude ?? null,
      };
      const known = expected.country !== '' || expected.latitude !== null;
      expect(placeOf(network.replace(/\/\d+$/, '')), network).toEqual(known ? expected : undefined);
      if (expected.city !== '') cities += 1;
    }
    expect(cities).toBeGreaterThan(10);
  });

  test('an IPv4 address in IPv6 form is the IPv4 address; what is no address is not known', async () => {
    const placeOf = await openPlaces(CITY);
    expect(placeOf('::ffff:2.125.160.217')).toEqual(placeOf('2.125.160.217'));
    expect(placeOf('2.125.160.217')?.city).toBe('Boxford');
    for (const address of [
      '',
      'x',
      '2.125.160',
      '2.125.160.217:80',
      '999.1.1.1',
      '127.0.0.1',
      '::1',
      '__proto__',
    ]) {
      expect(placeOf(address), address).toBeUndefined();
    }
  });

  test('a database of another kind is refused', async () => {
    expect(await refusalOf(join(DATA, 'GeoLite2-ASN-Test.mmdb'))).toContain('GeoLite2-ASN');
    expect(await refusalOf(join(DATA, 'MaxMind-DB-test-broken-search-tree-24.mmdb'))).toContain(
      'Test database',
    );
  });

  test('a broken search tree never throws from a look-up', async () => {
    const bytes = readFileSync(join(DATA, 'MaxMind-DB-test-broken-search-tree-24.mmdb'));
    // Of the right kind by its name, so that it is opened: `Test` is as long as `City`.
    bytes.write('City', bytes.lastIndexOf('DTest') + 1);
    const placeOf = await openPlaces(write('broken-tree.mmdb', bytes));
    for (let i = 0; i < 256; i += 1) {
      expect(() => placeOf(`1.1.1.${i}`)).not.toThrow();
      expect(() => placeOf(`${i}.0.0.1`)).not.toThrow();
    }
  });

  test.each([0x00, 0x20, 0x5f, 0xe1, 0xff])(
    'records overwritten with %i never throw from a look-up',
    async (filler) => {
      const bytes = readFileSync(CITY);
      const data = bytes.indexOf(Buffer.alloc(16)) + 16;
      bytes.fill(filler, data, bytes.lastIndexOf('\xab\xcd\xefMaxMind.com', undefined, 'latin1'));
      const placeOf = await openPlaces(write(`records-${filler}.mmdb`, bytes));
      for (const ip of ['2.125.160.217', '81.2.69.160', '216.160.83.58', '2001:218::1'])
        expect(placeOf(ip)).toBeUndefined();
    },
  );
});
