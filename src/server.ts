/** The composition root: the only file that knows every folder, and in which order things start and stop. */
import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { ActivateWorker } from './activate/activate-worker.js';
import { createActivateWorker } from './activate/activate-worker.js';
import type { ActivateStart } from './activate/worker.js';
import { activationOf } from './activating.js';
import type { AdminParts } from './admin/admin-parts.js';
import { LiveFeed } from './admin/live-feed.js';
import { openOidc } from './admin/oidc/sign-in-parts.js';
import type { OverviewParts } from './admin/overview.js';
import { adminRoutes } from './admin/routes.js';
import type { RulesWatch } from './admin/rules-in-force.js';
import { watchRules } from './admin/rules-in-force.js';
import type { SegmentParts } from './admin/segment-parts.js';
import { Suppressing } from './admin/suppressing.js';
import type { SystemParts } from './admin/system.js';
import { oneSimulation, simulateIdentity } from './batch/simulate-identity.js';
import { appendOwn } from './collect/append-own.js';
import { Gate } from './collect/gate.js';
import { GroupCommit } from './collect/group-commit.js';
import { collectRoutes } from './collect/routes.js';
import { unsubscribeRoutes } from './collect/unsubscribe-routes.js';
import type { Config } from './config.js';
import { readSignInWays } from './core/access/oidc-settings.js';
import { readUnsubscribeToken } from './core/consent/unsubscribe-token.js';
import { TributaryError } from './core/errors.js';
import type { Identifies } from './core/event/check.js';
import type { LiveEvent } from './core/event/live-event.js';
import type { Engines } from './engines/engines.js';
import { startEngines } from './engines/engines.js';
import { openPool } from './engines/postgres.js';
import { createApp } from './http/app.js';
import { consoleFiles } from './http/console-files.js';
import type { Checks } from './http/health.js';
import { healthRoutes, runChecks } from './http/health.js';
import type { Importing } from './importing.js';
import { startImporting } from './importing.js';
import { PostgresLog } from './log/postgres-log.js';
import { startMaintenance } from './maintenance.js';
import type { ProcessWorker } from './process/process-worker.js';
import { startProcessWorker } from './process/process-worker.js';
import type { Recommending } from './recommending.js';
import { startRecommending } from './recommending.js';
import { Analyst } from './stores/events/analyst.js';
import { countPeople, readArrivals } from './stores/events/arrivals.js';
import { ConsentHistory } from './stores/events/consent-history.js';
import { ClickHouseEventHistory } from './stores/events/event-history.js';
import { EventQueries } from './stores/events/event-queries.js';
import { InsightQueries } from './stores/events/insight-queries.js';
import { KnownNames } from './stores/events/known-names.js';
import { MembershipQueries } from './stores/events/membership-queries.js';
import { readPast } from './stores/events/past-events.js';
import { PeopleQueries } from './stores/events/people-queries.js';
import { QueryConsole } from './stores/events/query-console.js';
import { SegmentQueries } from './stores/events/segment-queries.js';
import { storedTables } from './stores/events/stored-tables.js';
import { migrate } from './stores/migrate.js';
import { returnPathMac } from './stores/return-path-mac.js';
import type { SecretKey } from './stores/secret-key.js';
import { openSecretKey } from './stores/secret-key.js';
import type { AdminTokens } from './stores/state/admin-tokens.js';
import { openAdminTokens } from './stores/state/admin-tokens.js';
import { hasAlertRules } from './stores/state/alert-rules.js';
import { ApiTokens } from './stores/state/api-tokens.js';
import { AuditLog } from './stores/state/audit-log.js';
import { ComputedTraits } from './stores/state/computed-traits.js';
import { CouponPools } from './stores/state/coupon-pools.js';
import type { LowStock } from './stores/state/coupons.js';
import { Coupons } from './stores/state/coupons.js';
import { readVocabulary } from './stores/state/definitions.js';
import { hasDestinations } from './stores/state/destinations.js';
import { lastingQuarantines } from './stores/state/identity-graph.js';
import { readLedger } from './stores/state/ledger.js';
import { OidcLinks } from './stores/state/oidc-links.js';
import { PostgresIdentityState } from './stores/state/postgres-identity-state.js';
import type { MembershipChange } from './stores/state/segment-state.js';
import { Segments } from './stores/state/segments.js';
import { Sessions } from './stores/state/sessions.js';
import { Sources } from './stores/state/sources.js';
import { storedBytes } from './stores/state/stored-bytes.js';
import { Suppressions } from './stores/state/suppressions.js';
import { Users } from './stores/state/users.js';
import { unsubscribeMac } from './stores/unsubscribe-mac.js';
import { collectWhenIdle } from './telemetry/collect-when-idle.js';
import { createMetrics, type Metrics } from './telemetry/metrics.js';
import { createLogger, showOn } from './telemetry/show.js';
import type { Tell } from './telemetry/telemetry.js';
import { version } from './version.js';

