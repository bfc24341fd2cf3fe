-- Identifiers that nobody has and that a rule kept out of a profile: counted, since a program may make up a new one for every call.

CREATE TABLE identity_refusal (
  profile_id uuid NOT NULL,
  kind text NOT NULL,
  -- What forbade it: see core/identity/resolve.ts.
  rule text NOT NULL,
  times bigint NOT NULL,
  -- The newest one: its place in the log, and the rest as JSON (see core/identity/refusal-tally.ts).
  "offset" bigint NOT NULL,
  last text NOT NULL,
  PRIMARY KEY (profile_id, kind, rule)
) WITH (fillfactor = 50);

-- What profiles can be matched by: an index of what they tell themselves, at most one row for each rule.
CREATE TABLE match_key (
  profile_id uuid NOT NULL,
  -- See core/matching/compile-matching.ts.
  rule text NOT NULL,
  -- Stands for the rule and the comparable values.
  hash uuid NOT NULL,
  -- Which source gave it, what brought it, and the day of receipt: of profiles with one key the one that had it first is not a duplicate.
  source_id text NOT NULL,
  "offset" bigint NOT NULL,
  day date NOT NULL,
  -- True while another profile has the same.
  shared boolean NOT NULL,
  PRIMARY KEY (profile_id, rule)
);
CREATE INDEX match_key_hash ON match_key (hash, shared, "offset", profile_id);
CREATE INDEX match_key_shared ON match_key (profile_id) WHERE shared;
CREATE INDEX match_key_day ON match_key (day, source_id) WHERE shared;

-- Values that an operator took out of quarantine, at a place in the log.
CREATE TABLE identity_release (
  operation_id bigint PRIMARY KEY,
  "offset" bigint NOT NULL,
  -- The event after which the value was out of the graph, up to the release.
  quarantined_at bigint NOT NULL,
  kind text NOT NULL,
  value text NOT NULL
);

-- The place in the log from which on two identifiers are apart: that of the hand-made merge that was undone, or the first.
ALTER TABLE identity_separation ADD COLUMN since bigint NOT NULL DEFAULT 0;
