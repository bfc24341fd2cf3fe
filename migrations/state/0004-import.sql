-- Files that are imported, and how far each has come.
CREATE TABLE import (
  id text PRIMARY KEY,
  -- In the order of creation.
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  source_id text NOT NULL REFERENCES source (id),
  -- Of the file, for people.
  name text NOT NULL,
  mapping json NOT NULL,
  -- waiting_for_file, queued, running, done, failed or cancelled.
  status text NOT NULL DEFAULT 'waiting_for_file',
  -- The data folder that the file was uploaded to: only the server on it can read it.
  folder text,
  -- Of the file as it was uploaded.
  bytes bigint,
  -- Of what is read row by row: the file itself, or what a Parquet file was converted to.
  rows_bytes bigint,
  -- Known when the last one is read.
  rows_total bigint,
  -- The cursor: moved after each block is in the log.
  bytes_read bigint NOT NULL DEFAULT 0,
  next_line bigint NOT NULL DEFAULT 1,
  rows_read bigint NOT NULL DEFAULT 0,
  rows_rejected bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  ended_at timestamptz,
  error text
);
CREATE INDEX import_open ON import (seq) WHERE status IN ('queued', 'running');
