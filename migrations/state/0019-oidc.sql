-- Who signs in by OpenID Connect: accounts of a provider, and whom they belong to here.

CREATE TABLE oidc_link (
  -- Together they name an account for ever, as the provider promises; addresses and names it may give to somebody else.
  issuer text NOT NULL,
  subject text NOT NULL,
  user_id text NOT NULL REFERENCES app_user (id) ON DELETE CASCADE,
  linked_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (issuer, subject),
  -- One account of each provider: whoever is given the address of somebody who left does not become them.
  UNIQUE (user_id, issuer)
);

-- When a session ends even if it is used; null where it goes on.
ALTER TABLE session ADD COLUMN ends_at timestamptz;
