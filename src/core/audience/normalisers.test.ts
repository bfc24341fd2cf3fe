/**
 * The examples that the platforms publish, checked on the page that each group names.
 */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { hashed } from './hashed.js';
import { NORMALISERS, type Normaliser } from './normalisers.js';

const sha256 = (text: string, encoding: 'hex' | 'base64') =>
  createHash('sha256').update(text).digest(encoding);

function hash(value: string, normalise?: Normaliser, encoding: 'hex' | 'base64' = 'hex') {
  return hashed(value, { normalise, encoding, sha256 });
}

type Examples = ReadonlyArray<readonly [given: string, normalised: string]>;

function checkEach(normaliser: Normaliser, examples: Examples) {
  test.each(examples)(`${normaliser}: %j is %j`, (given, normalised) => {
    expect(NORMALISERS[normaliser](given)).toBe(normalised);
    // Normalising what is normalised changes nothing.
    expect(NORMALISERS[normaliser](normalised)).toBe(normalised);
  });
}

describe('Meta: developers.facebook.com/docs/marketing-api/conversions-api/parameters/customer-information-parameters', () => {
  test.each([
    [
      'meta.email',
      'John_Smith@gmail.com',
      '62a14e44f765419d10fea99367361a727c12365e2520f32218d505ed9aa0f62f',
    ],
    ['meta.phone', '1(650)555-1212', 'e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176'],
    ['meta.name', 'Mary', '6915771be1c5aa0c886870b6951b03d7eafc121fea0e80a5ea83beb7c449f4ec'],
    ['meta.name', '정', '8fa8cd9c440be61d0151429310034083132b35975c4bea67fdd74158eb51db14'],
    ['meta.name', 'Valéry', '08e1996b5dd49e62a4b4c010d44e4345592a863bb9f8e3976219bac29417149c'],
  ] as const)('%s of %s has the published hash', (normaliser, given, expected) => {
    expect(hash(given, normaliser)).toBe(expected);
  });

  checkEach('meta.email', [
    [' John_Smith@gmail.com ', 'john_smith@gmail.com'],
    ['no address', ''],
  ]);
  checkEach('meta.phone', [
    ['1(650)555-1212', '16505551212'],
    ['+44 844 412 4653', '448444124653'],
    ['0049 30 1234567', '49301234567'],
    ['call me', ''],
  ]);
  checkEach('meta.name', [
    ["O'Neill-Jones", 'oneilljones'],
    [' Mary ', 'mary'],
  ]);
  checkEach('meta.city', [
    ['New York', 'newyork'],
    ['St. Gallen', 'stgallen'],
  ]);
  checkEach('meta.state', [
    ['CA', 'ca'],
    ['California', 'ca'],
    ['North Carolina', 'nc'],
    ['Île-de-France', 'îledefrance'],
  ]);
  checkEach('meta.zip', [
    ['94025-1234', '94025'],
    ['94025', '94025'],
    ['M1 1AE', 'm11ae'],
    ['1000-205', '1000205'],
  ]);
  checkEach('meta.country', [
    [' US ', 'us'],
    ['Germany', ''],
  ]);
  checkEach('meta.birthday', [
    ['1997-02-16', '19970216'],
    ['1997-02-16T00:00:00Z', '19970216'],
    ['2/16/1997', '19970216'],
    ['19970216', '19970216'],
    ['1997-13-16', ''],
  ]);
  checkEach('meta.gender', [
    ['Female', 'f'],
    ['M', 'm'],
    ['mujer', ''],
  ]);
  checkEach('meta.madid', [['AECE52E7-03EE-455A-B3C4-E57283966239', 'aece52e7-03ee-455a-b3c4-e57283966239']]);
});

