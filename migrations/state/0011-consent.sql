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
  seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
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
  PRIMARY KEY (kind, value, channel, reason)
);

-- What of it must still be told on the person's timeline: written with the suppression, dropped when it is in the log. Under its
-- messageId it is processed once, however often a crash lets it be told.
CREATE TABLE suppression_outbox (
  message_id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
  kind text NOT NULL,
  value text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  -- The call, without whom and when.
  call json NOT NULL
);
