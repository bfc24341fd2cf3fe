import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { SETTINGS } from '../src/config.js';
import { settingsReference } from './settings-reference.js';

const PAGE = path.resolve(import.meta.dirname, '../docs/settings.md');

// `npm run docs` runs this test with `--update`, which writes the page instead of comparing it.
test('docs/settings.md is what `npm run docs` writes', async () => {
  await expect(settingsReference(), 'run `npm run docs`').toMatchFileSnapshot(PAGE);
});

test('docs/settings.md has a row for every setting', () => {
  const rows = readFileSync(PAGE, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  expect(rows).toHaveLength(Object.keys(SETTINGS).length);
  expect(rows).toContain(
    '| `TRIBUTARY_PORT` | whole number from 0 to 65535 | `3000` | TCP port to listen on; 0 takes any free one. |',
  );
});

test('sizes are written in their largest whole unit, and bars do not break the table', () => {
  const page = settingsReference({
    size: { env: 'SIZE', kind: 'bytes', standard: '4MB', min: 1024, max: 64 * 1024 ** 2, doc: 'One | two.' },
  });
  expect(page).toContain('| `SIZE` | size from 1KB to 64MB | `4MB` | One \\| two. |');
});

test('there are fewer than 40 settings', () => {
  expect(Object.keys(SETTINGS).length).toBeLessThan(40);
});
