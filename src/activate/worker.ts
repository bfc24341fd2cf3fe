/**
 * The activate worker: a thread of its own, so that connectors' code never holds up the HTTP event loop or the pipeline. This file wires the deliverer
 * to its stores and to the main thread; the work itself is in `deliverer.ts`.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import type { Pool } from 'pg';

import { SUPPRESSION_CHANNELS } from '../core/consent/suppression.js';
import { unsubscribeToken } from '../core/consent/unsubscribe-token.js';
import { TributaryError } from '../core/errors.js';
import { normaliseEmail } from '../core/identity/normalise-email.js';
import type { ClickHouse, ClickHouseOptions } from '../engines/clickhouse.js';
import { openClickHouse } from '../engines/clickhouse.js';
import type { PostgresConnection } from '../engines/postgres.js';
import { openPool } from '../engines/postgres.js';
import { BoughtTogether } from '../stores/events/bought-together.js';
import { Catalogue } from '../stores/events/catalogue.js';
import { ClickHouseDeliveryLog } from '../stores/events/clickhouse-delivery-log.js';
import { DeliveryQueries } from '../stores/events/delivery-queries.js';
import { ParquetWriter } from '../stores/events/parquet-writer.js';
import { openSecretKey } from '../stores/secret-key.js';
import { AlertRules } from '../stores/state/alert-rules.js';
import { CouponPools } from '../stores/state/coupon-pools.js';
import { Coupons, type LowStock } from '../stores/state/coupons.js';
import { readBacklogs } from '../stores/state/delivery-books.js';
import type { DestinationFact } from '../stores/state/delivery-state.js';
import { Destinations } from '../stores/state/destinations.js';
import { PostgresDeliveryState } from '../stores/state/postgres-delivery-state.js';
import { PostgresDestinationValues } from '../stores/state/postgres-destination-values.js';
import { PostgresPeopleAtDoor } from '../stores/state/postgres-people-at-door.js';
import { mergedBy } from '../stores/state/profiles.js';
import { RecommendationState } from '../stores/state/recommendation-state.js';
import { readReceipts } from '../stores/state/sources.js';
import { Suppressions } from '../stores/state/suppressions.js';
import { collectWhenIdle } from '../telemetry/collect-when-idle.js';
import type { TelemetryEvent } from '../telemetry/telemetry.js';
import { type AlertParts, watchAlerts } from './alerts.js';
import { answers } from './answer.js';
import { Deliverer } from './deliverer.js';
import type { SendContext } from './destinations/destination.js';
import { requireOk } from './destinations/require-ok.js';
import { killAtDelivery } from './fault.js';
import { type FindKind, findKindWith } from './find-kind.js';
import { readAddressRules } from './http/address-rules.js';
import { DestinationHttp } from './http/destination-http.js';
import type { ResolveLate } from './late/late-resolver.js';
import { resolveLate } from './late/resolve-late.js';
import { ALERT_MS_MAX, type AlertMailers, alertMailers } from './mail-alert.js';
import type { AskName, Asks, FromActivate, ToActivate } from './messages.js';
import { type Outlet, type OutletParts, openOutlet } from './outlet.js';
import { openOwnFolder } from './own/own-folder.js';
import type { SettlerParts } from './settler.js';
import { tellSettled } from './tell-settled.js';
import { REAL_TIME } from './time.js';

/** To start the worker. Everything is plain data: it crosses a thread. */
export interface ActivateStart {
  readonly postgres: PostgresConnection;
  readonly clickhouse: Omit<ClickHouseOptions, 'role'>;
  readonly dataDir: string;
  /** Of people's own destinations. */
  readonly destinationsDir: string;
  /** Where destinations may write files. */
  readonly exportsDir: string;
  readonly secretKey: string | undefined;
  /** Networks beside the public internet that destinations may speak to; see http/address-rules.ts. */
  readonly destinationNetworks: readonly string[];
  readonly publicUrl: string | undefined;
  /** See `fault.ts`; undefined but for tests. */
  readonly testFault: string | undefined;
}