/** Connections to PostgreSQL for the log's appends, of which one runs at a time, and its upkeep. */
const LOG_CONNECTIONS = 3;
const ADMIN_CONNECTIONS = 5;
/** Quiet after which the main thread's garbage is collected. */
const IDLE_MS = 3_000;

/** A question over everybody: somebody waits for the answer. */
const ASK_SECONDS_MAX = 30;

/** A running server. */
export interface Server {
  /** Where it listens, such as `http://127.0.0.1:3000`. */
  readonly url: string;
  /** The admin token, when it was generated just now: to be shown this once. */
  readonly generatedToken: string | undefined;
  /** Takes no more requests, finishes what is in work, and stops the engines. */
  stop(): Promise<void>;
}

/** How long requests in work may still take when the server stops. */
const LAST_ANSWERS_MS_MAX = 5_000;

/** What the parts of a server share. */
interface Parts {
  readonly config: Config;
  readonly engines: Engines;
  readonly pool: Pool;
  readonly log: PostgresLog;
  readonly sources: Sources;
  readonly tokens: AdminTokens;
  readonly gate: Gate;
  readonly live: LiveFeed<LiveEvent>;
  readonly memberships: LiveFeed<MembershipChange>;
  readonly worker: ProcessWorker;
  readonly activate: ActivateWorker;
  readonly importing: Importing;
  readonly recommending: Recommending;
  readonly rules: RulesWatch;
  readonly commits: GroupCommit;
  readonly appendOwn: AdminParts['appendOwn'];
  readonly suppressions: Suppressions;
  readonly suppressing: Suppressing;
  readonly metrics: Metrics;
  readonly tell: Tell;
}

type OwnCallsParts = Pick<Parts, 'pool' | 'sources' | 'log' | 'gate' | 'worker' | 'rules'>;

/**
 * Starts the whole product; resolves when it answers.
 * @param died is told when the process worker ended unasked: nothing is processed any more, and the process must end.
 * @throws TributaryError with a sentence for people when a setting, the data folder or an engine is not as it must be.
 */
