-- Finding people by how an identifier begins. Where texts lie in the order of their bytes, as in the embedded engine, the primary key serves; elsewhere this does.
DO $$ BEGIN
  IF NOT EXISTS (
    SELECT FROM pg_database WHERE datname = current_database()
      AND (datcollate IN ('C', 'POSIX') AND datlocprovider = 'c' OR datlocprovider = 'b')
  ) THEN
    CREATE INDEX identifier_begins ON identifier (kind, value text_pattern_ops) WHERE profile_id IS NOT NULL;
  END IF;
END $$;

-- Links that a rule kept out, to be looked through by people.
CREATE INDEX identity_edge_refused ON identity_edge (seq) WHERE verdict = 'refused';
