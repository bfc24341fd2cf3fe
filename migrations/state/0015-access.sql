-- Who may do what: people with passwords, programs with tokens, and a log of every change.

CREATE TABLE app_user (
  id text PRIMARY KEY,
  email text NOT NULL,
  name text NOT NULL,
  -- scrypt with its parameters; see stores/state/password-hash.ts. None for who only signs in elsewhere.
  password text,
  role text NOT NULL,
  personal_data boolean NOT NULL,
  enabled boolean NOT NULL DEFAULT true,
  created_at timestamptz NOT NULL DEFAULT now(),
  last_seen_at timestamptz
);
CREATE UNIQUE INDEX app_user_email ON app_user (lower(email));

CREATE TABLE session (
  -- SHA-256 of what the cookie holds.
  hash bytea PRIMARY KEY,
  user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  csrf text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL
);
CREATE INDEX session_by_user ON session (user_id);

CREATE TABLE api_token (
  id text PRIMARY KEY,
  name text NOT NULL,
  hash bytea NOT NULL UNIQUE,
  role text NOT NULL,
  personal_data boolean NOT NULL,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz
);

-- Written before a change and completed after it: one that a crash cut off shows as such. Holds no personal data and no secrets.
CREATE TABLE audit_log (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT now(),
  actor text NOT NULL,
  -- Method and route, such as `PATCH /api/v1/sources/:id`, and the address that was asked.
  action text NOT NULL,
  path text NOT NULL,
  -- The HTTP status; null while it runs, or where a crash ended it.
  status integer,
  request json,
  before json,
  after json
);
CREATE INDEX audit_log_actor ON audit_log (actor, seq);
