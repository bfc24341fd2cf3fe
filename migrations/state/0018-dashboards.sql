-- Dashboards: questions that somebody keeps, in their order. Answers are asked anew each time.
CREATE TABLE dashboard (
  id text PRIMARY KEY,
  name text NOT NULL UNIQUE,
  description text NOT NULL DEFAULT '',
  -- In their order; see core/insights/dashboard-card.ts. One value, so that a change of several is there or not.
  cards json NOT NULL DEFAULT '[]',
  -- Moves with every change: who changes an older one is told.
  version integer NOT NULL DEFAULT 1,
  changed_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  changed_at timestamptz NOT NULL DEFAULT now()
);
