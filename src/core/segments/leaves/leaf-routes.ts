import type { SegmentEvent } from '../events/segment-event.js';
import { routesOf } from '../events/selector.js';
import type { Leaf } from './leaf.js';

/** Leaves by where the events that they look at are filed. */
export class LeafRoutes {
  readonly #leaves = new Map<string, Leaf[]>();
  /** Columns of JSON that any of them reads. */
  readonly reads: ReadonlySet<string>;

  constructor(leaves: Iterable<Leaf>) {
    const reads = new Set<string>();
    for (const leaf of leaves) {
      for (const column of leaf.reads) reads.add(column);
      for (const route of leaf.routes) {
        const filed = this.#leaves.get(route);
        if (filed === undefined) this.#leaves.set(route, [leaf]);
        else filed.push(leaf);
      }
    }
    this.reads = reads;
  }

  /** All routes that any of them looks at. */
  get routes(): string[] {
    return [...this.#leaves.keys()];
  }

  /** Those that may look at an event, each once. */
  of({ event }: SegmentEvent): readonly Leaf[] {
    let found: readonly Leaf[] = [];
    for (const route of routesOf(event)) {
      const filed = this.#leaves.get(route);
      if (filed !== undefined) found = found.length === 0 ? filed : [...found, ...filed];
    }
    return found;
  }
}
