import { readFileSync } from 'node:fs';
import { packageFile } from './package-file.js';

/** The product's version, as package.json has it. */
export const version = (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string })
  .version;
