import type { SourceFile } from './source-tree.js';
import { functionsOf, undocumentedExports, usesOf } from './syntax.js';

/** Names that may be used only behind one door. `names` are as `usesOf` gives them; `a.*` means every member of `a`. */
export interface Door {
  readonly names: readonly string[];
  /** Path prefixes where the rule holds, and those within them that are the door. */
  readonly within: readonly string[];
  readonly except: readonly string[];
  readonly instead: string;
}

const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/;
const DRAWERS = /^(?:types|(?:.+-)?(?:utils?|helpers?|manager|common|misc))$/;
/** Written so that this very file does not hold the words. */
const LEFTOVERS = /\b(?:FIXM[E]|TOD[O]|XX[X])\b/;
const MACHINE_PATHS = /(?<![\w.$}])\/(?:work\/|home\/\w|tmp\/(?:spike|brief)\b)/;
const REGISTRIES =
  /\bregistry\.(?:[a-z0-9-]+\.)+[a-z]{2,}|\bnpm\.pkg\.github\.com|\b(?:artifactory|verdaccio|nexus)[\w-]*\.[a-z]/i;

/** Files and functions over their caps. */
export function sizeFindings(file: SourceFile, fileLinesMax: number, functionLinesMax: number): string[] {
  const lines = file.text.trimEnd().split('\n').length;
  const tooLong = functionsOf(file.program, file.text).filter((found) => found.lines > functionLinesMax);
  return [
    ...(lines > fileLinesMax
      ? [`${file.path} has ${lines} lines; the cap is ${fileLinesMax}: split it by what it does`]
      : []),
    ...tooLong.map(
      (found) =>
        `${at(file, found.start)} ${found.name} has ${found.lines} lines; the cap is ${functionLinesMax}`,
    ),
  ];
}

/** Path segments that are not kebab-case, and drawers: files named after nothing in particular. */
export function nameFindings(path: string): string[] {
  return path.split('/').flatMap((segment) => {
    if (!KEBAB.test(segment)) return [`${path}: "${segment}" is not kebab-case`];
    const stem = segment.split('.')[0] ?? segment;
    return DRAWERS.test(stem) ? [`${path}: "${stem}" is a drawer; name the file after its main export`] : [];
  });
}

/** Uses of what belongs behind a door. */
export function doorFindings(file: SourceFile, doors: readonly Door[]): string[] {
  const rules = doors.filter((door) => starts(file.path, door.within) && !starts(file.path, door.except));
  if (rules.length === 0) return [];
  return usesOf(file.program).flatMap(({ name, start }) =>
    rules
      .filter((door) =>
        door.names.some(
          (banned) => name === banned || (banned.endsWith('.*') && name.startsWith(banned.slice(0, -1))),
        ),
      )
      .map((door) => `${at(file, start)} uses ${name}: ${door.instead}`),
  );
}

/** Tests left focused, so that the others of their file do not run. */
export function focusFindings(file: SourceFile): string[] {
  return usesOf(file.program)
    .filter(({ name }) => /^(?:describe|suite|test|it|bench)(?:\.\w+)*\.only$/.test(name))
    .map(({ name, start }) => `${at(file, start)} ${name} keeps the other tests from running`);
}

/** Exports without a docstring. */
export function docstringFindings(file: SourceFile): string[] {
  return undocumentedExports(file.program, file.text).map(
    ({ name, start }) => `${at(file, start)} ${name} is exported without a docstring`,
  );
}

/** Marks of unfinished work. */
export function leftoverFindings(path: string, text: string): string[] {
  return matchingLines(path, text, LEFTOVERS, 'finish it, or write down what is missing where users read it');
}

/** Paths of one machine and hosts of package registries, neither of which another machine has. */
export function machineFindings(path: string, text: string): string[] {
  return [
    ...matchingLines(path, text, MACHINE_PATHS, 'this path exists on one machine only'),
    ...matchingLines(path, text, REGISTRIES, 'the registry is the affair of each machine'),
  ];
}

function matchingLines(path: string, text: string, pattern: RegExp, why: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const match = pattern.exec(line);
    return match === null ? [] : [`${path}:${index + 1} holds "${match[0]}": ${why}`];
  });
}

function at(file: SourceFile, start: number): string {
  return `${file.path}:${file.text.slice(0, start).split('\n').length}`;
}

function starts(path: string, prefixes: readonly string[]): boolean {
  return prefixes.some((prefix) => path.startsWith(prefix));
}
