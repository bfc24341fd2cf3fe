import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build } from 'rolldown';

const ROOT = resolve(import.meta.dirname, '../..');

/**
 * Compiles the named sources, and what they import, into `dir/dist`, beside a link to node_modules, so that plain Node
 * processes can run them.
 * @param entries below src/, such as `engines/data-dir-lock.ts`
 */
export async function compileInto(dir: string, entries: readonly string[]): Promise<string> {
  const dist = join(dir, 'dist');
  await build({
    input: entries.map((entry) => join(ROOT, 'src', entry)),
    platform: 'node',
    external: /^[^./]/,
    output: { dir: dist, preserveModules: true, preserveModulesRoot: join(ROOT, 'src') },
  });
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}');
  if (!existsSync(join(dir, 'node_modules')))
    await symlink(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
  return dist;
}

/** Runs a script (ES module text, placed in `dir`) in a process group of its own. */
export function runScript(dir: string, script: string): ChildProcess {
  const file = join(dir, 'script.mjs');
  writeFileSync(file, script);
  return spawn(process.execPath, [file], { cwd: dir, detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
}

/** The first line that the process prints, as JSON. Rejects when it ends without one. */
export function firstLine<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const end = text.indexOf('\n');
      if (end >= 0) resolve(JSON.parse(text.slice(0, end)) as T);
    });
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}: ${text}`)));
  });
}

/** Kills the process and its whole group with SIGKILL, and waits for its end. */
export async function killGroup(child: ChildProcess): Promise<void> {
  const end = new Promise((resolve) => child.once('exit', resolve));
  // Invariant: a process that printed its first line was spawned.
  process.kill(-(child.pid as number), 'SIGKILL');
  await end;
}
