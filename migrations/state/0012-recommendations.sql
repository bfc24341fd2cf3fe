-- How far recommendations have got. A generation counts all orders anew, under its rules; the newest complete one is served.
CREATE TABLE recommendation_generation (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- See core/recommend/recommendation-rules.ts.
  rules json NOT NULL,
  -- Orders before this log offset are counted.
  done_offset bigint NOT NULL DEFAULT 0,
  -- Where the step in work ends, written before anything of it reaches ClickHouse: after a crash it ends there again.
  planned_offset bigint,
  -- What is bought together is told as of the orders before this one.
  told_offset bigint NOT NULL DEFAULT 0,
  refreshed_at timestamptz,
  completed_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now()
);
