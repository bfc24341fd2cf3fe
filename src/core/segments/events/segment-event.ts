import type { Enrichment } from '../../enrich/enrichment.js';
import type { Event } from '../../event/event.js';

/** An event as segments look at it: what came, and what enrichment learnt of it. */
export interface SegmentEvent {
  readonly event: Pick<
    Event,
    | ('offset' | 'timestamp' | 'type' | 'name' | 'sourceId' | 'userId' | 'groupId')
    | ('properties' | 'traits' | 'context')
  >;
  readonly enrichment: Enrichment;
}
