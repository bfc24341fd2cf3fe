import type { Edge, Identifier } from '../person-types';

/** Of the picture, in pixels. */
export const NODE = { width: 208, height: 34, gapX: 96, gapY: 10, top: 30 } as const;
/** Identifiers of one kind that are drawn, as long as nobody asks for all. */
const COLUMN_MAX = 10;
/** What is joined strongest stands first; other kinds follow. */
const ORDER = ['user_id', 'email', 'phone', 'anonymous_id'];

/** An identifier, placed. */
export interface GraphNode {
  readonly key: string;
  readonly identifier: Identifier & { readonly former: boolean };
  readonly x: number;
  readonly y: number;
  readonly column: number;
}

/** What joined two of them, drawn as a line. */
export interface GraphLine {
  readonly key: string;
  readonly edge: Edge;
  readonly from: string;
  readonly to: string;
  /** A path of SVG. */
  readonly path: string;
}

/** The picture: kinds are columns, and lines go from one identifier to another that it was given together with. */
export interface GraphPicture {
  readonly columns: ReadonlyArray<{ readonly kind: string; readonly x: number; readonly hidden: number }>;
  readonly nodes: readonly GraphNode[];
  readonly lines: readonly GraphLine[];
  readonly width: number;
  readonly height: number;
}

/** How an identifier is told from others, and asked for. */
export function keyOf({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}

/** Lays the identifiers of a person out. The same person always looks the same. */
export function layoutGraph(
  identifiers: ReadonlyArray<Identifier & { readonly former: boolean }>,
  edges: readonly Edge[],
  isWhole: boolean,
): GraphPicture {
  const kinds = [...new Set(identifiers.map(({ kind }) => kind))].sort(
    (a, b) => rank(a) - rank(b) || a.localeCompare(b),
  );
  const degree = degreesOf(edges);
  const nodes: GraphNode[] = [];
  const columns = kinds.map((kind, column) => {
    const x = column * (NODE.width + NODE.gapX);
    const all = identifiers
      .filter((one) => one.kind === kind)
      .sort((a, b) => (degree.get(keyOf(b)) ?? 0) - (degree.get(keyOf(a)) ?? 0));
    const drawn = isWhole ? all : all.slice(0, COLUMN_MAX);
    drawn.forEach((identifier, row) => {
      const y = NODE.top + row * (NODE.height + NODE.gapY);
      nodes.push({ key: keyOf(identifier), identifier, x, y, column });
    });
    return { kind, x, hidden: all.length - drawn.length };
  });
  const tallest = Math.max(0, ...nodes.map(({ y }) => y + NODE.height));
  const lines = linesOf(edges, new Map(nodes.map((node) => [node.key, node])));
  const isSelfJoined = lines.some(({ path }) => path.startsWith('M') && path.includes('A'));
  const width = kinds.length * (NODE.width + NODE.gapX) - NODE.gapX + (isSelfJoined ? NODE.gapX / 2 : 0);
  return { columns, nodes, lines, width: Math.max(width, NODE.width), height: tallest + 4 };
}

function linesOf(edges: readonly Edge[], nodes: ReadonlyMap<string, GraphNode>): GraphLine[] {
  const lines = new Map<string, GraphLine>();
  for (const edge of edges) {
    if (edge.identifier === null || edge.to === null || edge.verdict === 'quarantined') continue;
    const [from, to] = [nodes.get(keyOf(edge.identifier)), nodes.get(keyOf(edge.to))];
    if (from === undefined || to === undefined || from === to) continue;
    const key = [from.key, to.key].sort().join('\n');
    // Of several, the first is what joined them.
    if (!lines.has(key)) lines.set(key, { key, edge, from: from.key, to: to.key, path: pathOf(from, to) });
  }
  return [...lines.values()];
}

function pathOf(one: GraphNode, other: GraphNode): string {
  const [left, right] = one.x <= other.x ? [one, other] : [other, one];
  const startX = left.x + NODE.width;
  const startY = left.y + NODE.height / 2;
  const endY = right.y + NODE.height / 2;
  if (left.x === right.x) {
    const radius = Math.min(NODE.gapX / 2.4, Math.abs(endY - startY) / 2);
    return `M ${startX} ${startY} A ${radius} ${Math.abs(endY - startY) / 2} 0 0 ${endY > startY ? 1 : 0} ${startX} ${endY}`;
  }
  const bend = (right.x - startX) / 2;
  return `M ${startX} ${startY} C ${startX + bend} ${startY} ${right.x - bend} ${endY} ${right.x} ${endY}`;
}

function degreesOf(edges: readonly Edge[]): Map<string, number> {
  const degrees = new Map<string, number>();
  for (const { identifier, to } of edges)
    for (const one of [identifier, to])
      if (one !== null) degrees.set(keyOf(one), (degrees.get(keyOf(one)) ?? 0) + 1);
  return degrees;
}

function rank(kind: string): number {
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
}
