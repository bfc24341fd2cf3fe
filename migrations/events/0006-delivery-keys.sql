-- A delivery is looked up by its key, whatever destination it was for.
ALTER TABLE deliveries ADD INDEX IF NOT EXISTS key_bloom key TYPE bloom_filter(0.01) GRANULARITY 1;
