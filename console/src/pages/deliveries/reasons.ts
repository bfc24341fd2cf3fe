/** Why something was not sent, for people; by the stable codes of the API. */
const REASONS: Readonly<Record<string, string>> = {
  consent_missing: 'Never asked for a purpose',
  consent_refused: 'Refuses a purpose',
  suppressed: 'On a suppression list',
  identifier_missing: 'Nobody known',
  mapping_failed: 'Mapping cannot be carried out',
  payload_invalid: 'Not what the action takes',
  backlog_full: 'Too much was waiting',
  connection_disabled: 'Connection was switched off',
  destination_deleted: 'Destination was deleted',
  replaced: 'Replaced by a newer one',
  never_added: 'Leaves, but was never added',
  skipped_by_destination: 'Nothing to do for the tool',
  timeout: 'No answer in time',
  address_refused: 'Address not allowed',
  settings_invalid: 'Settings are not right',
};

/** A code in words; codes of HTTP as their number. */
export function reasonText(code: string): string {
  const [, status] = /^http_(\d+)$/.exec(code) ?? [];
  return REASONS[code] ?? (status === undefined ? code.replaceAll('_', ' ') : `Answered ${status}`);
}
