-- What the pipeline derives from the log. One transaction a batch moves all of it together with the consumer's offset.

CREATE TABLE source (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  kind text NOT NULL,
  write_key text NOT NULL UNIQUE,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE consumer (
  name text PRIMARY KEY,
  -- Everything before this offset is processed.
  next_offset bigint NOT NULL,
  -- How often it committed: the newer of two words about the same thing has the higher number.
  commits bigint NOT NULL DEFAULT 0,
  -- Ends of the batches in work, written before their events reach ClickHouse: after a crash they are cut at the same
  -- places, so that their deduplication tokens mean the same rows.
  planned bigint[] NOT NULL DEFAULT '{}'
);

-- The right side of the ledger: one verdict for every event of the log.
CREATE TABLE ledger (
  source_id text NOT NULL,
  -- processed, duplicate, or a rejection's code.
  verdict text NOT NULL,
  events bigint NOT NULL,
  PRIMARY KEY (source_id, verdict)
) WITH (fillfactor = 50);

-- The quarantine.
CREATE TABLE rejected (
  "offset" bigint PRIMARY KEY,
  source_id text NOT NULL,
  code text NOT NULL,
  message text NOT NULL,
  message_id text,
  receipt text NOT NULL,
  received_at timestamptz NOT NULL,
  -- The event as it came, and of an import the line that it stood on.
  event text NOT NULL,
  line bigint
);
CREATE INDEX rejected_message_id ON rejected (message_id);
CREATE INDEX rejected_received_at ON rejected (received_at);

CREATE TABLE profile (
  id uuid PRIMARY KEY,
  -- See core/profile/codec.ts.
  state text NOT NULL
) WITH (fillfactor = 80);
ALTER TABLE profile ALTER COLUMN state SET STORAGE EXTERNAL;

CREATE TABLE identifier (
  kind text NOT NULL,
  value text NOT NULL,
  -- Null while the value is quarantined.
  profile_id uuid,
  -- JSON, where there is more to say: see core/identity/mark.ts.
  mark text,
  PRIMARY KEY (kind, value)
);
CREATE INDEX identifier_profile_id ON identifier (profile_id);
CREATE INDEX identifier_mark ON identifier (kind, value) WHERE mark IS NOT NULL;

-- Where a profile that was merged away has gone; always the last one of the chain.
CREATE TABLE profile_merge (
  from_id uuid PRIMARY KEY,
  into_id uuid NOT NULL
);
CREATE INDEX profile_merge_into_id ON profile_merge (into_id);

-- Which event linked what, and why: append-only.
CREATE TABLE identity_edge (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "offset" bigint NOT NULL,
  -- linked, moved, merged, refused, quarantined; or reset: what was said before of this profile no longer holds.
  verdict text NOT NULL,
  -- What linked it (event, alias, merge_call, operator), or what forbade it (see core/identity/resolve.ts).
  rule text NOT NULL,
  profile_id uuid NOT NULL,
  -- The identifier that it is about, and the one of the same profile that it was given together with.
  kind text,
  value text,
  to_kind text,
  to_value text,
  -- The profile that was merged in, that the identifier came from, or that keeps it.
  other_profile_id uuid,
  source_id text NOT NULL,
  message_id text NOT NULL,
  at timestamptz NOT NULL,
  operation_id bigint
);
CREATE INDEX identity_edge_profile_id ON identity_edge (profile_id);

-- messageIds seen, newest first in memory and here batch by batch (see core/dedupe).
CREATE TABLE seen_recent (
  until bigint PRIMARY KEY,
  entries bytea NOT NULL
);
ALTER TABLE seen_recent ALTER COLUMN entries SET STORAGE EXTERNAL;

-- Older ones, in sealed runs of pages.
CREATE TABLE seen_run (
  id bigint PRIMARY KEY,
  entries bigint NOT NULL,
  sealed_at timestamptz NOT NULL,
  filter bytea NOT NULL
);
ALTER TABLE seen_run ALTER COLUMN filter SET STORAGE EXTERNAL;

CREATE TABLE seen_page (
  run_id bigint NOT NULL,
  page integer NOT NULL,
  entries bytea NOT NULL,
  PRIMARY KEY (run_id, page)
);
ALTER TABLE seen_page ALTER COLUMN entries SET STORAGE EXTERNAL;
