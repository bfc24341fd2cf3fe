/** The deliverer in this process, on real stores, and a tool on loopback for it to send to. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pool } from 'pg';
import { Deliverer, type DelivererParts } from '../../src/activate/deliverer.js';
import { OWN_KINDS } from '../../src/activate/destinations/kinds.js';
import { readAddressRules } from '../../src/activate/http/address-rules.js';
import { NOTHING_LATE } from '../../src/activate/late/late-resolver.js';
import { openOutlet } from '../../src/activate/outlet.js';
import { REAL_TIME } from '../../src/activate/time.js';
import { openPool } from '../../src/engines/postgres.js';
import { ClickHouseDeliveryLog } from '../../src/stores/events/clickhouse-delivery-log.js';
import { PostgresDeliveryState } from '../../src/stores/state/postgres-delivery-state.js';
import { PostgresDestinationValues } from '../../src/stores/state/postgres-destination-values.js';
import { PostgresPeopleAtDoor } from '../../src/stores/state/postgres-people-at-door.js';
import type { FreshStores } from '../support/fresh-stores.js';
import { books, TEST_KEY } from '../support/waiting-deliveries.js';

/** A tool that remembers what it was sent. */
export class Tool {
  readonly seen: Array<{ readonly key: string; readonly body: string }> = [];
  answer: (key: string, response: ServerResponse, nth: number) => unknown = (_, response) =>
    response.end('{}');
  readonly #server = createServer((request, response) => void this.#take(request, response));

  static async open(): Promise<Tool> {
    const tool = new Tool();
    await new Promise<void>((resolve) => tool.#server.listen(0, '127.0.0.1', resolve));
    return tool;
  }

  get settings() {
    return {
      url: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/hook`,
    };
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const part of request) body += String(part);
    const key = String(request.headers['webhook-id']);
    this.seen.push({ key, body });
    this.answer(key, response, this.seen.filter((one) => one.key === key).length);
  }
}

/** A deliverer at work. */
export class RunningDeliverer {
  readonly deliverer: Deliverer;
  /** What it said of stores that failed. */
  readonly failures: unknown[] = [];
  readonly #running: Promise<void>;

  constructor(stores: FreshStores, more: Partial<DelivererParts> = {}) {
    const own = openPool(stores.postgres, { name: 'the deliverer', max: 4 });
    const values = new PostgresDestinationValues(own);
    const parts = {
      values,
      rules: readAddressRules(['127.0.0.1']),
      time: REAL_TIME,
      mac: () => new Uint8Array(),
    };
    this.deliverer = new Deliverer({
      state: new PostgresDeliveryState(own, TEST_KEY),
      log: new ClickHouseDeliveryLog(stores.clickhouse),
      people: new PostgresPeopleAtDoor(own),
      late: NOTHING_LATE,
      time: REAL_TIME,
      async openOutlet(destination) {
        const kind = await OWN_KINDS[destination.kind]?.();
        if (kind === undefined) throw new Error('There is no such kind');
        return openOutlet(kind, destination, parts);
      },
      heard: async () => {},
      settled: () => {},
      failed: (error) => this.failures.push(error),
      ...more,
    });
    this.#running = this.deliverer.run();
  }

  async stop(): Promise<void> {
    this.deliverer.stop();
    await this.#running;
  }
}

/** Resolves with the books of a destination when nothing waits for it. */
export async function settled(pool: Pool, destination: number): Promise<Record<string, number>> {
  for (;;) {
    const found = await books(pool, destination);
    if (found.pending === undefined) return found;
    await soon();
  }
}

/** Resolves after a moment. */
export function soon(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 20));
}
