-- What an event costs must not grow with how many are stored. Twenty parts to a merge, and none beyond a gibibyte (some six million events): a row is written
-- anew twice, and then stays where it is. The price: a query looks into one part for each gibibyte, and up to forty smaller ones.
ALTER TABLE events MODIFY SETTING merge_selector_base = 20, max_bytes_to_merge_at_max_space_in_pool = 1073741824;
