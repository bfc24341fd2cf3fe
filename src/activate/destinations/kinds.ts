/** The kinds of destinations of our own, each loaded when it is used. */
import type { DestinationKind } from './destination.js';

/** By kind. A new one is a file beside this one, and a line here. */
export const OWN_KINDS: Readonly<Record<string, () => Promise<DestinationKind>>> = {
  clickhouse: async () => (await import('./table/clickhouse.js')).clickhouse,
  email: async () => (await import('./email/email.js')).email,
  files: async () => (await import('./files/files.js')).files,
  kafka: async () => (await import('./kafka/kafka.js')).kafka,
  mysql: async () => (await import('./table/mysql.js')).mysqlKind,
  postgres: async () => (await import('./table/postgres.js')).postgres,
  s3: async () => (await import('./files/s3.js')).s3,
  slack: async () => (await import('./slack.js')).slack,
  webhook: async () => (await import('./webhook/webhook.js')).webhook,
};
