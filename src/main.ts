#!/usr/bin/env node
/** The command line; `tributary start` is the server. */
import { createProgram } from './cli/program.js';

await createProgram().parseAsync();
