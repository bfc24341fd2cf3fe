import { createHash } from 'node:crypto';
import type { CompiledConnection } from '../../core/delivery/connection-in-force.js';
import type { Delivery, FilterReason } from '../../core/delivery/delivery.js';
import type { JsonObject } from '../../core/json.js';
import type { LoggedAttempt } from '../../stores/events/delivery-log.js';
import type {
  ActivationChanges,
  AudienceMember,
  BalanceChange,
} from '../../stores/state/activation-state.js';

/** What is to be sent, before it is mapped. */
export type Cause = Omit<Delivery, 'destination' | 'connection' | 'payload' | 'given' | 'decidedAt'>;

/** What mappings are carried out with. */
export const TOOLS = {
  sha256: (text: string, encoding: 'hex' | 'base64') => createHash('sha256').update(text).digest(encoding),
};
const ERROR_CHARS_MAX = 1_000;

/** How many of a connection had an outcome. */
interface Counted extends Pick<BalanceChange, 'outcome' | 'reason'> {
  deliveries: number;
}

/** Gathers what one commit of the consumer decides. Everything that matched is counted once, and sent or filtered. */
export class Decisions {
  readonly #now: number;
  readonly #hasRoom: (connection: CompiledConnection, decided: number) => boolean;
  readonly #deliveries: Delivery[] = [];
  readonly #filtered: LoggedAttempt[] = [];
  /** What is counted, by outcome and reason, of each connection. */
  readonly #balance = new Map<CompiledConnection, Map<string, Counted>>();
  readonly #decided = new Map<number, number>();
  readonly #members: AudienceMember[] = [];
  #nth = 0;

  /** @param hasRoom whether a destination may have one more waiting, after so many by this commit. */
  constructor(now: number, hasRoom: (connection: CompiledConnection, decided: number) => boolean) {
    this.#now = now;
    this.#hasRoom = hasRoom;
  }

  /** A number for one more thing that is told of a segment. */
  next(): number {
    this.#nth += 1;
    return this.#nth;
  }

  /** Maps and sends. @returns whether it is sent; else it is filtered, with the reason. */
  send(connection: CompiledConnection, cause: Cause, given: JsonObject): boolean {
    const payload = this.map(connection, cause, given);
    return payload !== undefined && this.sendPayload(connection, cause, payload, given);
  }

  /** What the mapping makes; undefined where that cannot be sent: then it is filtered. */
  map(connection: CompiledConnection, cause: Cause, given: JsonObject): JsonObject | undefined {
    const mapped = connection.map(given, TOOLS);
    if ('payload' in mapped) return mapped.payload;
    this.filter(connection, cause, mapped.reason, mapped.error);
    return undefined;
  }

  /** Sends what is mapped. @param given what it was mapped from, where there was something. @returns as `send` does. */
  sendPayload(
    connection: CompiledConnection,
    cause: Cause,
    payload: JsonObject,
    given?: JsonObject,
  ): boolean {
    const { destinationNumber: destination, versionNumber, prepared } = connection;
    const decided = this.#decided.get(destination) ?? 0;
    if (!this.#hasRoom(connection, decided)) {
      this.filter(connection, cause, 'backlog_full', '');
      return false;
    }
    this.#decided.set(destination, decided + 1);
    this.#count(connection, 'matched', '');
    const delivery: Delivery = {
      ...cause,
      destination,
      connection: versionNumber,
      payload,
      decidedAt: this.#now,
    };
    this.#deliveries.push(prepared.needsGiven && given !== undefined ? { ...delivery, given } : delivery);
    return true;
  }

  /** Notes that something matched and is not sent. @param error for people. */
  filter(connection: CompiledConnection, cause: Cause, reason: FilterReason, error: string): void {
    const { destinationId, connectionId, version } = connection;
    this.#count(connection, 'matched', '');
    this.#count(connection, 'filtered', reason);
    this.#filtered.push({
      ...{ destinationId, connectionId, connectionVersion: version, ...cause },
      ...{ attempt: 0, at: this.#now, tookMs: 0, outcome: 'filtered', reason },
      ...{ error: error.slice(0, ERROR_CHARS_MAX), request: '', response: '' },
    });
  }

  /** Notes whom an audience holds from now on. */
  hold(member: AudienceMember): void {
    this.#members.push(member);
  }

  /** All of it. */
  changes(): ActivationChanges {
    const balance: BalanceChange[] = [];
    for (const [{ destinationNumber: destination, versionNumber }, counts] of this.#balance)
      for (const count of counts.values()) balance.push({ destination, connection: versionNumber, ...count });
    // In one order everywhere, so that two writers never wait for each other in a circle.
    balance.sort(
      (a, b) =>
        a.destination - b.destination ||
        a.connection - b.connection ||
        (a.outcome + a.reason < b.outcome + b.reason ? -1 : 1),
    );
    // Who leaves and who enters may be known to the tool by the same address.
    const removals = this.#deliveries.filter(({ kind }) => kind === 'removed');
    const others = this.#deliveries.filter(({ kind }) => kind !== 'removed');
    return {
      ...{ deliveries: [...removals, ...others], balance, filtered: this.#filtered },
      members: this.#members,
    };
  }

  #count(connection: CompiledConnection, outcome: Counted['outcome'], reason: Counted['reason']): void {
    const counts = this.#balance.get(connection) ?? new Map<string, Counted>();
    if (counts.size === 0) this.#balance.set(connection, counts);
    const key = outcome + reason;
    const count = counts.get(key);
    if (count === undefined) counts.set(key, { outcome, reason, deliveries: 1 });
    else count.deliveries += 1;
  }
}
