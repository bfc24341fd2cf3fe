import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockDataDir } from '../../engines/data-dir-lock.js';
import { checkUse, checkWritable, judgeDisk } from './data-dir-checks.js';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tributary-doctor-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('a folder that can be written, or made, is fine and stays as it was', async () => {
  expect(await checkWritable(folder)).toMatchObject({ status: 'ok', detail: folder });
  expect((await checkWritable(join(folder, 'a/b'))).detail).toContain('will be made');
  expect(await readdir(folder)).toEqual([]);
});

test('a file in the place of the folder fails', async () => {
  await writeFile(join(folder, 'data'), '');
  expect(await checkWritable(join(folder, 'data'))).toMatchObject({
    status: 'fail',
    fix: expect.stringContaining('TRIBUTARY_DATA_DIR'),
  });
});

test('a folder in use names the process; looking leaves it free', async () => {
  expect((await checkUse(join(folder, 'none'))).detail).toBe('free');
  const lock = await lockDataDir(folder);
  try {
    expect(await checkUse(folder)).toMatchObject({
      status: 'warn',
      detail: expect.stringContaining(`process ${process.pid}`),
    });
  } finally {
    await lock.release();
  }
  expect((await checkUse(folder)).status).toBe('ok');
  await (await lockDataDir(folder)).release();
});

test('disk: below the setting fails, little warns', () => {
  const gb = 1024 ** 3;
  expect([0.1, 1, 50].map((free) => judgeDisk(free * gb, 0.25 * gb).status)).toEqual(['fail', 'warn', 'ok']);
});
