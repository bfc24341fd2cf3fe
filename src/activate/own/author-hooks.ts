/**
 * How Node loads files of people's own destinations (https://nodejs.org/docs/latest-v20.x/api/module.html#customization-hooks): TypeScript loses its types, all are ES
 * modules, `tributary/destination` is this very program's, and what such a file imports from beside it is as fresh as itself. Runs in a thread that Node makes for it.
 */
import { readFile } from 'node:fs/promises';
import type { LoadHook, ResolveHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/wasm-typescript';
import { packageFile } from '../../package-file.js';
import { STAMP } from './stamp.js';

/** What `tributary/…` means to authors. */
const ENTRIES: Readonly<Record<string, string>> = {
  'tributary/destination': packageFile('dist/activate/destination.js').href,
  'tributary/destination-test-kit': packageFile('dist/activate/test-kit.js').href,
};

/** Node calls it for each import. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  const stamp = stampOf(context.parentURL);
  if (stamp === undefined) return nextResolve(specifier, context);
  const entry = ENTRIES[specifier];
  if (entry !== undefined) return { url: entry, shortCircuit: true };
  const isBeside = specifier.startsWith('./') || specifier.startsWith('../');
  if (!isBeside) return nextResolve(specifier, context);
  const url = new URL(specifier, context.parentURL);
  url.searchParams.set(STAMP, stamp);
  return { url: url.href, shortCircuit: true };
};

/** Node calls it for each module. */
export const load: LoadHook = async (url, context, nextLoad) => {
  if (stampOf(url) === undefined) return nextLoad(url, context);
  const path = fileURLToPath(url);
  if (path.endsWith('.json')) return nextLoad(url, context);
  const source = await readFile(path, 'utf8');
  const isTypeScript = /\.m?ts$/.test(path);
  return { format: 'module', source: isTypeScript ? withoutTypes(source, path) : source, shortCircuit: true };
};

/** Types become blanks, so that lines and columns of errors are those of the file. */
function withoutTypes(source: string, path: string): string {
  try {
    return transformSync(source, { mode: 'strip-only', module: true, filename: path }).code;
  } catch (thrown) {
    // The library throws plain objects.
    const { message, startLine, startColumn, snippet } = thrown as Record<string, unknown>;
    const place = startLine === undefined ? '' : `:${startLine}:${Number(startColumn) + 1}`;
    throw new SyntaxError(
      `${path}${place}: ${message}${snippet === undefined ? '' : `\n${String(snippet).trimEnd()}`}`,
    );
  }
}

function stampOf(url: string | undefined): string | undefined {
  if (url === undefined || !url.startsWith('file:')) return undefined;
  return new URL(url).searchParams.get(STAMP) ?? undefined;
}
