import type { Pool } from 'pg';
import { createEnricher } from '../../src/core/enrich/enrich.js';
import { NOBODY } from '../../src/core/identity/resolve.js';
import type { JsonObject } from '../../src/core/json.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import type { PostgresConnection } from '../../src/engines/postgres.js';
import { openPool } from '../../src/engines/postgres.js';
import { MemoryLog } from '../../src/log/memory-log.js';
import { Consumer } from '../../src/process/consumer.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import { ClickHouseEventStore } from '../../src/stores/events/clickhouse-event-store.js';
import { ClickHouseSegmentStore } from '../../src/stores/events/clickhouse-segment-store.js';
import { ClickHouseEventHistory } from '../../src/stores/events/event-history.js';
import { PostgresActivationState } from '../../src/stores/state/postgres-activation-state.js';
import { PostgresIdentityState } from '../../src/stores/state/postgres-identity-state.js';
import { PostgresPipelineState } from '../../src/stores/state/postgres-pipeline-state.js';
import { PostgresSegmentState } from '../../src/stores/state/postgres-segment-state.js';
import { PostgresSnapshotState } from '../../src/stores/state/postgres-snapshot-state.js';
import { askForMerge, askForUnmerge } from '../simulation/operators.js';
import type { HistoryStep } from './arbitraries/history.js';

/** What a pipeline runs on. */
export interface SteppedStores {
  readonly postgres: PostgresConnection;
  readonly pool: Pool;
  readonly clickhouse: ClickHouse;
}

/** The real consumer on the real engines, under a clock that moves only when told to, which stands still between two steps. */
export class SteppedPipeline {
  #now: number;
  #requests = 0;
  readonly #stores: SteppedStores;
  readonly #log = new MemoryLog({ segmentBytesMax: 1 << 24, now: () => 0 });
  #life: ConsumerLife;

  constructor(stores: SteppedStores, now: number) {
    this.#stores = stores;
    this.#now = now;
    this.#life = this.#begin();
  }

  /** The time that it is in the pipeline. */
  get now(): number {
    return this.#now;
  }

  /** Lets a step happen, and the consumer do all that there is to do. Rejects when an attempt of the consumer fails. */
  async perform(step: HistoryStep): Promise<void> {
    const { pool } = this.#stores;
    if (step.kind === 'time_passes') this.#now += step.ms;
    else if (step.kind === 'calls') await this.#append(step.sourceId, step.calls);
    else if (step.kind === 'merge') await askForMerge(pool, step.a, step.b);
    else await askForUnmerge(pool, step.a, step.b);
    await this.settle();
  }

  /** Lets the consumer do all that there is to do. */
  settle(): Promise<void> {
    return this.#life.settle();
  }

  /** Puts another consumer in the place of this one, with nothing in its memory. */
  async restart(): Promise<void> {
    await this.#life.end();
    this.#life = this.#begin();
  }

  /** Ends the consumer. */
  stop(): Promise<void> {
    return this.#life.end();
  }

  /** The profile of each event now, by offset; without the events of nobody. */
  async placed(): Promise<ReadonlyMap<number, string>> {
    const rows = await this.#stores.clickhouse.query<{ offset: number; id: string }>(
      'SELECT offset, toString(profile_id) AS id FROM events_resolved WHERE profile_id != {nobody:UUID}',
      { nobody: NOBODY },
    );
    return new Map(rows.map(({ offset, id }) => [offset, id]));
  }

  async #append(sourceId: string, calls: readonly JsonObject[]): Promise<void> {
    if (calls.length === 0) return;
    const receipt = `receipt-${this.#requests++}`;
    await this.#log.append([
      {
        ...{ sourceId, receivedAt: this.#now, receipt, call: 'batch', ip: '', userAgent: '', direct: false },
        ...{ count: calls.length, body: JSON.stringify({ batch: calls }) },
      },
    ]);
  }

  #begin(): ConsumerLife {
    return new ConsumerLife(this.#stores, this.#log, () => this.#now);
  }
}

/** One consumer, from its start to its end. */
class ConsumerLife {
  readonly #state: PostgresPipelineState;
  readonly #consumer: Consumer;
  readonly #started: Promise<void>;
  #ended: Promise<void> = Promise.resolve();
  /** It looked for work since the last commit, and found none. */
  #isQuiet = false;
  #wake: () => void = () => {};
  #idle: () => void = () => {};
  #fail: (error: unknown) => void = () => {};

  constructor({ postgres, clickhouse }: SteppedStores, log: MemoryLog, now: () => number) {
    const connections = openPool(postgres, { name: 'stepped', max: 4 });
    this.#state = new PostgresPipelineState(connections);
    this.#consumer = new Consumer({
      ...{ log, state: this.#state, enrich: createEnricher(undefined), eventBytesMax: 65_536 },
      identity: new PostgresIdentityState(connections),
      activation: {
        state: new PostgresActivationState(connections),
        snapshots: new PostgresSnapshotState(connections),
        log: new ClickHouseDeliveryLog(clickhouse),
      },
      segments: {
        state: new PostgresSegmentState(connections),
        store: new ClickHouseSegmentStore(clickhouse),
      },
      events: new ClickHouseEventStore(clickhouse),
      history: new ClickHouseEventHistory(clickhouse),
      pace: { now, sleep: async () => {}, more: () => this.#pause() },
      reports: {
        committed: () => {
          this.#isQuiet = false;
        },
        failed: (error) => this.#fail(error),
      },
    });
    this.#started = this.#untilIdle(() => {
      this.#ended = this.#consumer.run();
    });
  }

  async settle(): Promise<void> {
    await this.#started;
    this.#isQuiet = false;
    await this.#untilIdle(() => this.#wake());
  }

  async end(): Promise<void> {
    await this.#started;
    this.#consumer.stop();
    this.#wake();
    await this.#ended;
    await this.#state.close();
  }

  /** Nothing was to be done by what was known before the last batch was stored: idle is who finds nothing once more. */
  #pause(): Promise<void> {
    if (!this.#isQuiet) {
      this.#isQuiet = true;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#idle();
    });
  }

  #untilIdle(start: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#idle = resolve;
      this.#fail = reject;
      start();
    });
  }
}
