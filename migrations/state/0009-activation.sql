-- The door out: destinations, what goes to them, and what waits to be sent.

CREATE TABLE destination (
  id text PRIMARY KEY,
  -- Stands for the id wherever there are many.
  number integer GENERATED ALWAYS AS IDENTITY UNIQUE,
  name text NOT NULL,
  kind text NOT NULL,
  -- Settings that are no secrets; the others are encrypted (see src/stores/secret-key.ts).
  settings json NOT NULL DEFAULT '{}',
  secrets bytea,
  -- A person must have consented to each. None only where it is said why.
  purposes text[] NOT NULL,
  consent_not_required text,
  channel text NOT NULL,
  -- How it is sent to: rate, concurrency, batches, how long to try; see core/delivery.
  delivery json NOT NULL DEFAULT '{}',
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz,
  CHECK (cardinality(purposes) > 0 OR consent_not_required IS NOT NULL)
);
CREATE UNIQUE INDEX destination_name ON destination (name) WHERE deleted_at IS NULL;

CREATE TABLE connection (
  id text PRIMARY KEY,
  destination_id text NOT NULL REFERENCES destination (id),
  name text NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  deleted_at timestamptz
);

-- Never changed: an edit is a new version. `number` stands for it wherever there are many.
CREATE TABLE connection_version (
  number integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  connection_id text NOT NULL REFERENCES connection (id),
  version integer NOT NULL,
  -- What it takes, filter, action, mapping, and options of the action; see core/delivery/connection.ts.
  definition json NOT NULL,
  actor text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (connection_id, version)
);

-- Tells consumers that what is above changed.
CREATE TABLE activation_epoch (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  epoch bigint NOT NULL
);
INSERT INTO activation_epoch (epoch) VALUES (0);

-- What is not finished: it waits, or it was given up. Written in the transaction of the batch that decided it; see core/delivery/delivery.ts.
-- Times are milliseconds since 1970 UTC.
CREATE TABLE delivery (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key uuid NOT NULL UNIQUE,
  destination integer NOT NULL,
  connection integer NOT NULL,
  kind text NOT NULL,
  profile_id uuid NOT NULL,
  log_offset bigint NOT NULL,
  message_id text NOT NULL,
  segment_id text NOT NULL,
  payload text NOT NULL,
  given text,
  -- What late values were resolved to: from then on the payload is fixed.
  late text,
  received_at bigint NOT NULL,
  decided_at bigint NOT NULL,
  -- pending or dead.
  state text NOT NULL DEFAULT 'pending',
  attempts integer NOT NULL DEFAULT 0,
  -- Not before.
  next_at bigint NOT NULL,
  error_code text,
  error text
) WITH (fillfactor = 80);
ALTER TABLE delivery ALTER COLUMN payload SET STORAGE EXTERNAL, ALTER COLUMN given SET STORAGE EXTERNAL;
CREATE INDEX delivery_due ON delivery (destination, next_at, seq) WHERE state = 'pending';
CREATE INDEX delivery_dead ON delivery (destination, seq) WHERE state = 'dead';
CREATE INDEX delivery_profile ON delivery (profile_id);

-- The books: matched = delivered + filtered (by reason) + pending + dead. Pending and dead are counted from the rows above, but for dead ones that
-- were dropped after their time: those are counted here.
CREATE TABLE delivery_balance (
  destination integer NOT NULL,
  connection integer NOT NULL,
  -- matched, delivered, filtered or dropped.
  outcome text NOT NULL,
  reason text NOT NULL DEFAULT '',
  deliveries bigint NOT NULL,
  PRIMARY KEY (destination, connection, outcome, reason)
);

-- Small values that destinations want to find again.
CREATE TABLE destination_state (
  destination integer NOT NULL,
  key text NOT NULL,
  value json NOT NULL,
  expires_at timestamptz,
  PRIMARY KEY (destination, key)
);
