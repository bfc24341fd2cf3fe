/** `tributary destination`: a destination of one's own, begun and tried. Needs no server. */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { importAuthorFile, loadDestination } from '../../activate/own/load-destination.js';
import { readConfig } from '../../config.js';
import { packageFile } from '../../package-file.js';
import { action, UsageError } from '../action.js';
import { scaffold, scaffoldTsconfig } from './scaffold.js';

/** Where this program is installed. */
const PACKAGE_DIR = fileURLToPath(packageFile('.'));
const NAME = /^[a-z0-9][a-z0-9-]*$/;

/** Adds the command. */
export function registerDestination(program: Command): void {
  const command = program.command('destination').description('write a destination of your own');
  command
    .command('new')
    .description('write a destination that works, and its test, to begin with')
    .argument('<name>', 'in small letters, digits and hyphens, such as loyalty-points')
    .option('--dir <folder>', 'where to (default: the folder that the server looks in)')
    .action(action(begin));
  command
    .command('test')
    .description('check a destination, and run the tests beside it')
    .argument('<file>', 'such as data/destinations/loyalty-points.ts')
    .action(action(tryOut));
}

async function begin(name: string, options: { readonly dir?: string }): Promise<void> {
  if (!NAME.test(name))
    throw new UsageError(`"${name}" must be in small letters, digits and hyphens, such as loyalty-points.`);
  const dir = options.dir ?? destinationsDir();
  const [file, test] = [join(dir, `${name}.ts`), join(dir, `${name}.test.ts`)];
  for (const path of [file, test]) if (existsSync(path)) throw new UsageError(`${path} exists already.`);
  const written = scaffold(name);
  await mkdir(dir, { recursive: true });
  await writeFile(file, written.source);
  await writeFile(test, written.test);
  const tsconfig = join(dir, 'tsconfig.json');
  if (!existsSync(tsconfig)) await writeFile(tsconfig, scaffoldTsconfig(relative(dir, PACKAGE_DIR)));
  console.log(`Wrote ${file} and ${test}.\nTry it: npx tributary destination test ${file}`);
}

function destinationsDir(): string {
  const { destinationsDir: dir, dataDir } = readConfig();
  return dir ?? join(dataDir, 'destinations');
}

async function tryOut(file: string): Promise<void> {
  if (!existsSync(file)) throw new UsageError(`There is no file ${file}.`);
  const kind = await loadDestination(file, '1').catch((error: unknown) => {
    throw new UsageError(
      `${file} is no destination yet.\n${error instanceof Error ? error.message : String(error)}`,
    );
  });
  console.log(`${kind.title} (${kind.kind}) can be used. ${kind.description}`);
  for (const [name, { title, description }] of Object.entries(kind.actions))
    console.log(`  ${name}: ${title}. ${description}`);
  const tests = file.replace(/\.([a-z]+)$/, '.test.$1');
  if (!existsSync(tests)) console.log(`No tests: ${tests} would be run.`);
  // Its tests run by themselves, as those of node:test do, and set the exit code.
  else await importAuthorFile(tests, '1');
}