/** Connections to PostgreSQL: one settles and holds the lease. */
const CONNECTIONS = 6;
/** Quiet after which this thread's garbage is collected. */
const IDLE_MS = 3_000;

// Invariant: this file is only ever started as a worker.
const port = parentPort as NonNullable<typeof parentPort>;
const post = (message: FromActivate) => port.postMessage(message);
const tell = (event: TelemetryEvent) => post({ type: 'told', event });

await main(workerData as ActivateStart);

async function main(start: ActivateStart): Promise<void> {
  const pool = openPool(start.postgres, { name: 'tributary-activate', max: CONNECTIONS });
  const key = openSecretKey(start.secretKey, start.dataDir);
  const state = new PostgresDeliveryState(pool, key);
  const clickhouse = await openClickHouse({ ...start.clickhouse, role: 'writer' });
  const idle = collectWhenIdle(IDLE_MS, () => void clickhouse.trim().catch(() => {}));
  const mac: OutletParts['mac'] = (use, text) => createHmac('sha256', key.derive(use)).update(text).digest();
  const ownFolder = openOwnFolder(start.destinationsDir, tell);
  const findKind = findKindWith(ownFolder);
  // A ClickHouse server does not see our files: then the embedded one that reads imports, with nothing in it, writes them.
  const engine = { path: join(start.dataDir, 'imports', 'engine'), ...start.clickhouse, url: undefined };
  const parquet = new ParquetWriter(() => openClickHouse({ ...engine, role: 'reader' }));
  const parts: OutletParts = {
    rules: readAddressRules(start.destinationNetworks),
    values: new PostgresDestinationValues(pool),
    time: REAL_TIME,
    mac,
    files: { root: start.exportsDir, parquet: (rows, columns) => parquet.write(rows, columns) },
  };
  const fault = start.testFault === undefined ? undefined : killAtDelivery(start.testFault);
  const deliverer = new Deliverer({
    ...{ state, time: REAL_TIME, late: lateValues(pool, clickhouse) },
    log: new ClickHouseDeliveryLog(clickhouse),
    people: new PostgresPeopleAtDoor(pool),
    openOutlet: (destination) => outletTo(destination, findKind, parts, start.publicUrl),
    heard: hearing(new Suppressions(pool)),
    settled(ended) {
      idle.busy();
      for (const event of tellSettled(ended)) tell(event);
    },
    failed,
    ...(fault === undefined ? {} : { fault }),
  });
  const answer = answers({ ...parts, findKind, ownFolder, queues: () => deliverer.queues });
  port.on('message', (message: ToActivate) => {
    if (message.type === 'changed') deliverer.changed();
    else if (message.type === 'stop') deliverer.stop();
    else
      void reply(
        message.id,
        answer[message.name] as (ask: unknown) => Promise<Asks[AskName]['answer']>,
        message.ask,
      );
  });
  const mailers = alertMailers(new Destinations(pool, key), parts);
  const endAlerts = watchAlerts(alertsOf(pool, new DeliveryQueries(clickhouse), mailers, parts));
  post({ type: 'ready' });
  await deliverer.run();
  endAlerts();
  await parquet.close();
  await clickhouse.close();
  // The thread itself lives on: its end would take the embedded ClickHouse away from the others (see `openClickHouse`).
  post({ type: 'stopped' });
}

function failed(error: unknown, retryInMs: number): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tell({ name: 'delivery_failed', message, retryInMs });
}

