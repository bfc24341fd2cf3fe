import type { Vocabulary } from '../core/segments/compile.js';
import type { MembershipQueries } from '../stores/events/membership-queries.js';
import type { SegmentQueries } from '../stores/events/segment-queries.js';
import type { SegmentStore } from '../stores/events/segment-store.js';
import type { ComputedTraits } from '../stores/state/computed-traits.js';
import type { MembershipChange } from '../stores/state/segment-state.js';
import type { Segments } from '../stores/state/segments.js';
import type { LiveFeed } from './live-feed.js';

/** What the routes of segments and computed traits lean on. */
export interface SegmentParts {
  readonly segments: Segments;
  readonly computedTraits: ComputedTraits;
  /** What definitions may refer to. */
  readonly vocabulary: () => Promise<Vocabulary>;
  readonly queries: SegmentQueries;
  readonly memberships: MembershipQueries;
  /** Past events of people. */
  readonly past: SegmentStore['past'];
  /** Who enters and leaves, as it is committed. */
  readonly live: LiveFeed<MembershipChange>;
  /** There is a change for the consumer. */
  readonly changed: () => void;
}
