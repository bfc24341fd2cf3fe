import type { TelemetryEvent } from '../telemetry/telemetry.js';
import type { Ended } from './settler.js';

interface Told {
  readonly outcomes: Record<string, number>;
  readonly latenciesMs: number[];
}

/** What is told of deliveries that were settled: one event for each destination. */
export function tellSettled(ended: readonly Ended[]): TelemetryEvent[] {
  const told = new Map<string, Told>();
  for (const { logged } of ended) {
    const { destinationId, outcome, receivedAt, at } = logged;
    const one: Told = told.get(destinationId) ?? { outcomes: {}, latenciesMs: [] };
    told.set(destinationId, one);
    one.outcomes[outcome] = (one.outcomes[outcome] ?? 0) + 1;
    if (outcome === 'delivered') one.latenciesMs.push(Math.max(0, at - receivedAt));
  }
  return Array.from(told, ([destinationId, { outcomes, latenciesMs }]) => ({
    name: 'deliveries_settled',
    ...{ destinationId, outcomes, latenciesMs },
  }));
}
