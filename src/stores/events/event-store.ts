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
  /** Profiles that were merged away. */
  readonly overrides: ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;
  /** The number of the commit that this is a part of: of two words about one profile, the higher one holds. */
  readonly version: number;
}

/** Whose profiles and events are now, where that changed. */
export interface OwnerOverrides {
  readonly version: number;
  /** Where the events of a profile belong; itself, where they are its own again. */
  readonly profiles: ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;
  /** Single events: the id in the row, which never changes, and the one that counts in its place; the same, where it is back. */
  readonly events: ReadonlyArray<{
    readonly offset: number;
    readonly fromId: string;
    readonly profileId: string;
  }>;
}

/** A stored event, as far as identity and profiles are made of it. */
export interface HistoryEvent {
  /**
   * Without integrations. Traits, and of the context what profiles are folded from (see `person-text.ts`), are as they came; the rest
   * of the context, and the properties, are there where they were asked for, without nulls and empty objects.
   */
  readonly event: Event;
  /** True when no person is behind it. */
  readonly isCrawler: boolean;
  /** The profile that its row names. */
  readonly writtenId: string;
  /** The profile that it was placed in since; that one may have been merged away in its turn. */
  readonly placedId: string;
}

/** Stored events, to be gone through again. */
export interface EventHistory {
  /** Events that are placed in any of these profiles, in the order of the log, after an offset (-1: from the first). */
  ofProfiles(ids: readonly string[], page: HistoryPage): Promise<HistoryEvent[]>;
  /** Everybody's events, nobody's included, in the order of the log. */
  all(page: HistoryPage): Promise<HistoryEvent[]>;
}

/** A part of the history. */
export interface HistoryPage {
  readonly after: number;
  readonly limit: number;
  /**
   * Whether all properties are needed, and all of the context: only where a rule reads what `person-text.ts` does not keep, since this
   * makes reading several times as slow. The properties of merge calls always come.
   */
  readonly properties: boolean;
}

/** The event store, as the pipeline writes it. */
export interface EventStore {
  /** Stores a batch durably. Rejects with what `isDataError` recognises when a row cannot be taken: then nothing is stored. */
  insert(batch: EventBatch): Promise<void>;
  /** Tells durably whose profiles and events are now. The same a second time changes nothing. */
  override(overrides: OwnerOverrides): Promise<void>;
  /** Which of the rows the engine cannot take, by index, with its reason. Stores nothing. */
  probe(rows: readonly PrintedEvent[]): Promise<Map<number, string>>;
  close(): Promise<void>;
}

/** All that the row of an event is printed from. */
export interface PrintedEvent {
  readonly event: Event;
  readonly enrichment: Enrichment;
  readonly profileId: string;
}
