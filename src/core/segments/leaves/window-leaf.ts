/** A figure of the events of a window that moves: those events, the newest of them, are what is remembered. */

import type { JsonValue } from '../../json.js';
import { LIMITS } from '../../limits.js';
import type { Selector } from '../definition.js';
import { compileSelector, routesOfAny } from '../events/selector.js';
import type { Fold } from '../measures/fold.js';
import type { Leaf } from './leaf.js';
import { sampleReader } from './sample.js';
import { isAfter, laterThan, merged, withEntry } from './timeline.js';

type Entry = readonly [at: number, offset: number, value: JsonValue];
type Anchor = readonly [at: number, offset: number];
/** The events, oldest first, and the last of those that begin the window. */
type State = readonly [entries: readonly Entry[], since: Anchor | null];

/** When the window begins: a length of time ago, or after the last of some events. */
export type Begins = { readonly last: number } | { readonly since: Selector };

/** Such a leaf, and what can be asked of its state. */
export interface WindowLeaf extends Leaf {
  valueOf(state: JsonValue | undefined, now: number): JsonValue | undefined;
  /** The first time after `now` at which the value may be another. */
  changesAt(state: JsonValue | undefined, now: number): number;
  /** The time of the nth newest event, counted from 1, in the window at `now`. */
  nthNewest(state: JsonValue | undefined, n: number, now: number): number | undefined;
}

const EMPTY: State = [[], null];

/** @param keep how many of the newest events are enough. */
export function createWindowLeaf(
  key: string,
  selector: Selector,
  fold: Fold,
  of: string | undefined,
  begins: Begins,
  keep: number = LIMITS.windowEventsMax,
): WindowLeaf {
  const selected = compileSelector(selector);
  const { selects, reads } = selected;
  const anchors = 'since' in begins ? compileSelector(begins.since) : undefined;
  const length = 'last' in begins ? begins.last : Number.POSITIVE_INFINITY;
  const sampleOf = sampleReader(fold, of);
  const inWindow = ([entries, since]: State, now: number): readonly Entry[] => {
    if (anchors !== undefined) return since === null ? [] : entries;
    return laterThan(entries, now - length);
  };
  return {
    key,
    routes: routesOfAny(anchors === undefined ? [selected] : [selected, anchors]),
    reads: new Set([...reads, ...(anchors?.reads ?? []), ...sampleOf.reads]),
    add(before, event) {
      let state = (before ?? EMPTY) as unknown as State;
      const { timestamp: at, offset } = event.event;
      if (selects(event)) {
        const sample = sampleOf.read(event);
        if (sample !== undefined) state = withSample(state, [at, offset, sample.value], keep, fold);
      }
      if (anchors?.selects(event)) state = withAnchor(state, [at, offset]);
      return state === EMPTY ? before : (state as unknown as JsonValue);
    },
    join(one, other) {
      const [[entriesA, sinceA], [entriesB, sinceB]] = [one, other] as unknown as [State, State];
      const empty: State = [[], null];
      let state =
        fold.outdates === undefined
          ? ([merged(entriesA, entriesB, keep), null] as const)
          : [...entriesA, ...entriesB].reduce((all, entry) => withSample(all, entry, keep, fold), empty);
      for (const since of [sinceA, sinceB]) if (since !== null) state = withAnchor(state, since);
      return state as unknown as JsonValue;
    },
    prune(before, now) {
      if (anchors !== undefined) return before;
      const state = before as unknown as State;
      const entries = inWindow(state, now);
      if (entries.length === 0) return undefined;
      return entries === state[0] ? before : ([entries, null] as unknown as JsonValue);
    },
    valueOf(state, now) {
      const entries = inWindow((state ?? EMPTY) as unknown as State, now);
      if (entries.length === 0) return fold.value(undefined);
      if (fold.ofMany !== undefined) return fold.value(fold.ofMany(entries.map(([, , value]) => value)));
      let value: JsonValue | undefined;
      for (const [at, offset, held] of entries) value = fold.add(value, { at, offset, value: held });
      return fold.value(value);
    },
    changesAt(state, now) {
      if (anchors !== undefined) return Number.POSITIVE_INFINITY;
      const [oldest] = inWindow((state ?? EMPTY) as unknown as State, now);
      return oldest === undefined ? Number.POSITIVE_INFINITY : oldest[0] + length;
    },
    nthNewest: (state, n, now) => inWindow((state ?? EMPTY) as unknown as State, now).at(-n)?.[0],
  };
}

/** What happened before the window's beginning never counts again: beginnings only move on. */
function withSample(state: State, entry: Entry, keep: number, { outdates }: Fold): State {
  const [entries, since] = state;
  if (since !== null && !isAfter(entry, since)) return state;
  if (outdates === undefined) return [withEntry(entries, entry, keep), since];
  const [, , value] = entry;
  // Of events that newer ones make needless none is kept, however many come.
  if (entries.some((other) => isAfter(other, entry) && outdates(other[2], value))) return state;
  const needed = entries.filter((other) => isAfter(other, entry) || !outdates(value, other[2]));
  return [withEntry(needed, entry, keep), since];
}

function withAnchor([entries, since]: State, anchor: Anchor): State {
  if (since !== null && !isAfter(anchor, since)) return [entries, since];
  return [entries.filter((entry) => isAfter(entry, anchor)), anchor];
}
