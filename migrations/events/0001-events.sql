-- Every processed event, once. See ARCHITECTURE.md, "The event store", for the choice of key and partitions.
-- Parts below 64 MiB are compact: with a file for each path of the JSON columns, an insert would cost several times as much.
CREATE TABLE IF NOT EXISTS events (
  profile_id UUID,
  timestamp DateTime64(3, 'UTC'),
  received_at DateTime64(3, 'UTC'),
  offset UInt64,
  source_id LowCardinality(String),
  message_id String,
  type LowCardinality(String),
  name LowCardinality(String),
  user_id String,
  anonymous_id String,
  group_id String,
  previous_id String,
  properties JSON(max_dynamic_paths = 256),
  traits JSON(max_dynamic_paths = 128),
  context JSON(max_dynamic_paths = 128),
  integrations String,
  -- What profiles are folded from, as it came: JSON columns keep no nulls and no empty objects. See person-text.ts.
  person String CODEC(ZSTD(1)),
  is_bot Bool,
  browser LowCardinality(String),
  browser_version LowCardinality(String),
  os LowCardinality(String),
  device_type LowCardinality(String),
  campaign_source LowCardinality(String),
  campaign_medium LowCardinality(String),
  campaign_name LowCardinality(String),
  campaign_term LowCardinality(String),
  campaign_content LowCardinality(String),
  referrer_host LowCardinality(String),
  country LowCardinality(String),
  region LowCardinality(String),
  city LowCardinality(String),
  latitude Nullable(Float64),
  longitude Nullable(Float64),
  INDEX offset_range offset TYPE minmax GRANULARITY 1,
  INDEX timestamp_range timestamp TYPE minmax GRANULARITY 1,
  INDEX profile_bloom profile_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX message_bloom message_id TYPE bloom_filter(0.01) GRANULARITY 1
)
ENGINE = MergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (type, name, profile_id, timestamp, offset)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192,
  min_bytes_for_wide_part = 67108864;

-- The same columns, nothing kept: parses a batch to find the rows that the engine cannot take.
CREATE TABLE IF NOT EXISTS events_probe AS events ENGINE = Null;

-- Merged profiles: event rows keep the id that they were written with, and this says whose they are now. Itself: nobody's else.
CREATE TABLE IF NOT EXISTS profile_override (
  from_id UUID,
  into_id UUID,
  version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY from_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

-- Single events that went to another profile when people were taken apart. The profile is in its turn subject to profile_override.
CREATE TABLE IF NOT EXISTS event_override (
  offset UInt64,
  from_id UUID,
  profile_id UUID,
  version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY offset
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE VIEW IF NOT EXISTS events_placed AS
SELECT e.* REPLACE (if(o.version > 0, o.profile_id, e.profile_id) AS profile_id)
FROM events AS e
LEFT ANY JOIN (SELECT offset, profile_id, version FROM event_override FINAL) AS o ON e.offset = o.offset;

CREATE VIEW IF NOT EXISTS events_resolved AS
SELECT e.* REPLACE (if(o.version > 0, o.into_id, e.profile_id) AS profile_id)
FROM events_placed AS e
LEFT ANY JOIN (SELECT from_id, into_id, version FROM profile_override FINAL) AS o ON e.profile_id = o.from_id;
