-- What is bought together; see docs/recommendations.md. A partition is a generation: a count of all orders from the first on.

-- Who bought what and when: what order events say, one row a product. The person is the one that the event was written with, as in `events`.
CREATE TABLE IF NOT EXISTS order_lines (
  generation UInt32,
  profile_id UUID,
  product_id String,
  order_id String,
  offset UInt64,
  at DateTime64(3, 'UTC'),
  INDEX offset_range offset TYPE minmax GRANULARITY 1
)
ENGINE = ReplacingMergeTree
PARTITION BY generation
ORDER BY (profile_id, product_id, offset)
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

-- In how many units (kind 1: orders, kind 2: people) both products are. Product '' counts each alone, and both '' the units themselves. `recent`
-- weighs by time: twice as much for each 30 days later. Kind 0 are marks: a step's mark lies in one part with its counts, there or not with them.
CREATE TABLE IF NOT EXISTS product_pairs (
  generation UInt32,
  kind UInt8,
  product String,
  other String,
  n UInt64,
  recent Float64
)
ENGINE = SummingMergeTree((n, recent))
PARTITION BY generation
ORDER BY (kind, product, other)
SETTINGS index_granularity = 2048, non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, min_bytes_for_wide_part = 67108864;

-- Of each product the others that go with it best, and by how much.
CREATE TABLE IF NOT EXISTS product_neighbours (
  generation UInt32,
  product String,
  version UInt64,
  in_orders Array(Tuple(String, Float32)),
  of_people Array(Tuple(String, Float32))
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY generation
ORDER BY product
SETTINGS index_granularity = 128, fsync_after_insert = 1, fsync_part_directory = 1;

-- What orders say of products, the latest; and what was uploaded, which goes before.
CREATE TABLE IF NOT EXISTS products_seen (
  product_id String,
  name String,
  category String,
  price Nullable(Float64),
  version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY product_id
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;

CREATE TABLE IF NOT EXISTS products (
  product_id String,
  name String,
  category String,
  price Nullable(Float64),
  stock Nullable(Int64),
  deleted Bool,
  version UInt64
)
ENGINE = ReplacingMergeTree(version)
ORDER BY product_id
SETTINGS index_granularity = 1024, fsync_after_insert = 1, fsync_part_directory = 1;
