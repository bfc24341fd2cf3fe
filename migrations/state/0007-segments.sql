-- Segments and computed traits, and what is remembered of each person for them.

CREATE TABLE segment (
  id text PRIMARY KEY,
  -- Stands for the id wherever there are many.
  number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  name text NOT NULL,
  description text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now(),
  -- Nobody is in it from then on; the consumer sees everybody out.
  deleted_at timestamptz
);
CREATE UNIQUE INDEX segment_name ON segment (name) WHERE deleted_at IS NULL;

-- Definitions are never changed: a new one is a new version. `number` gives the order in which they came into force.
CREATE TABLE segment_version (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  segment_id text NOT NULL REFERENCES segment (id),
  version integer NOT NULL,
  definition json NOT NULL,
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- pending, backfilling, live, replaced, retiring, retired or failed; see docs/specs/segments.md, 5.
  status text NOT NULL DEFAULT 'pending',
  -- The log offset from which it is kept up to date, and the time.
  live_offset bigint,
  live_at timestamptz,
  -- The backfill goes through everybody in slices: the first profile of each, and how many are done.
  slices uuid[],
  slices_done integer NOT NULL DEFAULT 0,
  members_found bigint NOT NULL DEFAULT 0,
  backfilled_at timestamptz,
  error text,
  UNIQUE (segment_id, version)
);
CREATE INDEX segment_version_open ON segment_version (number) WHERE status IN ('pending', 'backfilling', 'retiring');

CREATE TABLE computed_trait (
  name text PRIMARY KEY,
  value json NOT NULL,
  description text NOT NULL DEFAULT '',
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Questions about events that are kept up to date for each person: the number stands for the key in states.
CREATE TABLE segment_leaf (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL UNIQUE
);

-- Tells consumers that what is above changed.
CREATE TABLE segment_epoch (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch bigint NOT NULL
);
INSERT INTO segment_epoch (epoch) VALUES (0);

CREATE TABLE segment_state (
  profile_id uuid PRIMARY KEY,
  -- See core/segments/person-state.ts; empty where nothing is remembered yet.
  state text NOT NULL,
  -- The newest segment version whose answer is in the state.
  settled integer NOT NULL,
  -- People were joined or taken apart: what is remembered of events must be read anew.
  stale boolean NOT NULL DEFAULT false,
  -- Milliseconds since 1970: an answer may change then although nothing happens.
  due_at bigint
) WITH (fillfactor = 80);
ALTER TABLE segment_state ALTER COLUMN state SET STORAGE EXTERNAL;
CREATE INDEX segment_state_due ON segment_state (due_at) WHERE due_at IS NOT NULL;

-- Changes of membership that ClickHouse must still be told: written with what they follow from, dropped when ClickHouse has them.
CREATE TABLE segment_outbox (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  changes text NOT NULL
);
