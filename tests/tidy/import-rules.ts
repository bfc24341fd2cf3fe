import path from 'node:path';
import type { SourceFile } from './source-tree.js';
import { importsOf } from './syntax.js';

/** What the files under `src/` may import of one another, and the libraries that a pure folder may use. */
export interface Layout {
  /** Files that may import everything. */
  readonly compositionRoot: readonly string[];
  /** For each folder or top-level file: the folders and files that it may import. */
  readonly mayImport: Readonly<Record<string, readonly string[]>>;
  /** For each folder that may not use all libraries: those that it may. */
  readonly libraries: Readonly<Record<string, readonly string[]>>;
}

/** Tests, and the contract suites that tests run: they may import what they test with. */
export function isTest(file: string): boolean {
  return !file.startsWith('src/') || /\.(?:test|contract)\.ts$/.test(file);
}

/** The file under `src/` that a relative import means, as a path of the repository with `.ts`. */
export function resolveImport(from: string, specifier: string): string {
  return path.posix.join(path.posix.dirname(from), specifier).replace(/\.js$/, '.ts');
}

/** Imports of a product file against the layout: folders that it may not know, and libraries that it may not use. */
export function importFindings(
  file: SourceFile,
  layout: Layout,
  dependencies: ReadonlySet<string>,
): string[] {
  if (isTest(file.path)) return [];
  const own = file.path.slice('src/'.length);
  const folder = partOf(own);
  if (layout.compositionRoot.includes(own)) return [];
  const allowed = layout.mayImport[folder];
  if (allowed === undefined)
    return [`${file.path}: "${folder}" is not in the layout; add it to LAYOUT or move the file`];
  return importsOf(file.program).flatMap(({ specifier }) => {
    if (!specifier.startsWith('.'))
      return libraryFindings(file.path, specifier, layout.libraries[folder], dependencies);
    const target = resolveImport(file.path, specifier).slice('src/'.length);
    const names = [target, partOf(target)];
    if (partOf(target) === folder) return [];
    if (names.some((name) => allowed.includes(name))) return [];
    return [
      `${file.path} imports ${specifier}: ${folder} may import ${allowed.join(', ') || 'nothing outside itself'}`,
    ];
  });
}

function libraryFindings(
  file: string,
  specifier: string,
  libraries: readonly string[] | undefined,
  dependencies: ReadonlySet<string>,
): string[] {
  const name = packageName(specifier);
  if (libraries !== undefined) {
    if (libraries.includes(name)) return [];
    return [`${file} imports ${specifier}: this folder is pure and may use only ${libraries.join(', ')}`];
  }
  if (specifier.startsWith('node:') || dependencies.has(name)) return [];
  return [
    `${file} imports ${specifier}, which is not among "dependencies" in package.json (nor written as node:…)`,
  ];
}

/** The libraries that only some places may load. A place of `typesIn` may import their types. */
export interface DriverRule {
  readonly drivers: readonly string[];
  readonly doors: readonly string[];
  readonly typesIn: readonly string[];
}

/** Imports of database drivers outside of their door. */
export function driverFindings(file: SourceFile, rule: DriverRule): string[] {
  if (isTest(file.path) || rule.doors.some((door) => file.path.startsWith(door))) return [];
  return importsOf(file.program).flatMap(({ specifier, typeOnly }) => {
    if (!rule.drivers.includes(packageName(specifier))) return [];
    if (typeOnly && rule.typesIn.some((folder) => file.path.startsWith(folder))) return [];
    return [
      `${file.path} imports ${specifier}: drivers belong in ${rule.doors.join(', ')}; types of theirs in ${rule.typesIn.join(', ')}`,
    ];
  });
}

/** Product files that nothing leads to from the entries by imports. */
export function deadFiles(files: readonly SourceFile[], entries: readonly string[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const alive = new Set<string>();
  const waiting = [...entries];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const file = byPath.get(next);
    if (file === undefined || alive.has(next)) continue;
    alive.add(next);
    const relative = importsOf(file.program).filter(({ specifier }) => specifier.startsWith('.'));
    waiting.push(...relative.map(({ specifier }) => resolveImport(file.path, specifier)));
  }
  return files.map((file) => file.path).filter((name) => !isTest(name) && !alive.has(name));
}

function partOf(fileInSrc: string): string {
  return fileInSrc.split('/')[0] ?? fileInSrc;
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
