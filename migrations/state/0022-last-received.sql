-- When a source last sent anything, by the clock of who took it (milliseconds since 1970 UTC). Beside the count, which the same append writes; null until
-- the next event of a source that was there before.
ALTER TABLE log_received ADD COLUMN last_at bigint;
