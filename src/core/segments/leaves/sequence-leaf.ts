/** The steps of a sequence: which events could be which step, so that chains can be found among them. */
import type { JsonValue } from '../../json.js';
import { LIMITS } from '../../limits.js';
import type { Selector } from '../definition.js';
import type { SegmentEvent } from '../events/segment-event.js';
import { compileSelector, routesOfAny } from '../events/selector.js';
import type { Scalar } from '../scalar.js';
import type { Leaf } from './leaf.js';
import { laterThan, merged, withEntry } from './timeline.js';

/**
 * An event of a sequence. Bit k of `steps` says that it may be step k; bit k of `breaks`, that it must not lie before step k. `shared` has, for
 * each step that it may be, in order, the values that it shares there; null where nothing is shared.
 */
export type Link = readonly [
  at: number,
  offset: number,
  steps: number,
  breaks: number,
  shared: ReadonlyArray<readonly Scalar[]> | null,
];

/** What a sequence asks of events. */
export interface LinkParts {
  readonly steps: readonly Selector[];
  /** For each step, what must not lie before it. */
  readonly without: ReadonlyArray<readonly Selector[]>;
  /** For each step, how its shared values are read; undefined where none are. */
  readonly shared: ReadonlyArray<(event: SegmentEvent) => readonly Scalar[]> | undefined;
  readonly reads: readonly string[];
  /** Links no older than this count; undefined for all. */
  readonly length: number | undefined;
}

/** Such a leaf, and the links of its state. */
export interface SequenceLeaf extends Leaf {
  linksOf(state: JsonValue | undefined): readonly Link[];
}

/** Files the events of a sequence. */
export function createSequenceLeaf(key: string, parts: LinkParts): SequenceLeaf {
  const steps = parts.steps.map(compileSelector);
  const without = parts.without.map((selectors) => selectors.map(compileSelector));
  const all = [...steps, ...without.flat()];
  const { shared, length } = parts;
  const linkOf = (event: SegmentEvent): Link | undefined => {
    let mask = 0;
    let breaks = 0;
    let values: Array<readonly Scalar[]> | null = null;
    for (let index = 0; index < steps.length; index += 1) {
      for (const selector of without[index] ?? []) if (selector.selects(event)) breaks |= 1 << index;
      if (!steps[index]?.selects(event)) continue;
      const given = shared?.[index]?.(event);
      // Without a value it shares nothing, and can be no step.
      if (given?.length === 0) continue;
      mask |= 1 << index;
      if (given === undefined) continue;
      values ??= [];
      values.push(given);
    }
    if (mask + breaks === 0) return undefined;
    const { timestamp, offset } = event.event;
    return [timestamp, offset, mask, breaks, values];
  };
  return {
    key,
    routes: routesOfAny(all),
    reads: new Set([...all.flatMap(({ reads }) => [...reads]), ...parts.reads]),
    add(state, event) {
      const link = linkOf(event);
      return link === undefined
        ? state
        : (withEntry(asLinks(state), link, LIMITS.sequenceEventsMax) as unknown as JsonValue);
    },
    join: (one, other) =>
      merged(asLinks(one), asLinks(other), LIMITS.sequenceEventsMax) as unknown as JsonValue,
    prune(state, now) {
      if (length === undefined) return state;
      const links = asLinks(state);
      const kept = laterThan(links, now - length);
      return kept.length === 0 ? undefined : (kept as unknown as JsonValue);
    },
    linksOf: asLinks,
  };
}

const NO_LINKS: readonly Link[] = [];

function asLinks(state: JsonValue | undefined): readonly Link[] {
  return state === undefined ? NO_LINKS : (state as unknown as readonly Link[]);
}
