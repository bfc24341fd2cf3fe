/** `tributary destination`, as an author uses it, in a folder that has nothing else. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc');
const FILE = 'data/destinations/loyalty-points.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'tributary-author-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

function run(...args: string[]): Promise<{ readonly code: number; readonly output: string }> {
  return new Promise((done) => {
    execFile(process.execPath, args, { cwd: dir }, (error, stdout, stderr) =>
      done({ code: error === null ? 0 : Number(error.code), output: `${stdout}${stderr}` }),
    );
  });
}
const destination = (...args: string[]) => run(MAIN, 'destination', ...args);

test('what `new` writes has its types right, and passes its tests', async () => {
  expect(await destination('new', 'loyalty-points')).toMatchObject({ code: 0 });
  expect(await run(TSC, '-p', 'data/destinations')).toEqual({ code: 0, output: '' });
  const tried = await destination('test', FILE);
  expect(tried.output).toContain('Loyalty points (own/loyalty-points) can be used.');
  expect(tried.output).toMatch(/# pass 2\n# fail 0/);
  expect(tried.code).toBe(0);
});

test('nothing that exists is overwritten, and names are file names', async () => {
  expect(await destination('new', 'loyalty-points')).toMatchObject({
    code: 1,
    output: expect.stringContaining('exists already'),
  });
  expect(await destination('new', '../elsewhere')).toMatchObject({ code: 1 });
});

test('a mistake is told with its place, and a test that fails is the exit code', async () => {
  const [path, source] = [join(dir, FILE), await readFile(join(dir, FILE), 'utf8')];
  await writeFile(path, source.replace("title: 'Update a contact'", "titel: 'Update a contact'"));
  const typo = await destination('test', FILE);
  expect(typo).toMatchObject({
    code: 1,
    output: expect.stringContaining('actions.upsertContact.titel means nothing here'),
  });
  await writeFile(path, source.replace('send: (items', 'send: ((items'));
  const broken = await destination('test', FILE);
  expect(broken).toMatchObject({ code: 1, output: expect.stringMatching(/loyalty-points\.ts:\d+:\d+: /) });
  await writeFile(path, source.replace("'PUT'", "'POST'").replace('/contacts', '/people'));
  expect(await destination('test', FILE)).toMatchObject({
    code: 1,
    output: expect.stringContaining('# fail 1'),
  });
});
