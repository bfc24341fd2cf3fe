/**
 * The process worker: a thread of its own, so that the pipeline's work never holds up the HTTP event loop.
 * This file wires the consumer to its stores and to the main thread; the work itself is in `consumer.ts`.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { createEnricher } from '../core/enrich/enrich.js';
import type { LiveEvent } from '../core/event/live-event.js';
import { isShallow } from '../core/event/measure.js';
import type { JsonObject, JsonValue } from '../core/json.js';
import { isObject } from '../core/json.js';
import { LIMITS } from '../core/limits.js';
import { openClickHouse } from '../engines/clickhouse.js';
import { openPool } from '../engines/postgres.js';
import { PostgresLog } from '../log/postgres-log.js';
import { ClickHouseDeliveryLog } from '../stores/events/clickhouse-delivery-log.js';
import { ClickHouseEventStore } from '../stores/events/clickhouse-event-store.js';
import { ClickHouseSegmentStore } from '../stores/events/clickhouse-segment-store.js';
import { ClickHouseEventHistory } from '../stores/events/event-history.js';
import { PostgresActivationState } from '../stores/state/postgres-activation-state.js';
import { PostgresIdentityState } from '../stores/state/postgres-identity-state.js';
import { PostgresPipelineState } from '../stores/state/postgres-pipeline-state.js';
import { PostgresSegmentState } from '../stores/state/postgres-segment-state.js';
import { PostgresSnapshotState } from '../stores/state/postgres-snapshot-state.js';
import { collectWhenIdle } from '../telemetry/collect-when-idle.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';
import type { CommittedBatch, ConsumerReports } from './consumer.js';
import { Consumer } from './consumer.js';
import { killAt } from './fault.js';
import type { FromWorker, ToWorker, Watched, WorkerStart } from './messages.js';
import type { Verdict } from './pipeline.js';
import { openPlaces } from './place-of.js';
import { WorkerPace } from './worker-pace.js';

/** Events of one batch that the live stream shows; a person cannot read more. */
const LIVE_EVENTS_PER_BATCH_MAX = 100;
/** The same of changes of membership, which programs read too. */
const LIVE_CHANGES_PER_BATCH_MAX = 1_000;
/** Quiet after which this thread's garbage is collected. */
const IDLE_MS = 3_000;
const FORGET_INTERVAL_MS = 60 * 60 * 1000;
const NOTHING: JsonObject = {};
const DAY_MS = 24 * 60 * 60 * 1000;

// Invariant: this file is only ever started as a worker.
const port = parentPort as NonNullable<typeof parentPort>;
const post = (message: FromWorker) => port.postMessage(message);
const tell = (event: TelemetryEvent) => post({ type: 'told', event });

await main(workerData as WorkerStart);

async function main(start: WorkerStart): Promise<void> {
  const connection = start.postgres;
  const log = new PostgresLog(openPool(connection, { name: 'tributary-read', max: 1 }));
  const pool = openPool(connection, { name: 'tributary-process', max: 4 });
  const state = new PostgresPipelineState(pool);
  const identity = new PostgresIdentityState(pool);
  const clickhouse = await openClickHouse({ ...start.clickhouse, role: 'writer' });
  const events = new ClickHouseEventStore(clickhouse);
  const history = new ClickHouseEventHistory(clickhouse);
  const idle = collectWhenIdle(IDLE_MS, () => void clickhouse.trim().catch(() => {}));
  const enrich = createEnricher(
    start.geoipFile === undefined ? undefined : await openPlaces(start.geoipFile),
  );
  const pace = new WorkerPace();
  const watched = new Set<Watched>();
  const consumer = new Consumer({
    ...{ log, state, identity, events, history, enrich, pace },
    segments: { state: new PostgresSegmentState(pool), store: new ClickHouseSegmentStore(clickhouse) },
    activation: {
      state: new PostgresActivationState(pool),
      snapshots: new PostgresSnapshotState(pool),
      log: new ClickHouseDeliveryLog(clickhouse),
    },
    eventBytesMax: start.eventBytesMax,
    reports: reportsTo(watched, idle),
    ...(start.testFault === undefined ? {} : { fault: killAt(start.testFault) }),
  });
  port.on('message', (message: ToWorker) => {
    if (message.type === 'appended') pace.wake();
    else if (message.type === 'watch') watched[message.on ? 'add' : 'delete'](message.what);
    else {
      consumer.stop();
      pace.stop();
    }
  });
  const forgetting = setInterval(() => void forget(state, start), FORGET_INTERVAL_MS);
  post({ type: 'ready' });
  await consumer.run();
  clearInterval(forgetting);
  await Promise.allSettled([log.close(), state.close(), events.close()]);
  // The thread itself lives on: its end would take the embedded ClickHouse away from the others (see `openClickHouse`).
  post({ type: 'stopped' });
}

