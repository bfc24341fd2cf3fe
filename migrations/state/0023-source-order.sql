-- Sources are listed in the order in which they were made.
CREATE INDEX source_created_at ON source (created_at, id);
