import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { registerBench } from './bench.js';
import { registerDemo } from './demo.js';
import { registerDoctor } from './doctor.js';
import { registerSend } from './send.js';

/** The whole command line: parse arguments with `parseAsync`. */
export function createProgram(): Command {
  const program = new Command('tributary')
    .description('Customer Data Platform: collect, unify and activate customer data')
    .version(version(), '-v, --version')
    .showHelpAfterError('(see --help)');
  // start: registerStart(program);
  // import: registerImport(program);
  registerSend(program);
  registerDemo(program);
  registerDoctor(program);
  registerBench(program);
  return program;
}

function version(): string {
  // The same distance from src/cli and from dist/cli.
  const file = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}
