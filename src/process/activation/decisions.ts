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

/** Gathers what one commit of the consumer decides. Everything that matched is counted once, and sent or filtered. */
export class Decisions {
  readonly #now: number;
  readonly #hasRoom: (connection: CompiledConnection, decided: number) => boolean;
  readonly #deliveries: Delivery[] = [];
  readonly #filtered: LoggedAttempt[] = [];
  readonly #balance = new Map<string, BalanceChange>();
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
    this.#deliveries.push({
      ...cause,
      ...{ destination, connection: versionNumber, payload, decidedAt: this.#now },
      ...(prepared.needsGiven && given !== undefined ? { given } : {}),
    });
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
    // In one order everywhere, so that two writers never wait for each other in a circle.
    const balance = [...this.#balance.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, change]) => change);
    // Who leaves and who enters may be known to the tool by the same address.
    const removals = this.#deliveries.filter(({ kind }) => kind === 'removed');
    const others = this.#deliveries.filter(({ kind }) => kind !== 'removed');
    return {
      ...{ deliveries: [...removals, ...others], balance, filtered: this.#filtered },
      members: this.#members,
    };
  }

  #count(
    connection: CompiledConnection,
    outcome: BalanceChange['outcome'],
    reason: BalanceChange['reason'],
  ): void {
    const { destinationNumber: destination, versionNumber } = connection;
    const key = [
      String(destination).padStart(10, '0'),
      String(versionNumber).padStart(10, '0'),
      outcome,
      reason,
    ].join(' ');
    const deliveries = (this.#balance.get(key)?.deliveries ?? 0) + 1;
    this.#balance.set(key, { destination, connection: versionNumber, outcome, reason, deliveries });
  }
}
