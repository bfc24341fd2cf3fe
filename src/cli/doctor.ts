import type { Command } from 'commander';
import type { Config } from '../config.js';
import { readConfig } from '../config.js';
import { TributaryError } from '../core/errors.js';
import { action } from './action.js';
import type { Check } from './doctor/check.js';
import { fail, ok } from './doctor/check.js';
import { dataDirChecks } from './doctor/data-dir-checks.js';
import { machineChecks } from './doctor/machine-checks.js';
import { serverChecks } from './doctor/server-checks.js';

/** `tributary doctor`: says what keeps Tributary from running here, and how to mend it. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('check the machine, the settings and the data folder')
    .option('--json', 'print the checks as JSON')
    .action(action(runDoctor));
}

async function runDoctor(options: { readonly json?: boolean }): Promise<void> {
  const checks = await examine();
  const failed = checks.filter(({ status }) => status === 'fail').length;
  const text = options.json === true ? JSON.stringify({ ok: failed === 0, checks }, null, 2) : render(checks);
  process.stdout.write(`${text}\n`);
  if (failed > 0) process.exitCode = 1;
}

/** Every check, in the order in which one would mend. */
async function examine(): Promise<Check[]> {
  const { config, check } = settings();
  const checks = await Promise.all([
    machineChecks(config, Date.now()),
    dataDirChecks(config),
    serverChecks(config),
  ]);
  return [check, ...checks.flat()];
}

/** When a setting is wrong the other checks go on with the standard ones. */
function settings(): { config: Config; check: Check } {
  try {
    return { config: readConfig(), check: ok('settings', 'all are valid') };
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    const check = fail(
      'settings',
      error.message,
      'Correct the variable. What follows was checked with the defaults.',
    );
    return { config: readConfig({}), check };
  }
}

/** The checks as lines: a word each, and under it what to do. */
export function render(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.flatMap(({ name, status, detail, fix }) => [
    `${status.padEnd(4)}  ${name.padEnd(width)}  ${detail}`,
    ...(fix === undefined ? [] : [`${' '.repeat(width + 8)}-> ${fix}`]),
  ]);
  const count = (status: Check['status']) => checks.filter((check) => check.status === status).length;
  const verdict = count('fail') > 0 ? `${count('fail')} to mend first.` : 'Tributary can run here.';
  return [...lines, '', verdict].join('\n');
}
