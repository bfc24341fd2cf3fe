import type { SegmentStore } from '../../stores/events/segment-store.js';

type Store = Pick<SegmentStore, 'changesOf' | 'membersByPrefix'>;

/** People who are listed at once, about: ids are hashes, so each prefix has its share of them. */
const LISTED_AT_ONCE = 100_000;
/** What an id may begin with: four hexadecimal digits. */
const PREFIX_CHARS = 4;
const PREFIXES = 16 ** PREFIX_CHARS;

/**
 * Who is in a segment, in pages, for those who look at each of them. It may be as old as the first page that was cut from it: who entered or left since
 * then was decided of by the batch in which it happened.
 */
export class MemberListing {
  /** What is listed and not given out yet: of a segment, after an id. Those that begin with `next` are not listed. */
  #rest: {
    readonly segmentId: string;
    readonly after: string | undefined;
    readonly ids: readonly string[];
    readonly next: number;
  } = { segmentId: '', after: undefined, ids: [], next: 0 };

  /** The next ids, in their order; fewer than wished when there are no more. @param after undefined begins anew. */
  async after(
    segmentId: string,
    after: string | undefined,
    limit: number,
    store: Store,
  ): Promise<readonly string[]> {
    const isNext = after !== undefined && this.#rest.segmentId === segmentId && this.#rest.after === after;
    const ids = isNext ? [...this.#rest.ids] : [];
    let next = isNext ? this.#rest.next : prefixOf(after ?? '0000');
    if (ids.length < limit && next < PREFIXES) {
      const queries = Math.ceil((await store.changesOf(segmentId)) / LISTED_AT_ONCE);
      const width = Math.max(1, Math.floor(PREFIXES / Math.max(1, queries)));
      for (; ids.length < limit && next < PREFIXES; next += width)
        for (const id of await store.membersByPrefix(segmentId, next, Math.min(next + width, PREFIXES)))
          if (after === undefined || id > after) ids.push(id);
    }
    const page = ids.slice(0, limit);
    this.#rest = { segmentId, after: page.at(-1), ids: ids.slice(limit), next };
    return page;
  }
}

function prefixOf(id: string): number {
  return Number.parseInt(id.slice(0, PREFIX_CHARS), 16);
}