function alertsOf(
  pool: ReturnType<typeof openPool>,
  queries: DeliveryQueries,
  mailers: AlertMailers,
  { rules, time }: OutletParts,
): AlertParts {
  const http = new DestinationHttp({ rules, secrets: [] });
  return {
    rules: new AlertRules(pool),
    async figures(since) {
      const [backlogs, rates] = await Promise.all([readBacklogs(pool), queries.rates(since)]);
      const byId = new Map(rates.map((rate) => [rate.destinationId, rate]));
      return backlogs.map((one) => ({ attempts: 0, failed: 0, ...one, ...byId.get(one.destinationId) }));
    },
    receipts: () => readReceipts(pool),
    async tell({ url, email }, id, body) {
      if (email !== undefined) return (await mailers(email.destination)).send(email.to, id, body);
      // Invariant: a rule without an address of e-mail has one of these.
      if (url === undefined) return;
      const { fetch } = http.call({ signal: AbortSignal.timeout(ALERT_MS_MAX), dryRun: false });
      const headers = { 'content-type': 'application/json', 'webhook-id': id };
      const response = await fetch(url, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        redirect: 'manual',
      });
      await requireOk(response, time.now());
    },
    failed: (error) => failed(error, 0),
    time,
  };
}

async function reply(id: number, answer: (ask: unknown) => Promise<unknown>, ask: unknown): Promise<void> {
  try {
    post({ type: 'answer', id, answer: await answer(ask) });
  } catch (error) {
    const code = error instanceof TributaryError ? error.code : 'internal';
    post({ type: 'refusal', id, code, message: error instanceof Error ? error.message : String(error) });
  }
}

async function outletTo(
  destination: DestinationFact,
  findKind: FindKind,
  parts: OutletParts,
  publicUrl: string | undefined,
): Promise<Outlet> {
  const kind = await findKind(destination.kind);
  if (kind === undefined) throw new Error(`There is no kind of destination ${destination.kind}`);
  const unsubscribeLink = publicUrl === undefined ? undefined : linksOf(destination, publicUrl, parts.mac);
  return openOutlet(kind, destination, {
    ...parts,
    ...(unsubscribeLink === undefined ? {} : { unsubscribeLink }),
  });
}

function linksOf(
  { channel, purposes }: DestinationFact,
  publicUrl: string,
  mac: OutletParts['mac'],
): NonNullable<SendContext['unsubscribeLink']> {
  const list = SUPPRESSION_CHANNELS.find((known) => known === channel) ?? 'all';
  return ({ key }, address) => {
    const said = { channel: list, kind: 'email', value: normaliseEmail(address), purposes, delivery: key };
    return `${publicUrl.replace(/\/$/, '')}/u/${unsubscribeToken(said, (text) => mac('unsubscribe', text))}`;
  };
}

/** Coupons and recommendations, for what is sent. */
function lateValues(pool: Pool, clickhouse: ClickHouse): ResolveLate {
  const pools = new CouponPools(pool);
  const low = (stock: LowStock) => tell({ name: 'coupon_stock_low', ...stock });
  const coupons = new Coupons(pool, { random: randomBytes, low });
  const state = new RecommendationState(pool);
  return resolveLate({
    coupons: {
      async give(poolId, campaign, requests) {
        const found = await pools.find(poolId);
        return found && coupons.assign(found, campaign ?? found.campaign, requests, Date.now());
      },
    },
    recommender: new BoughtTogether({
      ...{ clickhouse, catalogue: new Catalogue(clickhouse) },
      merged: (profileIds) => mergedBy(pool, profileIds),
      served: () => state.served(),
    }),
    now: Date.now,
  });
}

/** What tools say of addresses goes on the suppression lists. */
function hearing(suppressions: Suppressions): SettlerParts['heard'] {
  return async (heard) => {
    await suppressions.add(heard.map(suppressionOf).filter(({ value }) => value !== ''));
  };
}

function suppressionOf({ feedback, logged }: Parameters<SettlerParts['heard']>[0][number]) {
  return {
    ...{ channel: 'email' as const, reason: feedback.kind, purposes: [] },
    ...{ kind: 'email', value: normaliseEmail(feedback.address) },
    source: `destination ${logged.destinationId}`,
    proof: { delivery: logged.key, error: logged.error },
  };
}
