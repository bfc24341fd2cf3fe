/**
 * `npm run bench:ingest`: what a server does with a shop's events, from request to profile, and what it costs.
 * Starts its own servers on fresh data folders, and fails when their books do not agree with what was sent.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type GrowthMeasurement, measureGrowth } from './growth.js';
import { type IdleMeasurement, type Measurement, measure, measureIdle } from './measure.js';
import { describeMachine, judge, type Report, renderReport } from './report.js';
import { type Plan, planScenarios } from './scenarios.js';
import { Session } from './session.js';
import { PEOPLE } from './workload.js';
import { measureYardstick } from './yardstick.js';

const HELP = `npm run bench:ingest -- [options]
  --json           print one JSON object on stdout, on one line; progress goes to stderr, and npm keeps quiet with npm run -s
  --events N       events of a throughput scenario (1000000; singles at most 200000)
  --batch LIST     events a request, one throughput scenario each (100,20,1)
  --scenario NAME  only this one; may be repeated: batch-100, batch-20, batch-1, single-latency, profile-latency, idle
  --rate N         events a second of the open-loop scenarios (6000 and 3000)
  --connections N  requests in flight at most (by scenario)
  --save FILE      write that object to FILE as well, to be compared with later (benches/ingest/baseline.json)
  --growth         instead: cost with 1M and with --stored events stored, and start to ready with those
  --stored N       events to store for --growth (20000000)
  --people N       people whom the events are about, Zipf-distributed (100000)
  --segments N     segments of mixed kinds, kept up to date meanwhile (0)
  --seed N         seed of the workload (1)
  --data-dir DIR   make the data folders in DIR (a temporary folder)
  --keep           keep the data folders
  --entry FILE     script of the server (dist/main.js)`;

/** Merges of the event store go on for a while after the last event: idle begins behind them. */
const IDLE_AFTER_MS = 10_000;
const IDLE_SECONDS = 10;

interface Options {
  readonly json: boolean;
  readonly keep: boolean;
  readonly save: string | undefined;
  readonly seed: number;
  readonly segments: number;
  readonly people: number;
  readonly entry: string;
  readonly dataDir: string | undefined;
  /** Events to store for the growth measurement, which then runs instead of the plans. */
  readonly growthStored: number | undefined;
  readonly plans: readonly Plan[];
}

interface Results {
  readonly measurements: Measurement[];
  readonly readySeconds: Record<string, number>;
  idle: IdleMeasurement | null;
  growth: GrowthMeasurement | null;
}

/** The server that runs now and the temporary folder, to be cleared up when we are interrupted. */
let running: Session | undefined;
let temporary: string | undefined;

async function main(): Promise<void> {
  const options = readOptions();
  if (options === undefined) return;
  const results: Results = { measurements: [], readySeconds: {}, idle: null, growth: null };
  const folder = options.dataDir ?? (await mkdtemp(path.join(tmpdir(), 'tributary-bench-')));
  if (options.dataDir === undefined) {
    await chmod(folder, 0o755); // PostgreSQL runs as another user when we are root
    if (!options.keep) temporary = folder;
  }
  const yardstick = measureYardstick();
  let failure: string | null = null;
  try {
    await runAll(options, folder, results);
  } catch (error) {
    failure = describe(error);
    process.exitCode = 1;
  }
  if (temporary === undefined) progress(`data folders are in ${folder}`);
  else await rm(temporary, { recursive: true, force: true });
  const report: Report = {
    machine: describeMachine([yardstick, measureYardstick()]),
    seed: options.seed,
    ...results,
    targets: judge(results),
    verified: failure === null,
    failure,
  };
  if (options.save !== undefined) await writeFile(options.save, `${JSON.stringify(report, null, 2)}\n`);
  process.stdout.write(`${options.json ? JSON.stringify(report) : renderReport(report)}\n`);
  if (failure !== null) progress(`FAILED: ${failure}`);
}

