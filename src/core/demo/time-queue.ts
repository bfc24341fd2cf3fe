/** A queue that gives back first what comes first in time; items of the same time in the order of arrival. */
export interface TimeQueue<T> {
  push(at: number, item: T): void;
  pop(): { readonly at: number; readonly item: T } | undefined;
}

interface Entry<T> {
  readonly at: number;
  readonly turn: number;
  readonly item: T;
}

/** Makes an empty queue: a binary heap, so that both operations take logarithmic time. */
export function createTimeQueue<T>(): TimeQueue<T> {
  const heap: Entry<T>[] = [];
  let turns = 0;
  return {
    push(at, item) {
      turns += 1;
      heap.push({ at, turn: turns, item });
      rise(heap);
    },
    pop() {
      const first = heap[0];
      const last = heap.pop();
      if (first !== undefined && last !== undefined && heap.length > 0) {
        heap[0] = last;
        sink(heap);
      }
      return first;
    },
  };
}

function before<T>(one: Entry<T>, other: Entry<T>): boolean {
  return one.at < other.at || (one.at === other.at && one.turn < other.turn);
}

/** Moves the last entry up to its place. */
function rise<T>(heap: Entry<T>[]): void {
  let index = heap.length - 1;
  // Invariant: every index below is inside the heap, since a parent's index is smaller than its child's.
  const entry = heap[index] as Entry<T>;
  while (index > 0) {
    const up = (index - 1) >> 1;
    const parent = heap[up] as Entry<T>;
    if (!before(entry, parent)) break;
    heap[index] = parent;
    index = up;
  }
  heap[index] = entry;
}

/** Moves the first entry down to its place. */
function sink<T>(heap: Entry<T>[]): void {
  let index = 0;
  const entry = heap[0] as Entry<T>;
  for (;;) {
    const left = heap[2 * index + 1];
    const right = heap[2 * index + 2];
    if (left === undefined) break;
    const down = right !== undefined && before(right, left) ? 2 * index + 2 : 2 * index + 1;
    const child = heap[down] as Entry<T>;
    if (!before(child, entry)) break;
    heap[index] = child;
    index = down;
  }
  heap[index] = entry;
}
