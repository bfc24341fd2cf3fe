-- Names of the secrets that are set: they alone are ever shown of them.
ALTER TABLE destination ADD COLUMN secret_names text[] NOT NULL DEFAULT '{}';

-- Stands for the connection, all its versions, in audiences.
ALTER TABLE connection ADD COLUMN number integer GENERATED ALWAYS AS IDENTITY UNIQUE;
CREATE UNIQUE INDEX connection_name ON connection (destination_id, name) WHERE deleted_at IS NULL;
-- What the kind of destination said when the version was made, so that the pipeline needs none of its code: see core/delivery/prepared.ts.
ALTER TABLE connection_version ADD COLUMN prepared json NOT NULL DEFAULT '{}';

-- What was decided not to be sent, on its way to ClickHouse: written in the transaction that decided it, deleted when it is told.
CREATE TABLE filtered_outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  filtered text NOT NULL
);

-- Whom a tool was told to have in an audience, or to have there no more, and with which words: a removal must speak of what was added.
-- By connection and the profile that was added; `holder` is the profile that the person is by now.
CREATE TABLE audience_member (
  connection integer NOT NULL,
  profile_id uuid NOT NULL,
  holder uuid NOT NULL,
  -- What the tool was told last. Who is removed is deleted once the tool has taken it.
  is_added boolean NOT NULL,
  -- The delivery that told it; it is `confirmed_key` once the tool has taken it.
  key uuid NOT NULL UNIQUE,
  confirmed_key uuid,
  -- What of the person the mapping read.
  given text NOT NULL,
  decided_at bigint NOT NULL,
  PRIMARY KEY (connection, profile_id)
) WITH (fillfactor = 90);
CREATE INDEX audience_member_holder ON audience_member (holder);

-- For each connection that keeps an audience: when all of it is next compared with the segment, and how far that is.
CREATE TABLE audience_sync (
  connection integer PRIMARY KEY,
  -- Milliseconds since 1970 UTC.
  due_at bigint NOT NULL,
  -- adding (members of the segment, in ClickHouse's order of ids) or removing (rows of audience_member); null while it waits.
  phase text,
  after uuid,
  -- Of the one at work, or the last one.
  started_at bigint,
  finished_at bigint,
  added bigint NOT NULL DEFAULT 0,
  removed bigint NOT NULL DEFAULT 0,
  -- Asked for anew while it was at work: it begins again at its end.
  again boolean NOT NULL DEFAULT false
);
CREATE INDEX audience_sync_due ON audience_sync (due_at);
