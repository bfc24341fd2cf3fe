-- Whose events are is said again after a crash, in the same words. Where ClickHouse remembered them, and was killed before their row was visible, they never got in, and
-- a merge was lost to history. These tables keep the newest row of each key anyway.
ALTER TABLE profile_override MODIFY SETTING non_replicated_deduplication_window = 0;
ALTER TABLE event_override MODIFY SETTING non_replicated_deduplication_window = 0;
