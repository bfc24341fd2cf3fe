import type { Chunk, Log, LogExtent, LogRecord, Retention } from './log.js';

interface Segment {
  readonly chunks: Chunk[];
  bytes: number;
  closedAt: number;
}

/** The log in memory, for tests and simulation: everything but durable. */
export class MemoryLog implements Log {
  #next = 0;
  #segments: Segment[] = [{ chunks: [], bytes: 0, closedAt: Number.POSITIVE_INFINITY }];
  readonly #received = new Map<string, number>();
  readonly #segmentBytesMax: number;
  readonly #now: () => number;

  constructor(options: { segmentBytesMax: number; now: () => number }) {
    this.#segmentBytesMax = options.segmentBytesMax;
    this.#now = options.now;
  }

  async append(records: readonly LogRecord[]): Promise<number> {
    const offset = this.#next;
    const count = records.reduce((sum, record) => sum + record.count, 0);
    // Invariant: the last segment is the open one.
    const open = this.#segments.at(-1) as Segment;
    open.chunks.push({ offset, count, records });
    open.bytes += records.reduce((sum, record) => sum + record.body.length, 0);
    this.#next += count;
    for (const { sourceId, count: n } of records) {
      this.#received.set(sourceId, (this.#received.get(sourceId) ?? 0) + n);
    }
    if (open.bytes >= this.#segmentBytesMax) {
      open.closedAt = this.#now();
      this.#segments.push({ chunks: [], bytes: 0, closedAt: Number.POSITIVE_INFINITY });
    }
    return offset;
  }

  async read(from: number, eventsMax: number): Promise<Chunk[]> {
    const found: Chunk[] = [];
    let events = 0;
    for (const chunk of this.#segments.flatMap((segment) => segment.chunks)) {
      if (chunk.offset + chunk.count <= from) continue;
      if (found.length > 0 && events + chunk.count > eventsMax) break;
      found.push(chunk);
      events += chunk.count;
    }
    return found;
  }

  async extent(): Promise<LogExtent> {
    const first = this.#segments.find((segment) => segment.chunks.length > 0)?.chunks[0]?.offset;
    return { first: first ?? this.#next, next: this.#next };
  }

  async received(): Promise<ReadonlyMap<string, number>> {
    return new Map(this.#received);
  }

  async prune({ processed, closedBefore, bytesMax }: Retention): Promise<number> {
    let bytes = this.#segments.reduce((sum, segment) => sum + segment.bytes, 0);
    let dropped = 0;
    for (const segment of [...this.#segments]) {
      const last = segment.chunks.at(-1);
      const done = last === undefined || last.offset + last.count <= processed;
      const closed = segment.closedAt !== Number.POSITIVE_INFINITY;
      if (!closed || !done || (segment.closedAt >= closedBefore && bytes <= bytesMax)) break;
      this.#segments.shift();
      bytes -= segment.bytes;
      dropped += 1;
    }
    return dropped;
  }

  async close(): Promise<void> {}
}
