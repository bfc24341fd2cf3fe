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
  /** Of a segment: those up to `after` are given out, and `ids` from `at` on come next. Those that begin with `next`, or a later prefix, are not listed. */
  #listed: {
    readonly segmentId: string;
    readonly after: string | undefined;
    readonly ids: readonly string[];
    readonly at: number;
    readonly next: number;
  } = { segmentId: '', after: undefined, ids: [], at: 0, next: 0 };

  /** The next ids, in their order; fewer than wished when there are no more. @param after undefined begins anew. */
  async after(
    segmentId: string,
    after: string | undefined,
    limit: number,
    store: Store,
  ): Promise<readonly string[]> {
    const isNext =
      after !== undefined && this.#listed.segmentId === segmentId && this.#listed.after === after;
    let { ids, at, next } = isNext ? this.#listed : { ids: [], at: 0, next: prefixOf(after ?? '0000') };
    if (ids.length - at < limit && next < PREFIXES) {
      const queries = Math.ceil((await store.changesOf(segmentId)) / LISTED_AT_ONCE);
      const width = Math.max(1, Math.floor(PREFIXES / Math.max(1, queries)));
      const more = ids.slice(at);
      for (; more.length < limit && next < PREFIXES; next += width)
        for (const id of await store.membersByPrefix(segmentId, next, Math.min(next + width, PREFIXES)))
          if (after === undefined || id > after) more.push(id);
      [ids, at] = [more, 0];
    }
    const page = ids.slice(at, at + limit);
    this.#listed = { segmentId, after: page.at(-1), ids, at: at + page.length, next };
    return page;
  }
}

function prefixOf(id: string): number {
  return Number.parseInt(id.slice(0, PREFIX_CHARS), 16);
}
