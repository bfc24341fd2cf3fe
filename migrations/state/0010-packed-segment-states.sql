-- What is remembered for segments is kept as bytes (see stores/state/message-pack.ts): it is written far more often than read.
-- States are a cache of the events and of who was told to be in which segment: emptied ones are read anew, person by person, when somebody is touched.
-- No process of the form before may go on beside this: nothing was released with it.
ALTER TABLE segment_state ALTER COLUMN state TYPE bytea USING ''::bytea, ALTER COLUMN state SET STORAGE EXTERNAL;
UPDATE segment_state SET settled = 0;

-- What was not told yet is kept as it is: the JSON text of an array. Compressing would cost more than it saves: a row lives for a moment.
ALTER TABLE segment_outbox ALTER COLUMN changes TYPE bytea USING convert_to(changes, 'UTF8'), ALTER COLUMN changes SET STORAGE EXTERNAL;
