/** What ClickHouse read in a statement, as `EXPLAIN AST` tells it: a line for each node, indented by its depth. */

/** A node: its kind, the rest of its line, and the nodes below. */
export interface SyntaxNode {
  readonly kind: string;
  readonly text: string;
  readonly children: SyntaxNode[];
}

const LINE = /^( *)(\S+)(?: (.*?))??(?: \(children (\d+)\))?$/s;

/**
 * Reads the lines.
 * @returns undefined unless each node has exactly the children that its line says: then some line is not what it seems.
 */
export function syntaxTree(lines: readonly string[]): SyntaxNode | undefined {
  const path: Array<{ node: SyntaxNode; expected: number }> = [];
  const complete = (depth: number) =>
    path.splice(depth).every(({ node, expected }) => node.children.length === expected);
  let root: SyntaxNode | undefined;
  for (const line of lines) {
    const [, indent, kind, text = '', children = '0'] = LINE.exec(line) ?? [];
    if (indent === undefined || kind === undefined) return undefined;
    const node = { kind, text, children: [] };
    if (root === undefined) {
      if (indent !== '') return undefined;
      root = node;
    } else {
      const parent = path[indent.length - 1];
      if (parent === undefined || !complete(indent.length)) return undefined;
      parent.node.children.push(node);
    }
    path.push({ node, expected: Number(children) });
  }
  return complete(0) ? root : undefined;
}
