-- Coupons: single-use codes in pools, whom each was given to, and with which orders they came back. See docs/specs/coupons.md.

CREATE TABLE coupon_pool (
  id text PRIMARY KEY,
  name text NOT NULL,
  -- A person gets one coupon of a campaign; several pools may share one.
  campaign text NOT NULL,
  -- Of pools whose codes are made on demand: see core/coupon/code-pattern.ts. Null where codes are imported.
  pattern text,
  codes_max bigint,
  codes_made bigint NOT NULL DEFAULT 0,
  -- What a code is worth, in the customer's own words.
  value json NOT NULL,
  valid_from timestamptz,
  valid_until timestamptz,
  -- From the moment that it is given to somebody.
  valid_days integer,
  low_stock bigint NOT NULL DEFAULT 0,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE coupon (
  -- The code as it is compared; see core/coupon/code-key.ts.
  key text PRIMARY KEY,
  code text NOT NULL,
  pool_id text NOT NULL REFERENCES coupon_pool (id),
  seq bigint GENERATED ALWAYS AS IDENTITY,
  -- Given to somebody, or used by somebody to whom we did not give it: never to be given again.
  taken boolean NOT NULL DEFAULT false
);
CREATE INDEX coupon_free ON coupon (pool_id, seq) WHERE NOT taken;
CREATE INDEX coupon_pool_id ON coupon (pool_id);

-- The profile's id is kept as it was then, like that of event rows; profile_merge says whose it is now.
CREATE TABLE coupon_assignment (
  campaign text NOT NULL,
  profile_id uuid NOT NULL,
  coupon_key text NOT NULL UNIQUE REFERENCES coupon (key),
  pool_id text NOT NULL,
  assigned_at timestamptz NOT NULL,
  expires_at timestamptz,
  PRIMARY KEY (campaign, profile_id)
);
CREATE INDEX coupon_assignment_profile_id ON coupon_assignment (profile_id);
CREATE INDEX coupon_assignment_pool_id ON coupon_assignment (pool_id, coupon_key);

-- What each request was answered: the same again, whatever became of the person since.
CREATE TABLE coupon_request (
  campaign text NOT NULL,
  key text NOT NULL,
  coupon_key text NOT NULL,
  PRIMARY KEY (campaign, key)
);

-- Every order that named a code of ours, in the order of arrival; the first is its redemption.
CREATE TABLE coupon_redemption (
  coupon_key text NOT NULL REFERENCES coupon (key),
  "offset" bigint NOT NULL,
  profile_id uuid NOT NULL,
  source_id text NOT NULL,
  message_id text NOT NULL,
  order_id text,
  at timestamptz NOT NULL,
  PRIMARY KEY (coupon_key, "offset")
);
CREATE INDEX coupon_redemption_offset ON coupon_redemption ("offset");
