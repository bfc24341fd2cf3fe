-- The deliverer asks for a person's earlier deliveries to a destination; people who look at a person's ask by the first column alone.
DROP INDEX delivery_profile;
CREATE INDEX delivery_profile ON delivery (profile_id, destination, seq);

-- When somebody asked for it again: its time for trying counts from there.
ALTER TABLE delivery ADD COLUMN retried_at bigint;

-- A queue: rows come and go by the thousand, and what is left of them lies just where the next ones are looked for.
ALTER TABLE delivery SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000
);

-- Something that somebody wants to hear of; see core/delivery/alert.ts.
CREATE TABLE alert_rule (
  id text PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  definition json NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Since when it fires (milliseconds since 1970 UTC); null while all is well.
  firing_since bigint,
  figure float8,
  -- That it fires, or no longer does, is still to be told.
  untold boolean NOT NULL DEFAULT false
);
