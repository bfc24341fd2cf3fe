/** The ways in which a person can be reached, each with a suppression list of its own. */
export const CHANNELS = ['email', 'sms', 'push', 'ads', 'other'] as const;
export type Channel = (typeof CHANNELS)[number];
