-- Lists that were uploaded: their names. Who is on one, the events List Joined and List Left tell.
CREATE TABLE list (
  id text PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);
