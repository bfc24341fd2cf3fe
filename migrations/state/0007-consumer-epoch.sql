-- How often a consumer took over: what one of before still has on its way is refused.
ALTER TABLE consumer ADD COLUMN epoch bigint NOT NULL DEFAULT 0;
