-- Small tables whose rows are replaced all the time were written anew as a whole with every few inserts, since parts below 5 MB count as equally large when
-- merges are chosen: half of the work at a few thousand events a second. So many parts are merged at once, or none.
ALTER TABLE profiles MODIFY SETTING min_parts_to_merge_at_once = 64;
ALTER TABLE accounts MODIFY SETTING min_parts_to_merge_at_once = 64;
