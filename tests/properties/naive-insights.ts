/** Funnels, retention and trends as the specification says them, and as slowly as that takes. */
import type { Event } from '../../src/core/event/event.js';
import type { Unit } from '../../src/core/insights/buckets.js';
import type { Funnel } from '../../src/core/insights/funnel.js';
import type { Retention } from '../../src/core/insights/retention.js';
import { durationMs } from '../../src/core/segments/duration.js';
import { type WallClock, wallClock } from '../../src/core/segments/moment.js';

/** Events, by the person whose they are now. */
export type Histories = ReadonlyMap<string, readonly Event[]>;

function inOrder(events: readonly Event[]): Event[] {
  return [...events].sort((a, b) => a.timestamp - b.timestamp || a.offset - b.offset);
}

/** How somebody came to a step. */
interface Arrival {
  readonly at: number;
  readonly sinceFirst: number;
  readonly sinceBefore: number;
}

const earliest =
  (length: 'sinceFirst' | 'sinceBefore') =>
  (best: Arrival | undefined, next: Arrival): Arrival =>
    best === undefined || next.at < best.at || (next.at === best.at && next[length] < best[length])
      ? next
      : best;

/** For each step: people, those who continued, those who came from the first, and their times, by label. */
export interface NaiveStep {
  people: number;
  continued: number[];
  fromFirst: number[];
}

/** The funnel's figures by label; selectors are by name alone, and what is shared stands in a property. */
export function naiveFunnel(funnel: Funnel, histories: Histories): Map<string, NaiveStep[]> {
  const { steps, mode = 'closed', same, by } = funnel;
  const [from, to] = [Date.parse(funnel.from), Date.parse(funnel.to)];
  const within = funnel.within === undefined ? Number.POSITIVE_INFINITY : durationMs(funnel.within);
  const entries = mode === 'closed' ? [0] : steps.map((_, index) => index);
  const found = new Map<string, NaiveStep[]>();
  for (const history of histories.values()) {
    const events = inOrder(history);
    const shared = (event: Event) =>
      typeof same === 'string' ? JSON.stringify(event.properties[same.replace('properties.', '')]) : 'any';
    const may = (event: Event, step: number) =>
      event.name === steps[step]?.event && shared(event) !== undefined && event.timestamp >= from;
    const enters = (event: Event, step: number) => may(event, step) && event.timestamp < to;
    const first = events.find((event) => entries.some((entry) => enters(event, entry)));
    if (first === undefined) continue;
    const arrivals = (entry: number, step: number): Arrival[] => {
      const chains: Event[][] = [];
      const extend = (chain: Event[], after: number): void => {
        if (chain.length === step - entry + 1) {
          chains.push(chain);
          return;
        }
        const [begin] = chain;
        for (let index = after; index < events.length; index += 1) {
          const event = events[index] as Event;
          const place = entry + chain.length;
          if (begin === undefined ? !enters(event, place) : !may(event, place)) continue;
          if (begin !== undefined && event.timestamp - begin.timestamp > within) continue;
          if (begin !== undefined && shared(begin) !== shared(event)) continue;
          extend([...chain, event], index + 1);
        }
      };
      extend([], 0);
      // For each value: the event that came first; of its chains the one that began last; the step before as early as possible.
      return [...new Set(chains.map((chain) => shared(chain[0] as Event)))].map((value) => {
        const own = chains.filter((chain) => shared(chain[0] as Event) === value);
        const end = Math.min(...own.map((chain) => events.indexOf(chain.at(-1) as Event)));
        const ending = own.filter((chain) => events.indexOf(chain.at(-1) as Event) === end);
        const began = Math.max(...ending.map((chain) => (chain[0] as Event).timestamp));
        const latest = ending.filter((chain) => chain[0]?.timestamp === began);
        const before = Math.min(...latest.map((chain) => (chain.at(-2) ?? (chain[0] as Event)).timestamp));
        const at = events[end]?.timestamp as number;
        return { at, sinceFirst: at - began, sinceBefore: at - before };
      });
    };
    const label =
      by === undefined || !('field' in by)
        ? ''
        : (JSON.stringify(first.properties[by.field.replace('properties.', '')]) ?? 'null');
    const figures =
      found.get(label) ?? steps.map((): NaiveStep => ({ people: 0, continued: [], fromFirst: [] }));
    found.set(label, figures);
    for (const [step, figure] of figures.entries()) {
      if (entries.some((entry) => entry <= step && arrivals(entry, step).length > 0)) figure.people += 1;
      const before = entries.filter((entry) => entry < step).flatMap((entry) => arrivals(entry, step));
      const continued = before.reduce<Arrival | undefined>(earliest('sinceBefore'), undefined);
      if (continued !== undefined) figure.continued.push(continued.sinceBefore);
      const came = arrivals(0, step).reduce<Arrival | undefined>(earliest('sinceFirst'), undefined);
      if (came !== undefined) figure.fromFirst.push(came.sinceFirst);
    }
  }
  return found;
}

/** The value that a share of all are smaller than. */
export function naiveQuantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length * share)] as number;
}

/** Which hour, day, week or month of a zone a moment is in, counted from some early one. */
export function naivePeriod(unit: Unit, zone: string, ms: number): number {
  // Invariant: the zone exists.
  const clock = wallClock(zone) as WallClock;
  const { year, month, day, hour } = clock(ms);
  const days = Date.UTC(year, month - 1, day) / 86_400_000;
  switch (unit) {
    case 'hour':
      return days * 24 + hour;
    case 'day':
      return days;
    case 'week':
      // 1 January 1970 was a Thursday.
      return Math.floor((days + 3) / 7);
    case 'month':
      return year * 12 + month;
  }
}

/** For each cohort its people and those who came back after 0, 1, … periods. */
export function naiveRetention(retention: Retention, histories: Histories): number[][] {
  const { per, zone = 'UTC', cohorts = 'first', periods, unbounded = false } = retention;
  const [from, to] = [Date.parse(retention.from), Date.parse(retention.to)];
  const periodOf = (ms: number) => naivePeriod(per, zone, ms);
  const [begin, end] = [periodOf(from), periodOf(to - 1)];
  const table = Array.from({ length: end - begin + 1 }, () => Array<number>(periods + 2).fill(0));
  for (const history of histories.values()) {
    const events = inOrder(history);
    const starts = events.filter(({ name, timestamp }) => name === retention.start.event && timestamp < to);
    const counted = (cohorts === 'first' ? starts.slice(0, 1) : starts).filter(
      ({ timestamp }) => timestamp >= from,
    );
    const cohortsOf = new Map<number, Event>();
    for (const start of counted) {
      const period = periodOf(start.timestamp);
      if (!cohortsOf.has(period)) cohortsOf.set(period, start);
    }
    for (const [period, start] of cohortsOf) {
      const row = table[period - begin] as number[];
      row[0] = (row[0] as number) + 1;
      const later = events
        .slice(events.indexOf(start) + 1)
        .filter(({ name }) => name === retention.return.event);
      const passed = later.map(({ timestamp }) => periodOf(timestamp) - period);
      for (let after = 0; after <= periods; after += 1) {
        if (passed.some((n) => n === after || (unbounded && n > after)))
          row[after + 1] = (row[after + 1] as number) + 1;
      }
    }
  }
  return table;
}
