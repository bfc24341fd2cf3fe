/** Why events are refused, and how that is mended, by code. */
export const REASONS: Readonly<Record<string, string>> = {
  not_an_object: 'It is no JSON object. Send each event as one.',
  type_unknown:
    'It has no type, or one that does not exist: say track, identify, page, screen, group, alias or merge.',
  event_name_missing: 'A track call needs the name of what happened, as event.',
  identifier_missing:
    'It names nobody: give a userId, an anonymousId, an e-mail address or a telephone number.',
  identifier_invalid: 'A userId, anonymousId or another identifier is no text, or too long.',
  group_id_missing: 'A group call needs a groupId.',
  previous_id_missing: 'An alias call needs the previousId.',
  merge_properties_invalid: 'A merge call must name at least two identifiers.',
  message_id_invalid: 'The messageId is no text, or too long.',
  field_invalid: 'A field has the wrong type: traits, properties and context are objects.',
  timestamp_invalid: 'A time cannot be read, or is out of range: write it as ISO 8601.',
  number_invalid: 'A number is too large to be kept: send it as a text.',
  event_too_large: 'It is over the limit of one event. Send large things by reference.',
  nesting_too_deep: 'It is nested too deeply.',
  too_many_keys: 'It has too many keys.',
  message_id_conflict: 'Another event with the same messageId came before: give each an id of its own.',
  row_invalid: 'A row of a file cannot be mapped: see the line, and mend the file or the mapping.',
  processing_failed: 'A step of the pipeline could not take it. Tell whoever runs Tributary.',
};
