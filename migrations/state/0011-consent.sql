-- Consent and suppression.

-- Which signals of an event say something of which purpose (core/consent/consent-rules.ts). An event goes by the newest version whose
-- "since", a log offset, is not behind it; without one, by the built-in rules.
CREATE TABLE consent_rules (
  version integer PRIMARY KEY,
  since bigint NOT NULL,
  rules json NOT NULL,
  operation_id bigint NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Whom nothing is sent to any more, whatever they consented to. One reason may be taken back without the others.
CREATE TABLE suppression (
  id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
  -- An identifier, normalised.
  kind text NOT NULL,
  value text NOT NULL,
  -- all, email, sms, push or ads.
  channel text NOT NULL,
  -- unsubscribed, hard_bounce, complaint, manual or erasure.
  reason text NOT NULL,
  source text NOT NULL,
  proof json,
  at timestamptz NOT NULL DEFAULT now(),
  -- The call that tells it on the person's timeline, until that is in the log: under its messageId, so that it is there once.
  untold json,
  PRIMARY KEY (kind, value, channel, reason)
);
CREATE INDEX suppression_newest ON suppression (at, id);
CREATE INDEX suppression_untold ON suppression (id) WHERE untold IS NOT NULL;
