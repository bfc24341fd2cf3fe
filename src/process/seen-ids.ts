import { hash } from 'node:crypto';
import { IdFilter } from '../core/dedupe/id-filter.js';
import { RecentIds } from '../core/dedupe/recent-ids.js';
import type { SeenEntry } from '../core/dedupe/seen-entry.js';
import { ENTRY_WORDS, findInPage, pageOf } from '../core/dedupe/seen-entry.js';
import type { BatchCommit, PipelineState, SealedRun } from '../stores/state/pipeline-state.js';

/** Where what is remembered changes its form. Tests take smaller figures, to get there within a few events. */
export interface SeenLimits {
  /** Ids kept in memory until they are sealed; a power of two. */
  readonly recentMax: number;
  /** Room for what one batch may add after the check whether to seal. */
  readonly batchMax: number;
  /** Rows of recent ids after which they are rewritten as one: what a start has to read stays small. */
  readonly rowsMax: number;
}

/** A million ids in memory: 32 MB. */
const LIMITS: SeenLimits = { recentMax: 1 << 20, batchMax: 1 << 16, rowsMax: 1_000 };

/** A messageId is new, or came before with the same body, or with another one. */
export type Seen = 'new' | 'duplicate' | 'conflict';

/**
 * Exact deduplication at a flat cost: recent ids in memory, older ones in sealed runs behind filters, so that a new id
 * costs no read and no index, however many are remembered. Everything is in PostgreSQL with the batch that it came in.
 */
export class SeenIds {
  readonly #state: PipelineState;
  readonly #limits: SeenLimits;
  readonly #recent: RecentIds;
  #runs: Array<{ id: number; filter: IdFilter }> = [];
  #added: number[] = [];
  #rows = 0;

  constructor(state: PipelineState, limits = LIMITS) {
    this.#state = state;
    this.#limits = limits;
    this.#recent = new RecentIds(limits.recentMax);
  }

  /** Reads what is remembered. */
  async load(): Promise<void> {
    const { recent, runs } = await this.#state.seen();
    for (const entries of recent) {
      for (let at = 0; at < entries.length; at += ENTRY_WORDS) this.#recent.add(entryAt(entries, at));
    }
    this.#rows = recent.length;
    this.#runs = runs.map((run) => ({ id: run.id, filter: new IdFilter(run.filter) }));
  }

  /** Judges ids in their order and remembers the new ones. */
  async judge(entries: readonly SeenEntry[]): Promise<Seen[]> {
    const older = await this.#findOlder(entries);
    return entries.map((entry, index) => {
      const body = this.#recent.find(entry) ?? older.get(index);
      if (body !== undefined) return body === entry.body ? 'duplicate' : 'conflict';
      this.#recent.add(entry);
      this.#added.push(entry.a, entry.b, entry.c, entry.body);
      return 'new';
    });
  }

  /** What was added since the last call, ready to be written with the batch that ends at `until`. */
  takeChanges(until: number, now: number): Pick<BatchCommit, 'seen' | 'sealed'> {
    const entries = Uint32Array.from(this.#added);
    this.#added = [];
    if (this.#recent.count > this.#limits.recentMax - this.#limits.batchMax) {
      return { seen: { entries, compact: false }, sealed: this.#seal(until, now) };
    }
    if (entries.length > 0) this.#rows += 1;
    if (this.#rows <= this.#limits.rowsMax) return { seen: { entries, compact: false }, sealed: null };
    this.#rows = 1;
    return { seen: { entries: this.#recent.entries(), compact: true }, sealed: null };
  }

  #seal(until: number, now: number): SealedRun {
    const pages = this.#recent.pages();
    const filter = IdFilter.over(pages);
    this.#recent.clear();
    this.#rows = 0;
    this.#runs.push({ id: until, filter });
    return { id: until, sealedAt: now, pages, filter: filter.words };
  }

  /** The body's hash of those entries that stand in a sealed run, by index. */
  async #findOlder(entries: readonly SeenEntry[]): Promise<Map<number, number>> {
    const found = new Map<number, number>();
    for (const run of this.#runs) {
      const candidates: number[] = [];
      for (let index = 0; index < entries.length; index += 1) {
        // Invariant: index < entries.length.
        if (run.filter.has(entries[index] as SeenEntry)) candidates.push(index);
      }
      if (candidates.length === 0) continue;
      const numbers = new Set(candidates.map((index) => pageOf(entries[index] as SeenEntry)));
      const pages = await this.#state.seenPages(run.id, [...numbers]);
      for (const index of candidates) {
        const entry = entries[index] as SeenEntry;
        const page = pages.get(pageOf(entry));
        const body = page && findInPage(page, entry);
        if (body !== undefined) found.set(index, body);
      }
    }
    return found;
  }
}

/** The entry of a message: its id is unique within its source. `body` is what a repeat must say again. */
export function seenEntryOf(sourceId: string, messageId: string, body: string): SeenEntry {
  const id = hash('sha1', `${sourceId}\n${messageId}`);
  return {
    a: Number.parseInt(id.slice(0, 8), 16),
    b: Number.parseInt(id.slice(8, 16), 16),
    c: Number.parseInt(id.slice(16, 24), 16),
    body: Number.parseInt(hash('sha1', body).slice(0, 8), 16),
  };
}

function entryAt(words: Uint32Array, at: number): SeenEntry {
  const [a = 0, b = 0, c = 0, body = 0] = words.subarray(at, at + ENTRY_WORDS);
  return { a, b, c, body };
}
