/** What is said of the library without loading it, against the library. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { QUIRKY } from '../src/activate/library/library-quirks.js';
import { catalogueTable, libraryCatalogue } from './library-catalogue.js';
import { REVIEWED } from './library-channels.js';

const FILE = path.resolve(import.meta.dirname, '../src/activate/library/catalogue.json');
const PAGE = path.resolve(import.meta.dirname, '../docs/destinations.md');
const MARK = '<!-- What follows is written by `npm run docs`. -->';
const found = libraryCatalogue();
const slugs = found.map(({ slug }) => slug);

// `npm run docs` runs this test with `--update`, which writes the file instead of comparing it.
test('the catalogue is what `npm run docs` writes', async () => {
  const lines = found.map((entry) => `  ${JSON.stringify(entry)}`);
  await expect(`[\n${lines.join(',\n')}\n]\n`, 'run `npm run docs`').toMatchFileSnapshot(FILE);
});

test('the list in docs/destinations.md is what `npm run docs` writes', async () => {
  const [text] = readFileSync(PAGE, 'utf8').split(MARK);
  await expect(`${text}${MARK}\n\n${catalogueTable(found)}`, 'run `npm run docs`').toMatchFileSnapshot(PAGE);
});

test('there are 214 destinations', () => {
  expect(new Set(slugs).size).toBe(214);
});

test('somebody has said of each by which channel it reaches people, once, and of no others', () => {
  expect(slugs.filter((slug) => !REVIEWED.includes(slug))).toEqual([]);
  expect(REVIEWED.filter((slug) => !slugs.includes(slug))).toEqual([]);
  expect(REVIEWED.filter((slug, index) => REVIEWED.indexOf(slug) !== index)).toEqual([]);
});

test('what is known of single ones is of some that there are', () => {
  expect(QUIRKY.filter((slug) => !slugs.includes(slug))).toEqual([]);
});
