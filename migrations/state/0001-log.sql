-- The durable log between collect and process.

CREATE TABLE log_head (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  next_offset bigint NOT NULL,
  segment integer NOT NULL
);
INSERT INTO log_head (next_offset, segment) VALUES (0, 0);

-- A segment is one partition of log_chunk: the unit that retention drops.
CREATE TABLE log_segment (
  segment integer PRIMARY KEY,
  opened_at timestamptz NOT NULL DEFAULT now(),
  closed_at timestamptz,
  -- Set when it is closed: the offset after its last event, and its size.
  until bigint,
  bytes bigint
);
INSERT INTO log_segment (segment) VALUES (0);

CREATE TABLE log_chunk (
  segment integer NOT NULL,
  -- The offset after the chunk's last event.
  until bigint NOT NULL,
  count integer NOT NULL,
  bytes integer NOT NULL,
  -- See record-codec.ts. Kept out of line as it is: bodies are written once, read once or twice, then dropped.
  payload text NOT NULL,
  PRIMARY KEY (segment, until)
) PARTITION BY LIST (segment);
ALTER TABLE log_chunk ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE TABLE log_chunk_0 PARTITION OF log_chunk FOR VALUES IN (0) WITH (autovacuum_enabled = false);

-- Events ever appended, by source: the left side of the ledger.
CREATE TABLE log_received (
  source_id text PRIMARY KEY,
  events bigint NOT NULL
) WITH (fillfactor = 50);
