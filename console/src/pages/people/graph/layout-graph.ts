import type { Edge, Identifier } from '../person-types';

/** Of the picture, in pixels. */
export const NODE = { width: 212, height: 46, gapX: 76, gapY: 12 } as const;
/** Identifiers that hang on one, and are drawn as long as nobody asks for all. */
const FAN_MAX = 8;
/** What is joined strongest stands first; other kinds follow. */
const ORDER = ['user_id', 'email', 'phone', 'anonymous_id'];

type Held = Identifier & { readonly former: boolean };

/** An identifier, placed. */
export interface GraphNode {
  readonly key: string;
  readonly identifier: Held;
  readonly x: number;
  readonly y: number;
}

/** What joined two of them, drawn as a line. */
export interface GraphLine {
  readonly key: string;
  readonly edge: Edge;
  /** A path of SVG. */
  readonly path: string;
}

/** The picture: a tree that grows from the strongest identifier to the right, along what joined them. */
export interface GraphPicture {
  readonly nodes: readonly GraphNode[];
  readonly lines: readonly GraphLine[];
  /** Identifiers that are not drawn. */
  readonly hidden: number;
  readonly width: number;
  readonly height: number;
}

/** How an identifier is told from others, and asked for. */
export function keyOf({ kind, value }: Identifier): string {
  return `${kind}:${value}`;
}

/** Lays the identifiers of a person out. The same person always looks the same. */
export function layoutGraph(
  identifiers: readonly Held[],
  edges: readonly Edge[],
  isWhole: boolean,
): GraphPicture {
  const held = new Map(identifiers.map((one) => [keyOf(one), one]));
  const links = linksOf(edges, held);
  const near = new Map<string, string[]>();
  for (const { a, b } of links) {
    near.set(a, [...(near.get(a) ?? []), b]);
    near.set(b, [...(near.get(b) ?? []), a]);
  }
  const strongest = [...held.values()].sort(
    (a, b) =>
      rank(a.kind) - rank(b.kind) ||
      (near.get(keyOf(b))?.length ?? 0) - (near.get(keyOf(a))?.length ?? 0) ||
      keyOf(a).localeCompare(keyOf(b)),
  );
  const nodes = new Map<string, GraphNode>();
  const seen = new Set<string>();
  let row = 0;
  /** Places what hangs on an identifier, and then itself in its middle. @returns where that is */
  const place = (identifier: Held, depth: number): number => {
    const key = keyOf(identifier);
    const hanging = strongest.filter((one) => near.get(key)?.includes(keyOf(one)) && !seen.has(keyOf(one)));
    for (const one of hanging) seen.add(keyOf(one));
    const drawn = isWhole ? hanging : hanging.slice(0, FAN_MAX);
    const rows = drawn.map((one) => place(one, depth + 1));
    const own = rows.length === 0 ? row++ : ((rows[0] ?? 0) + (rows.at(-1) ?? 0)) / 2;
    const y = own * (NODE.height + NODE.gapY);
    nodes.set(key, { key, identifier, x: depth * (NODE.width + NODE.gapX), y });
    return own;
  };
  let roots = 0;
  for (const one of strongest) {
    if (seen.has(keyOf(one)) || (!isWhole && roots >= FAN_MAX)) continue;
    seen.add(keyOf(one));
    roots += 1;
    place(one, 0);
  }
  const placed = [...nodes.values()];
  return {
    nodes: placed,
    lines: links.flatMap(({ a, b, edge }) => {
      const [one, other] = [nodes.get(a), nodes.get(b)];
      return one && other ? [{ key: `${a}\n${b}`, edge, path: pathOf(one, other) }] : [];
    }),
    hidden: held.size - placed.length,
    width: Math.max(0, ...placed.map(({ x }) => x + NODE.width)),
    height: Math.max(0, ...placed.map(({ y }) => y + NODE.height)),
  };
}

/** Pairs that something joined; of several, the first joined them. */
function linksOf(edges: readonly Edge[], held: ReadonlyMap<string, Held>) {
  const links = new Map<string, { readonly a: string; readonly b: string; readonly edge: Edge }>();
  for (const edge of edges) {
    if (edge.identifier === null || edge.to === null || edge.verdict === 'quarantined') continue;
    const [a = '', b = ''] = [keyOf(edge.identifier), keyOf(edge.to)].sort();
    if (a !== b && held.has(a) && held.has(b) && !links.has(`${a}\n${b}`))
      links.set(`${a}\n${b}`, { a, b, edge });
  }
  return [...links.values()];
}

function pathOf(one: GraphNode, other: GraphNode): string {
  const [left, right] = one.x <= other.x ? [one, other] : [other, one];
  const [startX, startY, endY] = [left.x + NODE.width, left.y + NODE.height / 2, right.y + NODE.height / 2];
  // Both in one column: an arc beside it.
  const endX = left.x === right.x ? startX : right.x;
  const bend = left.x === right.x ? NODE.gapX / 2 : (endX - startX) / 2;
  return `M ${startX} ${startY} C ${startX + bend} ${startY} ${left.x === right.x ? endX + bend : endX - bend} ${endY} ${endX} ${endY}`;
}

function rank(kind: string): number {
  const at = ORDER.indexOf(kind);
  return at < 0 ? ORDER.length : at;
}
