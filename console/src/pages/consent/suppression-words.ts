/** The lists: of one way to reach people, or of all. */
export const CHANNELS = ['all', 'email', 'sms', 'push', 'ads'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Why somebody is on one. */
export const REASONS = ['unsubscribed', 'hard_bounce', 'complaint', 'manual', 'erasure'] as const;
export type Reason = (typeof REASONS)[number];

/** Which suppressions the page shows; its address holds it. */
export interface SuppressionSearch {
  readonly value?: string | undefined;
  readonly kind?: string | undefined;
  readonly channel?: string | undefined;
  readonly reason?: string | undefined;
}
