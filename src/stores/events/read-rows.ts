/**
 * How rows that come as text are read. Strings stay strings, dates and numbers in them included; booleans stay booleans, in arrays of
 * mixed values too; nulls among objects become empty ones; a path that an object names twice (`{"a":{"b":1},"a.b":2}`) is kept apart by
 * escaping the dots of keys, which reading undoes (see `SHOW_ROWS`).
 */
export const READ_ROWS = {
  input_format_try_infer_dates: 0,
  input_format_try_infer_datetimes: 0,
  input_format_json_try_infer_numbers_from_strings: 0,
  input_format_json_read_bools_as_numbers: 0,
  input_format_json_read_bools_as_strings: 0,
  json_type_escape_dots_in_keys: 1,
  type_json_skip_duplicated_paths: 1,
  input_format_json_max_depth: 100,
} as const;

/** Keys with dots were stored escaped: they come back as they were given. */
export const SHOW_ROWS = { json_type_escape_dots_in_keys: 1 } as const;
