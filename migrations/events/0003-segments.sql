-- What a profile says of its person, for questions over everybody: written when it changes. `nulls` and `objects` name the places (JSON arrays of
-- keys) where traits hold null or an object, since a column of type JSON keeps neither.
CREATE TABLE IF NOT EXISTS profiles (
  profile_id UUID,
  version UInt64,
  -- Merged away, or taken apart: nobody any more.
  deleted Bool,
  traits JSON(max_dynamic_paths = 256),
  nulls Array(String),
  objects Array(String),
  consents Array(LowCardinality(String)),
  refusals Array(LowCardinality(String)),
  accounts Array(String),
  identifier_kinds Array(LowCardinality(String))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY profile_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 67108864;

CREATE TABLE IF NOT EXISTS accounts (
  group_id String,
  version UInt64,
  traits JSON(max_dynamic_paths = 256),
  nulls Array(String),
  objects Array(String)
)
ENGINE = ReplacingMergeTree(version)
ORDER BY group_id
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;

-- Who entered and left which segment, and why. In the order of `seq` they tell who is in it; nothing is ever taken back.
-- Telling the same again changes nothing.
CREATE TABLE IF NOT EXISTS membership_changes (
  segment_id LowCardinality(String),
  profile_id UUID,
  seq UInt64,
  version UInt32,
  at DateTime64(3, 'UTC'),
  entered Bool,
  -- event, timer, backfill, merge, operation or deletion.
  cause LowCardinality(String),
  -- Of an event: its log offset and messageId.
  cause_offset UInt64,
  cause_message_id String,
  INDEX profile_bloom profile_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
ORDER BY (segment_id, profile_id, seq)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1;
