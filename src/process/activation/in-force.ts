/** Connections that are in force, compiled, and found by what can concern them. */
import { keepsAudience } from '../../core/delivery/connection.js';
import {
  type CompiledConnection,
  type ConnectionInForce,
  compileConnection,
} from '../../core/delivery/connection-in-force.js';
import { TributaryError } from '../../core/errors.js';
import type { Event } from '../../core/event/event.js';
import { routesOf } from '../../core/segments/events/selector.js';
import type { SegmentsInForce } from '../segments/in-force.js';

/** See the head of the file. */
export class ConnectionsInForce {
  readonly epoch: number;
  /** What connections ask of people is answered by these. */
  readonly segments: SegmentsInForce;
  /** Those that keep audiences, by the number of the connection. */
  readonly audiences: ReadonlyMap<number, CompiledConnection>;
  /** Those that take snapshots, likewise. */
  readonly snapshots: ReadonlyMap<number, CompiledConnection>;
  /** Why some do not work, by the connection's id: they match nothing. */
  readonly faults: ReadonlyMap<string, string>;
  readonly isEmpty: boolean;
  /** What anybody's accounts are asked for. */
  readonly readsAccounts: boolean;
  readonly #byRoute = new Map<string, CompiledConnection[]>();
  readonly #triggers = new Map<string, CompiledConnection[]>();
  readonly #audiencesOf = new Map<string, CompiledConnection[]>();

  constructor(epoch: number, connections: readonly ConnectionInForce[], segments: SegmentsInForce) {
    this.epoch = epoch;
    this.segments = segments;
    const faults = new Map<string, string>();
    const audiences = new Map<number, CompiledConnection>();
    const snapshots = new Map<number, CompiledConnection>();
    let readsAccounts = false;
    for (const connection of connections) {
      const compiled = orFault(connection, segments, faults);
      if (compiled === undefined) continue;
      const { from } = compiled.definition;
      for (const route of compiled.routes) file(this.#byRoute, route, compiled);
      readsAccounts ||= compiled.who?.reads.has('accounts') === true;
      if (!('segment' in from)) continue;
      if (keepsAudience(compiled.definition)) {
        audiences.set(compiled.connectionNumber, compiled);
        file(this.#audiencesOf, from.segment, compiled);
      } else if (from.snapshot !== undefined) {
        if (segments.byId.has(from.segment)) snapshots.set(compiled.connectionNumber, compiled);
      } else file(this.#triggers, from.segment, compiled);
    }
    this.audiences = audiences;
    this.snapshots = snapshots;
    this.faults = faults;
    this.readsAccounts = readsAccounts;
    this.isEmpty = this.#byRoute.size + this.#triggers.size + audiences.size === 0;
  }

  /** Those that may take an event. */
  *ofEvent(event: Event): Iterable<CompiledConnection> {
    if (this.#byRoute.size === 0) return;
    for (const route of routesOf(event)) yield* this.#byRoute.get(route) ?? [];
  }

  /** Those that tell that somebody entered, or left, a segment. */
  triggers(segmentId: string, entered: boolean): readonly CompiledConnection[] {
    const all = this.#triggers.get(segmentId) ?? [];
    const wanted = entered ? 'entered' : 'left';
    return all.filter(({ definition: { from } }) => 'segment' in from && from.when === wanted);
  }

  /** Those that keep an audience of a segment. */
  audiencesOf(segmentId: string): readonly CompiledConnection[] {
    return this.#audiencesOf.get(segmentId) ?? [];
  }

  /** Those that keep an audience of any of these segments. @param members numbers of segments */
  *audiencesAmong(members: ReadonlySet<number>): Iterable<CompiledConnection> {
    for (const [segmentId, connections] of this.#audiencesOf) {
      const segment = this.segments.byId.get(segmentId);
      if (segment !== undefined && members.has(segment.segmentNumber)) yield* connections;
    }
  }
}

/** One that does not compile (any more) takes nothing: it is shown with the reason. */
function orFault(
  connection: ConnectionInForce,
  segments: SegmentsInForce,
  faults: Map<string, string>,
): CompiledConnection | undefined {
  try {
    return compileConnection(connection, segments.compiler);
  } catch (error) {
    if (!(error instanceof TributaryError)) throw error;
    faults.set(connection.connectionId, error.message);
    return undefined;
  }
}

function file(map: Map<string, CompiledConnection[]>, key: string, connection: CompiledConnection): void {
  const filed = map.get(key);
  if (filed === undefined) map.set(key, [connection]);
  else filed.push(connection);
}
