/** The tables that people may ask, and what their columns mean. */

/** What is said of a table and its columns; columns that explain themselves are left out. */
export interface ConsoleTable {
  readonly description: string;
  readonly columns: Readonly<Record<string, string>>;
}

const EVENT_COLUMNS = {
  profile_id: 'Whose event it is; all zeros for events of nobody.',
  timestamp: 'When it happened, in UTC.',
  received_at: 'When it was received, in UTC.',
  offset: 'Place in the log: rises with the order of arrival.',
  message_id: 'Unique within its source.',
  type: 'track, identify, page, screen, group or alias.',
  name: "A track call's event, a page's or screen's name, else empty.",
  group_id: 'Of a group call, or the account that it took place in.',
  properties:
    'What came with the event. A value is read as properties.total.:Float64, properties.plan.:String.',
  traits: 'Of identify and group calls.',
  context: 'What the client says of itself.',
  integrations: 'JSON text.',
  person: 'What the profile was folded from, as JSON text.',
} as const;

/** All of them, by name. */
export const CONSOLE_TABLES: Readonly<Record<string, ConsoleTable>> = {
  events: {
    description:
      'Every processed event, with the profile that it was written with: see events_resolved for whose it is now.',
    columns: EVENT_COLUMNS,
  },
  events_resolved: {
    description: 'The same events, with the profile that each belongs to now, after all merges and unmerges.',
    columns: EVENT_COLUMNS,
  },
  profiles: {
    description: 'People, as a row for each version: read it as FROM profiles FINAL WHERE NOT deleted.',
    columns: {
      version: 'The newest is the one that counts.',
      deleted: 'Merged away, or taken apart: nobody any more.',
      traits: 'Read as traits.plan.:String.',
      nulls: 'Where traits hold null: JSON arrays of keys.',
      objects: 'Where traits hold objects: JSON arrays of keys.',
      consents: 'Purposes that the person said yes to last.',
      refusals: 'Purposes that the person said no to last.',
      accounts: 'Group ids.',
      identifier_kinds: 'Which kinds of identifiers the person has.',
    },
  },
  accounts: {
    description: 'Accounts of group calls, as a row for each version: read it as FROM accounts FINAL.',
    columns: {
      version: 'The newest is the one that counts.',
      nulls: 'Where traits hold null: JSON arrays of keys.',
      objects: 'Where traits hold objects: JSON arrays of keys.',
    },
  },
  membership_changes: {
    description:
      'Who entered and left which segment. Who is in it: GROUP BY profile_id HAVING argMax(entered, seq).',
    columns: {
      seq: 'Their order.',
      version: "Of the segment's definition.",
      at: 'When, in UTC.',
      entered: 'Left, when false.',
      cause: 'event, timer, backfill, merge, operation or deletion.',
      cause_offset: 'Of an event: its place in the log.',
    },
  },
};
