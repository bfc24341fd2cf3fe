import { explain } from '../core/segments/explain/explain-definition.js';
import type { Explained } from '../core/segments/nodes/compiled-node.js';
import { printText } from '../core/segments/text/segment-text.js';

/** What a node found, as the API gives it: see the component `SegmentExplanation`. */
export interface ExplainedJson {
  readonly kind: string;
  readonly text?: string;
  readonly english?: string;
  readonly holds: boolean;
  readonly value?: unknown;
  readonly of?: readonly ExplainedJson[];
}

/** Prints what a definition found for a person. */
export function explainedJson({ node, holds, value, of }: Explained): ExplainedJson {
  const { kind } = node;
  if (of !== undefined) return { kind, holds, of: of.map(explainedJson) };
  const words = { text: printText(node), english: explain(node) };
  return { kind, ...words, holds, ...(value === undefined ? {} : { value }) };
}
