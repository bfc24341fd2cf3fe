-- Ten parts to a merge in the place of five: a row is written three times on its way to 20 million, not five times, and merging is most
-- of what a stored event costs ClickHouse. The price is a few dozen parts for a query to look into.
ALTER TABLE events MODIFY SETTING merge_selector_base = 10;
