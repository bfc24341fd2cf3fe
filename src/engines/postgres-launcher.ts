import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, chown, mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { TributaryError } from '../core/errors.js';
import type { PostgresBinaries } from './postgres-binaries.js';

interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** Runs a program in `home` under the account that owns it, and nothing of our environment. */
export interface PostgresLauncher {
  /** The folder's real path, open to the account only. */
  readonly home: string;
  /** Gives a file or folder made by us to the account. */
  own(path: string): Promise<void>;
  /** `group`: with a session and a process group of its own, out of reach of a terminal's Ctrl-C. */
  launch(binary: string, args: readonly string[], options: { cwd: string; group: boolean }): ChildProcess;
}

/** One way to run a program: what to put before it, and whether Node changes the account. */
interface Way {
  readonly before: readonly string[];
  readonly account: Account | undefined;
}

/** Accounts without rights of their own that systems come with. */
const ACCOUNTS = ['postgres', '_postgres', 'nobody'];
/** Nothing of ours leaks in: PGOPTIONS, PGPORT or a foreign locale would change what the server does. */
const ENVIRONMENT = { PATH: '/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * Makes `dir` and finds a way to run PostgreSQL there. PostgreSQL refuses to be root, so for root it runs under an
 * unprivileged account: the one that owns the folder already, else `postgres`, else `nobody`; no account is created.
 *
 * That account may not be able to reach the folder or the programs (`/root/x`, a `mktemp -d`): then `setpriv` lets the
 * one process pass through folders (`dac_read_search`), or, where a container withholds that right, `dac_override`.
 * Which way works is found by trying, which also covers access lists, mount options and missing libraries.
 *
 * With `setpriv` the server is also told to shut down in order when our process dies, however it dies.
 *
 * @throws TributaryError `data_dir_invalid` or `engine_unavailable`, with a sentence that says how to mend.
 */
export async function choosePostgresLauncher(
  dir: string,
  binaries: PostgresBinaries,
): Promise<PostgresLauncher> {
  const { home, account } = await takeHome(dir);
  const problems: string[] = [];
  for (const way of waysFor(account)) {
    const problem = await attempt(way, home, binaries);
    if (problem === undefined) return launcher(home, account, way);
    problems.push(problem);
  }
  const reason = [...new Set(problems)].join('; ');
  throw new TributaryError(
    'engine_unavailable',
    account === undefined
      ? `The embedded PostgreSQL cannot run: ${reason}. Check ${binaries.postgres} with ldd, or set DATABASE_URL to a PostgreSQL server.`
      : `PostgreSQL must not run as root, and account ${account.uid} cannot reach ${home} or ${binaries.postgres}: ${reason}. ` +
          'Start as an ordinary user, install util-linux (setpriv), or open the folders above to others (chmod o+x).',
  );
}

async function takeHome(dir: string): Promise<{ home: string; account: Account | undefined }> {
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const home = await realpath(dir);
    const owner = await stat(home);
    const we = process.getuid?.();
    if (we !== 0) {
      if (owner.uid !== we) throw new Error(`it belongs to account ${owner.uid}, and we are account ${we}`);
      await chmod(home, 0o700);
      return { home, account: undefined };
    }
    const account = owner.uid === 0 ? await unprivilegedAccount() : { uid: owner.uid, gid: owner.gid };
    await chown(home, account.uid, account.gid);
    await chmod(home, 0o700);
    return { home, account };
  } catch (cause) {
    if (cause instanceof TributaryError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new TributaryError(
      'data_dir_invalid',
      `The folder ${dir} of the embedded PostgreSQL cannot be used: ${reason}. Start as its owner, or change its owner with chown -R.`,
      { cause },
    );
  }
}

async function unprivilegedAccount(): Promise<Account> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => ''))
    .split('\n')
    .map((line) => line.split(':'));
  for (const name of ACCOUNTS) {
    const [, , uid, gid] = lines.find((fields) => fields[0] === name) ?? [];
    if (Number(uid) > 0 && Number(gid) >= 0) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new TributaryError(
    'engine_unavailable',
    `PostgreSQL must not run as root, and there is no account to run it under (${ACCOUNTS.join(', ')}). ` +
      'Start as an ordinary user, or set DATABASE_URL to a PostgreSQL server.',
  );
}

/** The ways to try, the one with the fewest rights first. */
function waysFor(account: Account | undefined): Way[] {
  const onDeath = ['--pdeathsig', 'INT'];
  if (account === undefined) {
    return [
      { before: ['setpriv', ...onDeath], account: undefined },
      { before: [], account: undefined },
    ];
  }
  const change = [
    'setpriv',
    '--reuid',
    `${account.uid}`,
    '--regid',
    `${account.gid}`,
    '--clear-groups',
    ...onDeath,
  ];
  // PostgreSQL asks access(2) about itself, which ignores the rights of any account but root unless setuid is unfixed.
  const withRight = (right: string) => [
    ...change,
    `--inh-caps=+${right}`,
    `--ambient-caps=+${right}`,
    '--securebits=+no_setuid_fixup',
  ];
  return [
    { before: change, account: undefined },
    { before: [], account },
    { before: withRight('dac_read_search'), account: undefined },
    { before: withRight('dac_override'), account: undefined },
  ];
}

/** Runs both programs once, having entered the folder as the account. Gives what is wrong, or undefined. */
async function attempt(
  way: Way,
  home: string,
  { postgres, initdb }: PostgresBinaries,
): Promise<string | undefined> {
  const script = 'cd "$1" && "$2" --version && "$3" --version';
  const child = run(way, '/bin/sh', ['-c', script, 'sh', home, postgres, initdb], { cwd: '/', group: false });
  let output = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      output += error.message;
      resolve(-1);
    });
    child.once('close', resolve);
  });
  // PostgreSQL complains without failing when it cannot see itself; with --version that is all it tells.
  return code === 0 && !output.includes('invalid binary') ? undefined : output.trim().replaceAll('\n', '; ');
}

function launcher(home: string, account: Account | undefined, way: Way): PostgresLauncher {
  return {
    home,
    own: async (path) => {
      if (account !== undefined) await chown(path, account.uid, account.gid);
    },
    launch: (binary, args, options) => run(way, binary, args, options),
  };
}

function run(
  way: Way,
  binary: string,
  args: readonly string[],
  options: { cwd: string; group: boolean },
): ChildProcess {
  const [program = binary, ...rest] = [...way.before, binary, ...args];
  return spawn(program, rest, {
    ...way.account,
    cwd: options.cwd,
    env: ENVIRONMENT,
    detached: options.group,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}
