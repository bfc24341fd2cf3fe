/**
 * Definitions as text, for people and for configuration files. The grammar is in `docs/specs/segment-text.md`; what each node
 * means, in `docs/specs/segments.md`. Reading and printing of one thing stand side by side, in a file for each family.
 *
 * `parseText(printText(node))` is `node` in its normal form: without what is the default anyway, days of the week in their order,
 * durations with their unit in the singular after 1 and in the plural otherwise.
 */
import type { ComputedValue, Node } from '../definition.js';
import { printComputed, readComputed } from './computed-text.js';
import { Cursor } from './cursor.js';
import { group, layOut } from './layout.js';
import { printNode, readNode } from './node-text.js';

/** Reads a definition. @throws TextError that names line and column, what was found, what was expected, and the fix. */
export function parseText(text: string): Node {
  return parseWhole(text, readNode);
}

/** Reads what a computed trait is made of. @throws TextError as `parseText` does. */
export function parseComputedText(text: string): ComputedValue {
  return parseWhole(text, readComputed);
}

function parseWhole<T>(text: string, read: (cursor: Cursor) => T): T {
  const cursor = new Cursor(text);
  const result = read(cursor);
  cursor.end();
  return result;
}

/** The text of a valid definition, over several lines when it is long; it ends without a new line. */
export function printText(node: Node): string {
  return layOut(group(printNode(node)));
}

/** The text of what a computed trait is made of. */
export function printComputedText(value: ComputedValue): string {
  return layOut(group(printComputed(value)));
}
