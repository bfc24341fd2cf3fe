/**
 * A condition on rows of `events`: their event belongs to one of the profiles `ids` (an array of UUIDs, those that were merged in
 * included). Rows that name one of them and were not placed elsewhere since, and those that were placed there. It leads by
 * profile_id, which has an index; the view `events_resolved` would go through all rows.
 */
export const PLACED_IN = `(
  (events.profile_id IN {ids:Array(UUID)} AND events.offset NOT IN (SELECT offset FROM event_override WHERE from_id IN {ids:Array(UUID)}))
  OR (events.profile_id IN (SELECT from_id FROM event_override WHERE profile_id IN {ids:Array(UUID)})
      AND events.offset IN (SELECT offset FROM event_override FINAL WHERE profile_id IN {ids:Array(UUID)})))`;