export async function startServer(config: Config, died: (error: unknown) => void): Promise<Server> {
  const startedAt = performance.now();
  const logger = createLogger(config.logLevel);
  const metrics = createMetrics();
  const tell = showOn(logger, metrics);
  const engines = await startEngines(config, logger.child({ component: 'engine' }));
  let stop = () => engines.stop();
  try {
    const parts = await openParts(config, engines, metrics, tell, died);
    stop = () => stopParts(parts);
    const endMaintenance = await startMaintenance({
      ...parts,
      dataDir: engines.dataDir,
    });
    stop = () => {
      endMaintenance();
      return stopParts(parts);
    };
    const app = await openDoors(parts);
    const url = await listen(app, config);
    stop = async () => {
      endMaintenance();
      await closeDoors(app);
      await stopParts(parts);
    };
    tell({
      name: 'server_started',
      url,
      dataDir: engines.dataDir,
      tookMs: Math.round(performance.now() - startedAt),
    });
    return { url, generatedToken: parts.tokens.generated, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openParts(
  config: Config,
  engines: Engines,
  metrics: Metrics,
  tell: Tell,
  died: (error: unknown) => void,
): Promise<Parts> {
  const pool = openPool(engines.postgres, { name: 'tributary-admin', max: ADMIN_CONNECTIONS });
  await migrate(pool, engines.reader);
  const tokens = await openAdminTokens(pool, config.adminToken);
  const sources = new Sources(pool);
  await sources.refresh();
  const log = new PostgresLog(openPool(engines.postgres, { name: 'tributary-log', max: LOG_CONNECTIONS }));
  const { next } = await log.extent();
  const { total } = await readLedger(pool);
  const gate = new Gate({ appended: next, committed: next - total.pending }, config);
  metrics.watchBacklog(() => gate.backlog);
  const idle = collectWhenIdle(IDLE_MS);
  const live = new LiveFeed<LiveEvent>((on) => worker.watch('events', on));
  const memberships = new LiveFeed<MembershipChange>((on) => worker.watch('memberships', on));
  const isNeeded = async () => (await hasDestinations(pool)) || (await hasAlertRules(pool));
  const activate = createActivateWorker(activateStart(config, engines), isNeeded, { told: tell, died });
  // No more than it needs: the admin token stays here.
  const { geoipFile, eventBytesMax, dedupeDays, quarantineDays } = config;
  // Points of deliveries are the other worker's.
  const testFault = config.testFault?.startsWith('delivery_') ? undefined : config.testFault;
  const { postgres, clickhouse } = engines;
  const worker = await startProcessWorker(
    { postgres, clickhouse, geoipFile, eventBytesMax, dedupeDays, quarantineDays, testFault },
    {
      told(event) {
        if (event.name === 'batch_committed') {
          idle.busy();
          gate.committed(event.until);
          activate.decided();
        }
        tell(event);
      },
      live: (events, left) => live.publish(events, left),
      memberships: (changes, left) => memberships.publish(changes, left),
      died,
    },
  );
  activate.changed();
  const rules = await watchRules(pool);
  const identifies = identifiesBy(rules);
  const importing = await startImporting({ config, engines, pool, log, gate, worker, tell, identifies });
  const calls = ownCalls({ pool, sources, log, gate, worker, rules });
  const recommending = await startRecommending({ engines, pool, tell });
  return {
    ...{ config, engines, pool, log, sources, tokens, gate, live, memberships },
    ...{ worker, activate, importing, recommending, rules, ...calls },
    ...{ metrics, tell },
  };
}

/** How Tributary's own calls get into the log, and what makes some. */
function ownCalls({ pool, sources, log, gate, worker, rules }: OwnCallsParts) {
  const commits = new GroupCommit(log, (until) => {
    gate.appended(until);
    worker.appended();
  });
  const own: AdminParts['appendOwn'] = (sourceId, calls) =>
    appendOwn(sourceId, calls, { commits, now: Date.now, closed: () => gate.closed() });
  const suppressions = new Suppressions(pool);
  const suppressing = new Suppressing({
    ...{ pool, sources, suppressions, appendOwn: own, rulesInForce: () => rules.read() },
  });
  return { commits, appendOwn: own, suppressions, suppressing };
}

/** What the activate worker needs, and no more. */
function activateStart(config: Config, { postgres, clickhouse, dataDir }: Engines): ActivateStart {
  const { secretKey, destinationNetworks, publicUrl, testFault } = config;
  const destinationsDir = config.destinationsDir ?? join(dataDir, 'destinations');
  const exportsDir = config.exportsDir ?? join(dataDir, 'exports');
  return {
    ...{ postgres, clickhouse, dataDir, destinationsDir, exportsDir, secretKey },
    ...{ destinationNetworks, publicUrl, testFault },
  };
}

/** See `checkEvent`: the door judges by the rules that the pipeline goes by. */
function identifiesBy(rules: RulesWatch): Identifies {
  return (event) => rules.known().rules.identify(event).identifiers.length > 0;
}

/** The HTTP server with all its routes. */
async function openDoors(parts: Parts): Promise<FastifyInstance> {
  const { config, engines, pool, sources, tokens, gate, live, worker, commits, suppressing } = parts;
  const { metrics, tell } = parts;
  const { imports, files, runner, preview } = parts.importing;
  const app = createApp(tell, config.trustProxy);
  const analyst = new Analyst(engines.analyst);
  await app.register(collectRoutes, {
    ...{ requestBytesMax: config.requestBytesMax, eventBytesMax: config.eventBytesMax },
    ...{ corsOrigins: config.corsOrigins, publicUrl: config.publicUrl },
    ...{ commits, tell, now: Date.now },
    sourceOfKey: (key) => sources.byKey(key),
    closed: () => gate.closed(),
    identifies: identifiesBy(parts.rules),
  });
  const secretKey = openSecretKey(config.secretKey, engines.dataDir);
  const mac = unsubscribeMac(secretKey);
  await app.register(unsubscribeRoutes, {
    read: (token) => readUnsubscribeToken(token, mac),
    unsubscribe: (said) => suppressing.unsubscribe(said),
  });
  await app.register(adminRoutes, {
    pool,
    sources,
    tokens,
    apiTokens: new ApiTokens(pool),
    users: new Users(pool),
    sessions: new Sessions(pool),
    audit: new AuditLog(pool),
    signIn: signInOf(parts, secretKey),
    live,
    version,
    system: systemOf(parts),
    overview: overviewOf(parts),
    rulesInForce: () => parts.rules.read(),
    operationAdded: () => worker.appended(),
    simulate: oneSimulation(async (rules, samples) =>
      simulateIdentity(
        new ClickHouseEventHistory(engines.reader),
        { facts: await new PostgresIdentityState(pool).facts(), marked: await lastingQuarantines(pool) },
        rules,
        samples,
      ),
    ),
    events: new EventQueries(engines.reader),
    ...{ people: new PeopleQueries(engines.reader, askLimits(config)), segmentation: segmentationOf(parts) },
    activation: activationOf({
      pool,
      clickhouse: engines.reader,
      secretKey,
      worker,
      activate: parts.activate,
    }),
    insights: new InsightQueries(analyst, () => readVocabulary(pool)),
    queries: new QueryConsole(analyst),
    names: new KnownNames(engines.reader),
    ...{ appendOwn: parts.appendOwn, suppressions: parts.suppressions, suppressing },
    returnPathMac: returnPathMac(secretKey),
    consentHistory: new ConsentHistory(engines.reader),
    coupons: couponsOf(pool, tell),
    recommending: parts.recommending,
    imports,
    ...{ importFiles: files, previewImport: preview },
    importAdded: () => runner.wake(),
    importRate: (id) => runner.rowsPerSecond(id),
  });
  await app.register(healthRoutes, { metrics, checks: checksOf(parts) });
  await app.register(consoleFiles);
  return app;
}

function couponsOf(pool: Pool, tell: Tell): AdminParts['coupons'] {
  const low = (stock: LowStock) => tell({ name: 'coupon_stock_low', ...stock });
  return { pools: new CouponPools(pool), given: new Coupons(pool, { random: randomBytes, low }) };
}

function signInOf({ config, pool, tell }: Parts, key: SecretKey): AdminParts['signIn'] {
  const { password, oidc } = readSignInWays(config);
  const failed = (failure: string, message: string) => tell({ name: 'sign_in_failed', failure, message });
  return { password, links: new OidcLinks(pool), oidc: oidc && openOidc(oidc, key, failed) };
}

/** As much as one query of the reader may take. */
function askLimits({ clickhouseMemoryBytesMax }: Parts['config']) {
  return { secondsMax: ASK_SECONDS_MAX, memoryBytesMax: Math.floor(clickhouseMemoryBytesMax / 2) };
}

function segmentationOf({ config, engines, pool, memberships, worker }: Parts): SegmentParts {
  const limits = askLimits(config);
  return {
    segments: new Segments(pool),
    computedTraits: new ComputedTraits(pool),
    vocabulary: () => readVocabulary(pool),
    queries: new SegmentQueries(engines.reader, limits),
    memberships: new MembershipQueries(engines.reader, limits),
    past: (query) => readPast(engines.reader, query),
    live: memberships,
    changed: () => worker.appended(),
  };
}

function systemOf(parts: Parts): SystemParts {
  const { config, pool, engines } = parts;
  const { logRetentionHours: logHours, logBytesMax, dedupeDays, quarantineDays } = config;
  return {
    checks: () => runChecks(checksOf(parts)),
    sizes: async () => ({ state: await storedBytes(pool), events: await storedTables(engines.reader) }),
    embedded: {
      postgres: config.databaseUrl === undefined,
      clickhouse: config.clickhouseUrl === undefined,
    },
    retention: { logHours, logBytesMax, dedupeDays, quarantineDays },
  };
}

function overviewOf({ engines, metrics }: Parts): OverviewParts {
  return {
    people: () => countPeople(engines.reader),
    latency: () => metrics.recentLatency(),
    arrivals: (asked) => readArrivals(engines.reader, asked),
  };
}

function checksOf({ engines, pool, gate, config }: Parts): Checks {
  return {
    async postgres() {
      await pool.query('SELECT 1');
      return { ok: true };
    },
    async clickhouse() {
      await engines.reader.query('SELECT 1');
      return { ok: true };
    },
    log: async () => ({ ok: gate.backlog <= config.backlogEventsMax, backlogEvents: gate.backlog }),
    disk: async () => ({ ok: gate.diskFreeBytes >= config.diskFreeBytesMin, freeBytes: gate.diskFreeBytes }),
  };
}

/** @throws TributaryError `config_invalid` when the address cannot be had. */
async function listen(app: FastifyInstance, { host, port }: Config): Promise<string> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const why = code === 'EADDRINUSE' ? `port ${port} is taken by another program` : message;
    throw new TributaryError(
      'config_invalid',
      `Cannot listen on ${host}: ${why}. Set TRIBUTARY_HOST and TRIBUTARY_PORT to a free address of this machine.`,
      { cause },
    );
  }
  const { address, port: bound, family } = app.server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${bound}`;
}

/** Takes no more requests, and answers those in work. */
async function closeDoors(app: FastifyInstance): Promise<void> {
  const late = setTimeout(() => app.server.closeAllConnections(), LAST_ANSWERS_MS_MAX);
  await app.close();
  clearTimeout(late);
}

async function stopParts(parts: Parts): Promise<void> {
  parts.rules.stop();
  await parts.importing.runner.stop();
  await parts.recommending.stop();
  await parts.worker.stop();
  await parts.activate.stop();
  await Promise.allSettled([parts.log.close(), parts.pool.end()]);
  await parts.engines.stop();
}
