-- Every attempt of a delivery, and what was decided not to be sent (attempt 0). Telling the same again changes nothing. The newest lie last: offsets of the
-- log rise with time. Requests and responses, their secrets masked, are kept for a limited time.
CREATE TABLE IF NOT EXISTS deliveries (
  destination_id LowCardinality(String),
  log_offset UInt64,
  key UUID,
  attempt UInt16,
  connection_id LowCardinality(String),
  connection_version UInt32,
  kind LowCardinality(String),
  profile_id UUID,
  message_id String,
  segment_id LowCardinality(String),
  -- When the event was received, or the membership changed.
  received_at DateTime64(3, 'UTC'),
  at DateTime64(3, 'UTC'),
  took_ms UInt32,
  -- delivered, retried, dead or filtered.
  outcome LowCardinality(String),
  -- Of filtered ones a reason of the registry, of failures a code.
  reason LowCardinality(String),
  error String,
  request String CODEC(ZSTD(3)) TTL toDateTime(at) + INTERVAL 30 DAY,
  response String CODEC(ZSTD(3)) TTL toDateTime(at) + INTERVAL 30 DAY,
  INDEX profile_bloom profile_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX message_bloom message_id TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX segment_set segment_id TYPE set(100) GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY toYYYYMM(received_at)
ORDER BY (destination_id, log_offset, key, attempt)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 67108864;
