import type { Scenario } from './measure.js';

/** Scenarios that run one after the other on the same server, which starts on a fresh data folder. */
export interface Plan {
  readonly name: string;
  readonly scenarios: readonly Scenario[];
  /** Watch the server do nothing at the end. */
  readonly idle: boolean;
}

/** What the command line asks to run. */
export interface PlanOptions {
  /** Events of a throughput scenario. */
  readonly events: number;
  /** Events a request, one throughput scenario each. */
  readonly batches: readonly number[];
  /** Names of the scenarios to run; all when empty. */
  readonly only: readonly string[];
  /** Instead of the rates of the open-loop scenarios, in events a second. */
  readonly rate?: number;
  /** Instead of each scenario's own number of connections. */
  readonly connections?: number;
}

/** A request costs far more than an event: fewer events make the same time. */
const SINGLE_EVENTS_MAX = 200_000;
const WARM_UP_SECONDS = 3;

/**
 * What to run, in order.
 * @throws Error for a scenario that does not exist, naming those that do.
 */
export function planScenarios(options: PlanOptions): Plan[] {
  const { rate, connections, only } = options;
  const throughput = options.batches.map((batch): Scenario => {
    const events = batch === 1 ? Math.min(options.events, SINGLE_EVENTS_MAX) : options.events;
    return { name: `batch-${batch}`, batch, events, connections: connections ?? connectionsFor(batch) };
  });
  const latency = [
    openLoop('single-latency', 1, rate ?? 6000, 20, connections ?? 128),
    openLoop('profile-latency', 20, rate ?? 3000, 30, connections ?? 32),
  ];
  const names = [...throughput, ...latency].map((scenario) => scenario.name).concat('idle');
  const unknown = only.filter((name) => !names.includes(name));
  if (unknown.length > 0)
    throw new Error(`--scenario ${unknown.join(', ')} does not exist: take ${names.join(', ')}`);
  const wanted = (name: string): boolean => only.length === 0 || only.includes(name);
  const plans: Plan[] = throughput
    .filter((scenario) => wanted(scenario.name))
    .map((scenario) => ({ name: scenario.name, scenarios: [scenario], idle: false }));
  const latencyWanted = latency.filter((scenario) => wanted(scenario.name));
  if (latencyWanted.length > 0) plans.push({ name: 'latency', scenarios: latencyWanted, idle: false });
  if (!wanted('idle')) return plans;
  // Idle means after work: caches are full and connections open. The first plan has seen the most events.
  const [first, ...rest] = plans;
  return first === undefined
    ? [{ name: 'idle', scenarios: [], idle: true }]
    : [{ ...first, idle: true }, ...rest];
}

/** Enough requests in flight to keep the server busy while a commit runs. */
function connectionsFor(batch: number): number {
  if (batch >= 100) return 16;
  return batch > 1 ? 32 : 64;
}

function openLoop(name: string, batch: number, rate: number, seconds: number, connections: number): Scenario {
  const load = { batch, connections, events: rate * seconds, eventsPerSecond: rate };
  return { name, ...load, warmUpSeconds: WARM_UP_SECONDS };
}
