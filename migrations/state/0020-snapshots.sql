-- Snapshots of segments; see docs/specs/delivery.md. Times are milliseconds since 1970 UTC.

-- For each connection that takes snapshots: when the next one is due (null: when somebody asks), and the last that was begun.
CREATE TABLE snapshot_plan (
  connection integer PRIMARY KEY,
  due_at bigint,
  last text
);

CREATE TABLE snapshot (
  id text PRIMARY KEY,
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  connection integer NOT NULL,
  -- Number of the version that it goes by.
  version integer NOT NULL,
  -- What its rows are: all or differences.
  rows text NOT NULL,
  -- The one that differences are from.
  previous text,
  -- Whether audience_member holds who is in it: the next one may be of differences from it.
  is_kept boolean NOT NULL,
  -- exporting, sending, closing; and, at its end, complete, incomplete or abandoned.
  state text NOT NULL,
  started_at bigint NOT NULL,
  finished_at bigint,
  -- On the list, and of those: looked at, decided to be sent, the same as last time. Removed rows are sent, and not on the list.
  people bigint NOT NULL,
  looked bigint NOT NULL DEFAULT 0,
  sent bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  -- Up to where the first slice that is left was looked at.
  after uuid,
  -- At its end: {delivered, filtered: {reason: rows}, dead}.
  outcome json
);
CREATE INDEX snapshot_connection ON snapshot (connection, seq);

-- The list of a snapshot, as it was in one moment: who of it is still to be looked at. A slice ends with the id "until", the last one with none.
CREATE TABLE snapshot_slice (
  snapshot text NOT NULL REFERENCES snapshot (id) ON DELETE CASCADE,
  nth integer NOT NULL,
  until uuid,
  ids uuid[] NOT NULL,
  PRIMARY KEY (snapshot, nth)
);

-- Whether anything of a snapshot waits, or is among the dead letters. Other deliveries of segments name no message.
CREATE INDEX delivery_snapshot ON delivery (message_id, state) WHERE segment_id <> '' AND message_id <> '';

-- Audiences: whose suppression changed, to be looked at again. Written by the statement that changes it, deleted by the commit that has looked.
CREATE TABLE suppression_change (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  value text NOT NULL
);

-- A tool may have been told of one profile by several words: a row for each, until the tool has taken its removal.
ALTER TABLE audience_member ADD COLUMN nth smallint NOT NULL DEFAULT 0;
ALTER TABLE audience_member DROP CONSTRAINT audience_member_pkey, ADD PRIMARY KEY (connection, profile_id, nth);

-- When an alert rule began to fire, or ceased to: what is told of it is named by that.
ALTER TABLE alert_rule ADD COLUMN changed_at bigint;
UPDATE alert_rule SET changed_at = firing_since;
