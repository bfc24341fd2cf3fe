/** The parts of the settings. */
export const SETTINGS_TABS = ['users', 'tokens', 'audit', 'system', 'you'] as const;

/** Which changes the audit log shows; the address holds it. */
export interface AuditFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly text?: string | undefined;
}

/** What the page shows; its address holds it. */
export interface SettingsSearch extends AuditFilter {
  readonly tab?: (typeof SETTINGS_TABS)[number] | undefined;
}
