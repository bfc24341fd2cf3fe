/** A figure of all events, or of those between two dates: one value that grows. */
import type { JsonValue } from '../../json.js';
import type { Selector } from '../definition.js';
import type { SegmentEvent } from '../events/segment-event.js';
import { compileSelector } from '../events/selector.js';
import type { Fold } from '../measures/fold.js';
import type { Leaf } from './leaf.js';
import { sampleReader } from './sample.js';

/** Such a leaf, and the figure of its state. */
export interface FoldLeaf extends Leaf {
  valueOf(state: JsonValue | undefined): JsonValue | undefined;
}

/** @param span of times that count: from (included) to (excluded). */
export function createFoldLeaf(
  key: string,
  selector: Selector,
  fold: Fold,
  of: string | undefined,
  span: { readonly from: number; readonly to: number },
): FoldLeaf {
  const { route, selects, reads } = compileSelector(selector);
  const sampleOf = sampleReader(fold, of);
  const isIn = ({ event: { timestamp } }: SegmentEvent) => timestamp >= span.from && timestamp < span.to;
  return {
    key,
    routes: [route],
    reads: new Set([...reads, ...sampleOf.reads]),
    add(state, event) {
      if (!isIn(event) || !selects(event)) return state;
      const sample = sampleOf.read(event);
      return sample === undefined ? state : fold.add(state, sample);
    },
    join: (one, other) => fold.join(one, other),
    prune: (state) => state,
    valueOf: (state) => fold.value(state),
  };
}
