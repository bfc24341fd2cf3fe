-- Bearer tokens of the admin API, hashed with SHA-256.
CREATE TABLE admin_token (
  hash bytea PRIMARY KEY,
  created_at timestamptz NOT NULL DEFAULT now()
);