async function runAll(options: Options, folder: string, results: Results): Promise<void> {
  if (options.growthStored !== undefined) {
    const stored = options.growthStored;
    await withSession('growth', options, folder, results, async (session) => {
      results.growth = await measureGrowth(session, stored, progress);
    });
    return;
  }
  for (const plan of options.plans) {
    await withSession(plan.name, options, folder, results, (session) => runPlan(session, plan, results));
  }
}

async function runPlan(session: Session, plan: Plan, results: Results): Promise<void> {
  for (const scenario of plan.scenarios) {
    progress(`${scenario.name}: ${scenario.events.toLocaleString('en')} events`);
    const measurement = await measure(session, scenario);
    results.measurements.push(measurement);
    progress(
      `${scenario.name}: ${Math.round(measurement.eventsPerSecond).toLocaleString('en')} events/s to profile`,
    );
  }
  if (!plan.idle) return;
  progress('idle');
  await new Promise((resolve) => setTimeout(resolve, IDLE_AFTER_MS));
  results.idle = await measureIdle(session, IDLE_SECONDS);
}

/** Runs the work on a fresh server, compares the books, and clears up; a failure carries the end of the server's log. */
async function withSession(
  name: string,
  { entry, keep, seed, segments, people }: Options,
  folder: string,
  results: Results,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  const session = await Session.start({ entry, folder, name, seed, segments, people, keep });
  running = session;
  results.readySeconds[name] = session.server.readySeconds;
  try {
    await work(session);
    await session.verify();
  } catch (error) {
    const log = session.server.logTail();
    await session.end().catch(() => {}); // the first failure is the one to tell
    throw new Error(`${name}: ${describe(error)}\nthe server's log ends:\n${log}`, { cause: error });
  } finally {
    running = undefined;
  }
  await session.end();
}

/** The options given, or undefined when help was printed. Throws with a sentence that names the wrong option. */
function readOptions(): Options | undefined {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean' } as const;
  const { values } = parseArgs({
    options: {
      ...{
        json: flag,
        keep: flag,
        growth: flag,
        help: flag,
        events: text,
        batch: text,
        rate: text,
        stored: text,
      },
      ...{
        scenario: { type: 'string', multiple: true },
        connections: text,
        save: text,
        seed: text,
        segments: text,
        people: text,
        'data-dir': text,
        entry: text,
      },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return undefined;
  }
  const rate = values.rate === undefined ? {} : { rate: readCount('rate', values.rate) };
  const connections =
    values.connections === undefined ? {} : { connections: readCount('connections', values.connections) };
  const plans = planScenarios({
    events: readCount('events', values.events ?? '1000000'),
    batches: (values.batch ?? '100,20,1').split(',').map((batch) => readCount('batch', batch)),
    only: values.scenario ?? [],
    ...rate,
    ...connections,
  });
  return {
    json: values.json ?? false,
    keep: values.keep ?? false,
    save: values.save,
    seed: readCount('seed', values.seed ?? '1'),
    segments: values.segments === undefined ? 0 : readCount('segments', values.segments),
    people: readCount('people', values.people ?? String(PEOPLE)),
    entry: path.resolve(values.entry ?? 'dist/main.js'),
    dataDir: values['data-dir'] === undefined ? undefined : path.resolve(values['data-dir']),
    growthStored: values.growth ? readCount('stored', values.stored ?? '20000000') : undefined,
    plans,
  };
}

function readCount(name: string, text: string): number {
  if (/^[1-9]\d{0,11}$/.test(text)) return Number(text);
  throw new Error(`--${name} ${text} must be a whole number above 0`);
}

function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !error.message.includes(error.cause.message)
    ? `${error.message}: ${error.cause.message}`
    : error.message;
}

async function clearUp(): Promise<void> {
  await running?.end();
  if (temporary !== undefined) await rm(temporary, { recursive: true, force: true });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    progress(`${signal}: stopping`);
    void clearUp()
      .catch((error: unknown) => progress(describe(error)))
      .then(() => process.exit(1));
  });
}

await main().catch((error: unknown) => {
  progress(describe(error));
  process.exitCode = 1;
});
