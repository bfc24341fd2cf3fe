/** Every package of the lock file, development and platform packages included, has a permissive licence. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { isAllowed } from './licences/spdx.js';

const ALLOWED = new Set([
  'MIT',
  'MIT-0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'ISC',
  'Apache-2.0',
  'MPL-2.0',
]);

/** Development packages with another licence, each with the reason why nothing can take its place. Keep it empty. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'fast-sha256':
    'Unlicense, that is public domain: `standardwebhooks` needs it, the reference that our signatures are verified by',
};

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
}

const ROOT = path.resolve(import.meta.dirname, '..');
const lock = JSON.parse(readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const packages = Object.entries(lock.packages).filter(([folder]) => folder !== '');

/** The licence that the lock tells, else the one in the installed package: its manifest's, or that of its licence file. */
function licenceOf(folder: string, locked: Locked): string | undefined {
  const told = locked.license ?? licenceInManifest(folder);
  return told === undefined || /^SEE LICEN[CS]E IN/i.test(told) ? licenceInFile(folder) : told;
}

function licenceInManifest(folder: string): string | undefined {
  const file = path.join(ROOT, folder, 'package.json');
  if (!existsSync(file)) return undefined;
  const { license } = JSON.parse(readFileSync(file, 'utf8')) as { license?: string | { type?: string } };
  return typeof license === 'object' ? license.type : license;
}

function licenceInFile(folder: string): string | undefined {
  const absolute = path.join(ROOT, folder);
  const names = existsSync(absolute) ? readdirSync(absolute) : [];
  // Some packages have the whole text of their licence at the end of the page that introduces them.
  const name = names.find((file) => /^licen[cs]e/i.test(file)) ?? names.find((file) => /^readme/i.test(file));
  if (name === undefined) return undefined;
  const text = readFileSync(path.join(absolute, name), 'utf8').replace(/\s+/g, ' ');
  return isMitText(text) ? 'MIT' : undefined;
}

function isMitText(text: string): boolean {
  return (
    text.includes('Permission is hereby granted, free of charge, to any person obtaining a copy') &&
    text.includes('to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies') &&
    /THE SOFTWARE IS PROVIDED .AS IS./.test(text)
  );
}

function nameOf(folder: string): string {
  return folder.slice(folder.lastIndexOf('node_modules/') + 'node_modules/'.length);
}

test('every package of the lock file has an allowed licence', () => {
  const refused = packages.flatMap(([folder, locked]) => {
    const licence = licenceOf(folder, locked);
    if (licence !== undefined && isAllowed(licence, ALLOWED)) return [];
    if (locked.dev === true && nameOf(folder) in EXCEPTIONS) return [];
    return [
      `${nameOf(folder)} is ${licence ?? 'without a known licence'}; see \`npm explain ${nameOf(folder)}\` for who needs it`,
    ];
  });
  expect(packages.length).toBeGreaterThan(100);
  expect(refused).toEqual([]);
});

test('every exception is still needed', () => {
  const names = new Set(packages.map(([folder]) => nameOf(folder)));
  expect(Object.keys(EXCEPTIONS).filter((name) => !names.has(name))).toEqual([]);
});

test('licence expressions are read by the rules of SPDX', () => {
  for (const good of [
    'MIT',
    '(MIT OR GPL-3.0)',
    'GPL-3.0 OR (MIT AND ISC)',
    'Apache-2.0 WITH LLVM-exception',
  ]) {
    expect(isAllowed(good, ALLOWED), good).toBe(true);
  }
  const refused = [
    'GPL-3.0',
    'MIT AND GPL-3.0',
    '(MIT OR ISC) AND GPL-2.0',
    'BlueOak-1.0.0',
    'UNLICENSED',
    '',
    '(MIT',
    'MIT ISC',
  ];
  for (const bad of refused) expect(isAllowed(bad, ALLOWED), bad).toBe(false);
});
