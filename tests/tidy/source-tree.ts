import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from 'vite';
import type { Node } from './syntax.js';

/** One TypeScript file, read and parsed. `path` is relative to the repository and uses `/`. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  readonly program: Node;
}

/** The root of the repository. */
export const ROOT = path.resolve(import.meta.dirname, '../..');

const IGNORED = new Set(['.git', 'node_modules', 'dist', 'data', 'coverage']);

/** Every file that is tracked, or would be by `git add .`; without git, every file outside of the ignored folders. */
export function listFiles(): readonly string[] {
  return (listByGit() ?? listByWalk('')).filter((file) => existsSync(path.join(ROOT, file))).sort();
}

/** The text of a file, or `undefined` when it is binary or over 2 MB: data, not something written by hand. */
export function readText(file: string): string | undefined {
  const absolute = path.join(ROOT, file);
  if (statSync(absolute).size > 2 * 1024 * 1024) return undefined;
  const text = readFileSync(absolute, 'utf8');
  return text.includes('\0') ? undefined : text;
}

/** Parses TypeScript. Throws with the parser's sentence when the syntax is wrong. */
export function parseSource(file: string, text: string): SourceFile {
  const { program, errors } = parseSync(file, text);
  const error = errors[0];
  if (error !== undefined) throw new Error(`${file}: ${error.message}`);
  return { path: file, text, program: program as unknown as Node };
}

function listByGit(): string[] | undefined {
  try {
    const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
    const out = execFileSync('git', args, {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return out.split('\0').filter((file) => file !== '');
  } catch {
    return undefined;
  }
}

function listByWalk(folder: string): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (IGNORED.has(entry.name)) return [];
    return entry.isDirectory() ? listByWalk(file) : [file];
  });
}
