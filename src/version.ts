import { readFileSync } from 'node:fs';

/** The product's version, as package.json has it: one folder up from src and from dist alike. */
export const version = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
