import type { Event } from '../event/event.js';
import type { IdentifierFault } from '../identity/compile-rules.js';
import { isObject } from '../json.js';
import { EXPECTED_TRAITS } from './expected-traits.js';
import { isFilled, valueAt } from './quality-of.js';

/** One figure: of a source, on a day of receipt. */
export interface QualityFigure {
  readonly sourceId: string;
  /** Days since 1970, UTC. */
  readonly day: number;
  /** What is counted: see the methods of `QualityTally`. */
  readonly measure: string;
  readonly n: number;
}

/** What an event holds that is not as it must be. */
export interface Faults {
  readonly identifiers: readonly IdentifierFault[];
  /** Kinds of consent strings that cannot be decoded. */
  readonly undecodable: readonly string[];
}

const DAY_MS = 86_400_000;

/**
 * Counts what tells how good the data of each source are:
 *
 * - `events`, and `events_of_nobody` of them; `duplicates`; `rejected`;
 * - `identifies`, and `given.<trait>` of them for each expected trait: completeness;
 * - `invalid.<kind>` and `blocked.<kind>`: values that stood where an identifier belongs; `valid.<kind>`: those that were one;
 * - `undecodable.tcf` and `undecodable.gpp`: consent strings that say nothing, since they cannot be decoded.
 */
export class QualityTally {
  #counts = new Map<string, Map<string, number>>();
  #last: { day: number; sourceId: string; counts: Map<string, number> } | undefined;

  /** An event that was placed. */
  seen(
    event: Event,
    kinds: ReadonlyArray<{ readonly kind: string }>,
    { identifiers: faults, undecodable }: Faults,
    ofNobody: boolean,
  ): void {
    const counts = this.#of(event.sourceId, event.receivedAt);
    add(counts, 'events');
    if (ofNobody) add(counts, 'events_of_nobody');
    for (const { kind, reason } of faults) add(counts, `${reason}.${kind}`);
    for (const kind of undecodable) add(counts, `undecodable.${kind}`);
    if (event.type !== 'identify') return;
    add(counts, 'identifies');
    for (const { kind } of kinds) add(counts, `valid.${kind}`);
    const carried = isObject(event.context.traits) ? event.context.traits : {};
    for (const { trait, names } of EXPECTED_TRAITS) {
      const given = names.some(
        (name) => isFilled(valueAt(event.traits, name)) || isFilled(valueAt(carried, name)),
      );
      if (given) add(counts, `given.${trait}`);
    }
  }

  /** One that came before. */
  duplicate(sourceId: string, receivedAt: number): void {
    add(this.#of(sourceId, receivedAt), 'duplicates');
  }

  /** One that was refused. */
  rejected(sourceId: string, receivedAt: number): void {
    add(this.#of(sourceId, receivedAt), 'rejected');
  }

  /** All figures since the last call, in one order everywhere, so that two writers never wait for each other in a circle. */
  take(): QualityFigure[] {
    const figures: QualityFigure[] = [];
    for (const [key, counts] of [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const at = key.indexOf(' ');
      const [day, sourceId] = [Number(key.slice(0, at)), key.slice(at + 1)];
      for (const [measure, n] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
        figures.push({ sourceId, day, measure, n });
    }
    this.#counts = new Map();
    this.#last = undefined;
    return figures;
  }

  /** Events come in runs of one source and day. */
  #of(sourceId: string, receivedAt: number): Map<string, number> {
    const day = Math.floor(receivedAt / DAY_MS);
    if (this.#last?.day === day && this.#last.sourceId === sourceId) return this.#last.counts;
    const key = `${day} ${sourceId}`;
    const counts = this.#counts.get(key) ?? new Map<string, number>();
    this.#counts.set(key, counts);
    this.#last = { day, sourceId, counts };
    return counts;
  }
}

function add(counts: Map<string, number>, measure: string): void {
  counts.set(measure, (counts.get(measure) ?? 0) + 1);
}
