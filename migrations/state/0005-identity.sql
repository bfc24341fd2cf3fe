-- Who is who, and how it may be changed.

-- The rules in force are those of the highest version; version 0 are the built-in ones.
CREATE TABLE identity_rules (
  version integer PRIMARY KEY,
  rules json NOT NULL,
  operation_id bigint,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- What operators asked for: carried out by the consumer between two batches, in this order. Also the audit trail.
CREATE TABLE identity_operation (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- merge, unmerge, block, release or apply_rules.
  kind text NOT NULL,
  body json NOT NULL,
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  -- pending, running, done or failed.
  status text NOT NULL DEFAULT 'pending',
  -- Of one that takes several steps: how far it is.
  progress json,
  -- The log offset between whose events it took place.
  "offset" bigint,
  result json,
  error text,
  ended_at timestamptz
);
CREATE INDEX identity_operation_open ON identity_operation (id) WHERE status IN ('pending', 'running');

-- Two identifiers that never share a profile, since somebody took them apart.
CREATE TABLE identity_separation (
  a_kind text NOT NULL,
  a_value text NOT NULL,
  b_kind text NOT NULL,
  b_value text NOT NULL,
  operation_id bigint NOT NULL,
  PRIMARY KEY (a_kind, a_value, b_kind, b_value)
);

-- Values that an operator blocked: they name nobody, and never did.
CREATE TABLE identity_block (
  kind text NOT NULL,
  value text NOT NULL,
  operation_id bigint NOT NULL,
  PRIMARY KEY (kind, value)
);

-- Two identifiers that an operator joined, from a place in the log on.
CREATE TABLE identity_join (
  operation_id bigint PRIMARY KEY,
  "offset" bigint NOT NULL,
  a_kind text NOT NULL,
  a_value text NOT NULL,
  b_kind text NOT NULL,
  b_value text NOT NULL
);

-- What must still be told to ClickHouse of a committed change: written with it, dropped when ClickHouse has it.
CREATE TABLE identity_outbox (
  operation_id bigint NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- JSON: see stores/state/identity-state.ts.
  overrides text NOT NULL
);

-- Companies, households and whatever else `group` calls speak of.
CREATE TABLE account (
  group_id text PRIMARY KEY,
  -- See core/account/account.ts.
  state text NOT NULL
);
ALTER TABLE account ALTER COLUMN state SET STORAGE EXTERNAL;

-- Who belongs to which account; an index of what the profiles tell.
CREATE TABLE account_member (
  group_id text NOT NULL,
  profile_id uuid NOT NULL,
  PRIMARY KEY (group_id, profile_id)
);
CREATE INDEX account_member_profile_id ON account_member (profile_id);

-- Data quality: counts by source, day of receipt and measure (see core/quality/quality-tally.ts).
CREATE TABLE quality_daily (
  source_id text NOT NULL,
  day date NOT NULL,
  measure text NOT NULL,
  n bigint NOT NULL,
  PRIMARY KEY (source_id, day, measure)
) WITH (fillfactor = 50);
