import type { JsonValue } from '../../json.js';
import type { SqlValue } from '../sql/sql-value.js';

/** What a measure looks at of each event: nothing but the event, a number, or a scalar. */
export type Needs = 'nothing' | 'number' | 'scalar';

/** An event as a measure sees it. */
export interface Sample {
  /** The event's timestamp, milliseconds since 1970 UTC. */
  readonly at: number;
  readonly offset: number;
  /** What `needs` says: null where nothing is needed. */
  readonly value: JsonValue;
}

/**
 * A figure of a set of events, in the forms that it is computed in. `State` is JSON; the same events give the same figure in any order,
 * one by one or joined from two parts.
 */
export interface Fold<State = JsonValue> {
  readonly needs: Needs;
  /** Numbers beyond this, to either side, do not count. */
  readonly numberMax?: number;
  /** In a window that moves: true when an older event no longer matters once a newer one is there. */
  outdates?(newer: JsonValue, older: JsonValue): boolean;
  add(state: State | undefined, sample: Sample): State;
  /** The state of many values at once, where that is far cheaper than one by one. */
  ofMany?(values: readonly JsonValue[]): State;
  join(one: State, other: State): State;
  value(state: State | undefined): JsonValue | undefined;
  /**
   * The figure of a group of rows with the columns `at`, `log_offset`, and `value`: a nullable number, or the JSON text of a scalar.
   */
  readonly sql: SqlValue;
}
