/** What the server's main thread and the process worker say to each other. */
import type { LiveEvent } from '../core/event/live-event.js';
import type { ClickHouseOptions } from '../engines/clickhouse.js';
import type { PostgresConnection } from '../engines/postgres.js';
import type { MembershipChange } from '../stores/state/segment-state.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';

/** To start the worker. Everything is plain data: it crosses a thread. */
export interface WorkerStart {
  readonly postgres: PostgresConnection;
  readonly clickhouse: Omit<ClickHouseOptions, 'role'>;
  readonly geoipFile: string | undefined;
  readonly eventBytesMax: number;
  readonly dedupeDays: number;
  readonly quarantineDays: number;
  /** See `fault.ts`; undefined but for tests. */
  readonly testFault: string | undefined;
}

/** What may be watched live. */
export type Watched = 'events' | 'memberships';

export type ToWorker =
  /** The log may hold more. */
  | { readonly type: 'appended' }
  /** Whether anybody watches the live stream of events, or of who enters and leaves segments. */
  | { readonly type: 'watch'; readonly what: Watched; readonly on: boolean }
  | { readonly type: 'stop' };

export type FromWorker =
  /** The worker consumes the log. */
  | { readonly type: 'ready' }
  | { readonly type: 'told'; readonly event: TelemetryEvent }
  /** Committed events for those who watch; at most a part of a large batch. */
  | { readonly type: 'live'; readonly events: readonly LiveEvent[]; readonly left: number }
  /** Who entered and left segments, for those who watch; at most a part of very many. */
  | { readonly type: 'membership'; readonly changes: readonly MembershipChange[]; readonly left: number }
  | { readonly type: 'stopped' };
