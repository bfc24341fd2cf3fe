/** Whether a person is on a list: the last word of the events that put people on lists and take them off. */
import { pathKeys, valueAt } from '../path.js';
import type { Leaf, LeafState } from './leaf.js';
import { isAfter } from './timeline.js';

/** The names of the events by which people come on a list and go. */
export const LIST_EVENTS = { joined: 'List Joined', left: 'List Left' } as const;

type State = readonly [at: number, offset: number, isOn: boolean];

/** Such a leaf, and the answer of its state. */
export interface ListLeaf extends Leaf {
  isOn(state: LeafState | undefined): boolean;
}

const ID_KEYS = pathKeys('list_id');

/** The leaf of one list. */
export function createListLeaf(key: string, list: string): ListLeaf {
  const { joined, left } = LIST_EVENTS;
  return {
    key,
    routes: [`track\n${joined}`, `track\n${left}`],
    reads: new Set(['properties']),
    add(state, { event }) {
      const { type, name, timestamp, offset, properties } = event;
      if (type !== 'track' || (name !== joined && name !== left)) return state;
      if (valueAt(properties, ID_KEYS) !== list) return state;
      return later(state, [timestamp, offset, name === joined]);
    },
    join: (one, other) => later(one, other as unknown as State),
    prune: (state) => state,
    isOn: (state) => state !== undefined && (state as unknown as State)[2],
  };
}

function later(state: LeafState | undefined, next: State): LeafState {
  if (state !== undefined && !isAfter(next, state as unknown as State)) return state;
  return next as unknown as LeafState;
}
