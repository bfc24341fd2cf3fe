-- The deliverer asks for a person's earlier deliveries through some connections. Connections belong to one destination: with its number in the question,
-- a planner that has not seen the table yet reads the whole queue for each person instead.
CREATE INDEX delivery_person ON delivery (profile_id, connection, seq);
DROP INDEX delivery_profile;
