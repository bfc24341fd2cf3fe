import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { compileInto, firstLine, killGroup, runScript } from '../../tests/support/own-process.js';
import { type DataDirLock, lockDataDir } from './data-dir-lock.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'lock-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

describe('lockDataDir', () => {
  it('refuses a second holder, names the first, and frees the folder on release', async () => {
    const data = join(dir, 'made/on/demand');
    const lock = await lockDataDir(data);
    await expect(lockDataDir(data)).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringMatching(
        new RegExp(`${data} is in use by process ${process.pid}\\..*TRIBUTARY_DATA_DIR`),
      ),
    });
    await lock.release();
    await (await lockDataDir(data)).release();
  });

  it('knows the folder behind another name', async () => {
    const data = join(dir, 'data');
    const lock = await lockDataDir(data);
    await symlink(data, join(dir, 'alias'));
    await expect(lockDataDir(join(dir, 'alias'))).rejects.toMatchObject({ code: 'data_dir_in_use' });
    const other = await lockDataDir(join(dir, 'other'));
    await Promise.all([lock.release(), other.release()]);
  });

  it.runIf(process.platform === 'linux')('lets one of many win that start at once', async () => {
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => lockDataDir(dir)));
    const locks = tries.filter((t): t is PromiseFulfilledResult<DataDirLock> => t.status === 'fulfilled');
    expect(locks).toHaveLength(1);
    await locks[0]?.value.release();
  });

  it('sees a holder whose abstract name it cannot see, by the socket file', async () => {
    const foreign = createServer().listen(join(dir, 'tributary.lock'));
    await new Promise((resolve) => foreign.once('listening', resolve));
    await writeFile(join(dir, 'tributary.pid'), '17 container-a\n');
    await expect(lockDataDir(dir)).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining('process 17 on container-a'),
    });
    await new Promise((resolve) => foreign.close(resolve));
    await (await lockDataDir(dir)).release();
  });

  it('is free again after kill -9 of its holder', async () => {
    const data = join(dir, 'data');
    const dist = await compileInto(dir, ['engines/data-dir-lock.ts']);
    const child = runScript(
      dir,
      `import { lockDataDir } from '${dist}/engines/data-dir-lock.js';
       await lockDataDir('${data}');
       console.log(process.pid);
       setInterval(() => {}, 1000);`,
    );
    const pid = await firstLine<number>(child);
    await expect(lockDataDir(data)).rejects.toMatchObject({
      code: 'data_dir_in_use',
      message: expect.stringContaining(`process ${pid}.`),
    });
    await killGroup(child);
    await (await lockDataDir(data)).release();
  });

  it('works where the path is too long for a socket', async () => {
    const data = join(dir, 'a'.repeat(120));
    const lock = await lockDataDir(data);
    await expect(lockDataDir(data)).rejects.toMatchObject({ code: 'data_dir_in_use' });
    await lock.release();
  });

  it('says so when the folder cannot be made', async () => {
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'file'), '');
    await expect(lockDataDir(join(dir, 'file', 'data'))).rejects.toMatchObject({
      code: 'data_dir_invalid',
      message: expect.stringContaining('TRIBUTARY_DATA_DIR'),
    });
  });
});
