/** Small values that destinations find again, such as the ids that a tool gave. */
import type { JsonValue } from '../../core/json.js';

/** The state store, as destinations' own values use it. Times are milliseconds since 1970 UTC. */
export interface DestinationValues {
  /** Undefined when there is none, or its time is over. */
  get(destination: number, key: string, now: number): Promise<JsonValue | undefined>;
  set(destination: number, key: string, value: JsonValue, expiresAt: number | undefined): Promise<void>;
}
