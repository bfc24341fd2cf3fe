import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../src/package-file.js';

const MAIN = fileURLToPath(packageFile('dist/main.js'));

/** Runs a command of the built CLI; resolves with what it printed, rejects when it fails. */
export function runCommand(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
  return new Promise((resolve, reject) =>
    child.on('exit', (code) =>
      code === 0
        ? resolve(output)
        : reject(new Error(`tributary ${args.join(' ')} ended with ${code}:\n${output}`)),
    ),
  );
}
