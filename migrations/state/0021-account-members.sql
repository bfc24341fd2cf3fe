-- Conditions on the members of accounts; see docs/specs/segments.md, 7.

-- How many belong to an account (segment 0), and how many of those are in a segment, by its number. A sum over all people as they are counted in
-- their states; nothing is written while no segment asks.
CREATE TABLE account_tally (
  group_id text NOT NULL,
  segment integer NOT NULL,
  people integer NOT NULL,
  PRIMARY KEY (group_id, segment)
);

-- Accounts whose counts came to say something else: their members are looked at anew, slice by slice.
CREATE TABLE account_turned (
  group_id text PRIMARY KEY,
  -- Gives the order; another when all is begun anew.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  -- The last of the members who were looked at.
  after uuid,
  -- It turned again since the first of them were: then all are looked at once more.
  again boolean NOT NULL DEFAULT false
);
CREATE INDEX account_turned_seq ON account_turned (seq);

-- Of a version that asks about members: everybody who belongs to an account is counted before it comes into force. The last who was.
ALTER TABLE segment_version ADD COLUMN counted uuid;