describe('Google: developers.google.com/data-manager/api/devguides/concepts/formatting', () => {
  checkEach('google.email', [
    ['cloudy.sanfrancisco+shopping@gmail.com', 'cloudysanfrancisco@gmail.com'],
    ['user.name+NYC@Example.com', 'user.name+nyc@example.com'],
    [' Jane . Doe@GoogleMail.com', 'janedoe@googlemail.com'],
    ['+tag@gmail.com', ''],
    ['@gmail.com', ''],
  ]);
  checkEach('google.phone', [
    ['+1 (800) 555-0100', '+18005550100'],
    ['0044 20 7946 0000', '+442079460000'],
    // Nothing tells the country of a number without its code.
    ['030 1234567', ''],
    ['+1 23', ''],
  ]);
  checkEach('google.name', [[' Mary-Ann ', 'mary-ann']]);
});

describe('UID2: unifiedid.com/docs/getting-started/gs-normalization-encoding', () => {
  test.each([
    [
      'MyEmail@example.com',
      '16c18d336f0b250f0e2d907452ceb9658a74ecdae8bc94864c23122a72cc27a5',
      'FsGNM28LJQ8OLZB0Us65ZYp07NrovJSGTCMSKnLMJ6U=',
    ],
    [
      'My.Email@example.com',
      'e22b53bc6f871274f3a62ab37a3caed7214fc14d676215a96a242fcfada1c81f',
      '4itTvG+HEnTzpiqzejyu1yFPwU1nYhWpaiQvz62hyB8=',
    ],
    [
      'JANESAOIRSE@example.com',
      'd6670e7a92007f1b5ff785f1fc81e53aa6d3d7bd06bdf5c473cdc7286c284b6d',
      '1mcOepIAfxtf94Xx/IHlOqbT170GvfXEc83HKGwoS20=',
    ],
    [
      'Jane.Saoirse@example.com',
      'b196432c7b989a2ca91c83799957c515da53e6c13abf20b78fea94f117e90bf8',
      'sZZDLHuYmiypHIN5mVfFFdpT5sE6vyC3j+qU8RfpC/g=',
    ],
    [
      'JaneSaoirse+Work@example.com',
      '28aaee4815230cd3b4ebd88c515226550666e91ac019929e3adac3f66c288180',
      'KKruSBUjDNO069iMUVImVQZm6RrAGZKeOtrD9mwogYA=',
    ],
    [
      'JANE.SAOIRSE@gmail.com',
      '92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f',
      'ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8=',
    ],
    [
      'JaneSaoirse+Work@gmail.com',
      '92ee26057ed9dea2535d6c8b141d48373932476599196e00352254896db5888f',
      'ku4mBX7Z3qJTXWyLFB1INzkyR2WZGW4ANSJUiW21iI8=',
    ],
    [
      'user@example.com',
      'b4c9a289323b21a01c3e940f150eb9b8c542587f1abfd8f0e1cc1ffc5e475514',
      'tMmiiTI7IaAcPpQPFQ65uMVCWH8av9jw4cwf/F5HVRQ=',
    ],
  ])('%s has the published hashes', (given, hex, base64) => {
    expect(hash(given, 'uid2.email')).toBe(hex);
    expect(hash(given, 'uid2.email', 'base64')).toBe(base64);
  });

  test('a telephone number has the published hashes', () => {
    const given = '1 (234) 567-8901';
    expect(hash(given, 'uid2.phone')).toBe(
      '10e6f0b47054a83359477dcb35231db6de5c69fb1816e1a6b98e192de9e5b9ee',
    );
    expect(hash(given, 'uid2.phone', 'base64')).toBe('EObwtHBUqDNZR33LNSMdtt5cafsYFuGmuY4ZLenlue4=');
  });

  checkEach('uid2.phone', [['65 1243 5678', '+6512435678']]);
});

describe('hashes', () => {
  test('of nothing there are none', () => {
    expect(hash('')).toBeUndefined();
    expect(hash('  ', 'email')).toBeUndefined();
    expect(hash('...', 'meta.name')).toBeUndefined();
  });

  test('are not hashed again, where a value of that kind cannot look like one', () => {
    const once = hash('a@b.example', 'email') ?? '';
    expect(hash(once.toUpperCase(), 'email')).toBe(once);
    expect(hash(once)).not.toBe(once);
    const base64 = hash('a@b.example', 'uid2.email', 'base64') ?? '';
    expect(hash(base64, 'uid2.email', 'base64')).toBe(base64);
  });
});
