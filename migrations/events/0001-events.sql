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

-- Merged profiles: event rows keep the id that they were written with, and this says whose they are now.
CREATE TABLE IF NOT EXISTS profile_override (
  from_id UUID,
  into_id UUID,
  offset UInt64
)
ENGINE = ReplacingMergeTree(offset)
ORDER BY from_id
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE VIEW IF NOT EXISTS events_resolved AS
SELECT e.* REPLACE (if(o.from_id = e.profile_id, o.into_id, e.profile_id) AS profile_id)
FROM events AS e
LEFT ANY JOIN (SELECT from_id, into_id FROM profile_override FINAL) AS o ON e.profile_id = o.from_id;
