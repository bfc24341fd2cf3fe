import { Command } from 'commander';
import { version } from '../version.js';
import { registerBench } from './bench.js';
import { registerDemo } from './demo.js';
import { registerDestination } from './destination/destination.js';
import { registerDoctor } from './doctor.js';
import { registerImport } from './import.js';
import { registerSend } from './send.js';
import { registerStart } from './start.js';

/** The whole command line: parse arguments with `parseAsync`. */
export function createProgram(): Command {
  const program = new Command('tributary')
    .description('Customer Data Platform: collect, unify and activate customer data')
    .version(version, '-v, --version')
    .showHelpAfterError('(see --help)');
  registerStart(program);
  registerImport(program);
  registerSend(program);
  registerDemo(program);
  registerDestination(program);
  registerDoctor(program);
  registerBench(program);
  return program;
}