async function forget(
  state: PostgresPipelineState,
  { dedupeDays, quarantineDays }: WorkerStart,
): Promise<void> {
  const now = Date.now();
  try {
    await state.forget({
      runsSealedBefore: now - dedupeDays * DAY_MS,
      rejectedBefore: now - quarantineDays * DAY_MS,
    });
  } catch (error) {
    tell({ name: 'maintenance_failed', task: 'forget', error: String(error) });
  }
}

function reportsTo(watched: ReadonlySet<Watched>, idle: { busy(): void }): ConsumerReports {
  return {
    committed(batch) {
      idle.busy();
      tell(summaryOf(batch));
      if (watched.has('events')) post(liveOf(batch));
      const changes = batch.memberships.slice(0, LIVE_CHANGES_PER_BATCH_MAX);
      if (watched.has('memberships') && changes.length > 0)
        post({ type: 'membership', changes, left: batch.memberships.length - changes.length });
    },
    failed(error, retryInMs) {
      tell({
        name: 'batch_failed',
        message: error instanceof Error ? (error.stack ?? error.message) : String(error),
        retryInMs,
      });
    },
  };
}

function summaryOf({ until, verdicts }: Pick<CommittedBatch, 'until' | 'verdicts'>): TelemetryEvent {
  const counts: Record<string, number> = {};
  const arrivals = new Map<unknown, { receivedAt: number; events: number }>();
  for (const verdict of verdicts) {
    const name = nameOf(verdict);
    counts[name] = (counts[name] ?? 0) + 1;
    const { record } = verdict.item;
    const arrival = arrivals.get(record);
    if (arrival) arrival.events += 1;
    else arrivals.set(record, { receivedAt: record.receivedAt, events: 1 });
  }
  return {
    name: 'batch_committed',
    until,
    at: Date.now(),
    verdicts: counts,
    arrivals: [...arrivals.values()],
  };
}

function liveOf({ verdicts }: CommittedBatch): FromWorker {
  const shown = verdicts.slice(-LIVE_EVENTS_PER_BATCH_MAX).map(liveEvent);
  return { type: 'live', events: shown, left: verdicts.length - shown.length };
}

function liveEvent(verdict: Verdict): LiveEvent {
  const { offset, record, given } = verdict.item;
  const { messageId, type } =
    verdict.kind === 'processed' ? verdict.row.event : isObject(given) ? given : NOTHING;
  return {
    offset,
    verdict: nameOf(verdict),
    message: verdict.kind === 'rejected' ? verdict.rejection.message : null,
    sourceId: record.sourceId,
    profileId: verdict.kind === 'processed' ? verdict.profileId : null,
    messageId: textOrNull(messageId),
    type: textOrNull(type),
    receivedAt: record.receivedAt,
    event: showable(given),
  };
}

function textOrNull(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

/** What the main thread can print: a deeper event would end it. */
function showable(given: JsonValue): JsonValue {
  return isShallow(given, LIMITS.shownDepthMax) ? given : 'Nested too deeply to be shown';
}

/** A verdict as the ledger calls it. */
function nameOf(verdict: Verdict): string {
  return verdict.kind === 'rejected' ? verdict.rejection.code : verdict.kind;
}
