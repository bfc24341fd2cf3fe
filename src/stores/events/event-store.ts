/** The pipeline's own door to ClickHouse: the rows of processed events, once each. */
import type { Enrichment } from '../../core/enrich/enrichment.js';
import type { Event } from '../../core/event/event.js';

/** What one batch of the pipeline adds to the event store. */
export interface EventBatch {
  /** Names the batch: the same rows come under the same token, and a second time change nothing. */
  readonly token: string;
  /** In the order of their offsets. */
  readonly rows: readonly PrintedEvent[];
  /** The log offset of each row, rising. */
  readonly offsets: readonly number[];
  /** True when an attempt that ended midway may have stored some of it: what is missing is looked up, and stored. */
  readonly again: boolean;
  /** Profiles that were merged away, and the log offset that it happened at. */
  readonly overrides: ReadonlyArray<{
    readonly fromId: string;
    readonly intoId: string;
    readonly offset: number;
  }>;
}

/** The event store, as the pipeline writes it. */
export interface EventStore {
  /** Stores a batch durably. Rejects with what `isDataError` recognises when a row cannot be taken: then nothing is stored. */
  insert(batch: EventBatch): Promise<void>;
  /** Which of the rows the engine cannot take, by index, with its reason. Stores nothing. */
  probe(rows: readonly PrintedEvent[]): Promise<Map<number, string>>;
  close(): Promise<void>;
}

/** What a row is made of. The two texts were printed before, for the fingerprint. */
export interface PrintedEvent {
  readonly event: Event;
  readonly enrichment: Enrichment;
  readonly profileId: string;
  readonly propertiesJson: string;
  readonly traitsJson: string;
}
