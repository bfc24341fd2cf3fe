/**
 * What a segment is: an immutable tree, as JSON. What each node means is specified in `docs/specs/segments.md`; each kind's own
 * file reads, explains, evaluates and compiles it.
 */

/** A length of time with a fixed number of milliseconds, such as `7 days`; see `duration.ts`. */
export type Duration = string;
/** A moment, ISO 8601: a date (midnight UTC), or a date and time with an offset. */
export type MomentText = string;
/**
 * Keys that lead to a value, separated by dots; a dot inside a key is written `\.`. Of a trait: from the trait's name on. Of an
 * event: `properties.…`, `context.…`, `traits.…`, or one of `EVENT_FIELDS`. Of an item: from the item on.
 */
export type Path = string;

/** A test of one value. On a value that is null or missing every test is false, but for those that ask for just that. */
export type Test =
  | {
      readonly op: 'equals' | 'not_equals';
      readonly value: string | number | boolean;
      readonly ignoreCase?: boolean;
    }
  | {
      readonly op: 'in' | 'not_in';
      readonly values: ReadonlyArray<string | number | boolean>;
      readonly ignoreCase?: boolean;
    }
  | {
      readonly op: 'contains' | 'starts_with' | 'ends_with';
      readonly value: string;
      readonly ignoreCase?: boolean;
    }
  /** RE2 syntax, found anywhere in the text. */
  | { readonly op: 'matches'; readonly pattern: string; readonly ignoreCase?: boolean }
  /** There, and not null. */
  | { readonly op: 'exists' }
  /** There, and null: somebody said that there is none. */
  | { readonly op: 'is_null' }
  /** Not there at all. */
  | { readonly op: 'is_missing' }
  | { readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: number }
  /** Both ends included. */
  | { readonly op: 'between'; readonly from: number; readonly to: number }
  | { readonly op: 'before' | 'after'; readonly date: MomentText }
  | { readonly op: 'within_last' | 'within_next' | 'older_than'; readonly duration: Duration }
  /** Its day and month are those of today, or of one of the next days, whatever the year. */
  | { readonly op: 'anniversary'; readonly inNextDays?: number; readonly zone?: string }
  /** An object with `latitude` and `longitude` (also `lat`; `lng`, `lon`), in degrees, on a sphere. */
  | { readonly op: 'near'; readonly latitude: number; readonly longitude: number; readonly km: number }
  | {
      readonly op: 'has_any' | 'has_all' | 'has_none';
      readonly values: ReadonlyArray<string | number | boolean>;
      readonly ignoreCase?: boolean;
    };

/** A condition on one event, or on one item of an array in it. */
export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] }
  | { readonly not: Condition }
  | { readonly field: Path; readonly is: Test }
  /** At least one object of the array fulfils the condition, whose fields are the object's own. */
  | { readonly items: Path; readonly where: Condition };

/** Which events; with neither `event` nor `type`, any. */
export interface Selector {
  /** The name of a track call. */
  readonly event?: string;
  /** Else the type of call, and of a page or screen its name where wanted. */
  readonly type?: 'identify' | 'page' | 'screen' | 'group' | 'alias';
  readonly name?: string;
  readonly where?: Condition;
  readonly during?: During;
}

/** Times of the day and days of the week on a clock on the wall. */
export interface During {
  /** From (included) to (excluded), 0 to 24; from 22 to 6 goes over midnight. */
  readonly hours?: { readonly from: number; readonly to: number };
  /** 1 is Monday, 7 is Sunday. */
  readonly days?: readonly number[];
  /** An IANA name, or `person` (the default): the event's own `context.timezone`, else UTC. */
  readonly zone?: string;
}

/** What is made of the selected events. */
export type Measure =
  | { readonly kind: 'count' }
  /** Numbers alone count; others are as if the event had not happened. */
  | { readonly kind: 'sum' | 'avg' | 'min' | 'max'; readonly of: Path }
  /** Texts, numbers and booleans alone count; `distinct` counts different ones, `list` is them, sorted. */
  | { readonly kind: 'distinct' | 'list' | 'first' | 'last' | 'most_frequent'; readonly of: Path }
  /** Times of the events themselves. */
  | { readonly kind: 'first_at' | 'last_at' };

/** Which times of the events count. */
export type Window =
  | { readonly kind: 'ever' }
  | { readonly kind: 'last'; readonly duration: Duration }
  /** From (included) to (excluded). */
  | { readonly kind: 'between'; readonly from?: MomentText; readonly to?: MomentText }
  /** After the last event that this selects; nothing when there is none. */
  | { readonly kind: 'since'; readonly event: Selector };

/** A figure of a person's events. */
export interface EventsValue extends Selector {
  readonly measure?: Measure;
  readonly window?: Window;
}

/** One step of a sequence. */
export interface Step extends Selector {
  /** At most this long after the step before. */
  readonly within?: Duration;
  /** None of these between the step before and this one. */
  readonly without?: readonly Selector[];
  /** Where this step's correlated value stands, if not where that of the sequence does. */
  readonly same?: Correlation;
  /** Of the last step alone, with `within`: it did *not* happen, and its time is over. */
  readonly absent?: boolean;
}

/** Where the values stand that all steps of a sequence share: one, or those of an array's items. */
export type Correlation = Path | { readonly items: Path; readonly field: Path };

/** A node of a definition. */
export type Node =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Node[] }
  | { readonly kind: 'not'; readonly of: Node }
  | { readonly kind: 'trait'; readonly trait: Path; readonly is: Test }
  /** Without a test: it happened (a count of 1 or more; another value exists). */
  | ({ readonly kind: 'events'; readonly is?: Test } & EventsValue)
  | {
      readonly kind: 'sequence';
      readonly steps: readonly Step[];
      /** From the first step to the last. */
      readonly within?: Duration;
      readonly same?: Correlation;
      readonly window?: Exclude<Window, { readonly kind: 'since' }>;
    }
  | { readonly kind: 'segment'; readonly segment: string }
  | {
      readonly kind: 'account';
      readonly match: 'any' | 'all' | 'none';
      readonly trait: Path;
      readonly is: Test;
    }
  /** How many of those who belong to the person's accounts, the person among them, are in a segment. */
  | {
      readonly kind: 'account_members';
      readonly match: 'any' | 'all' | 'none';
      readonly segment: string;
    }
  | { readonly kind: 'list'; readonly list: string }
  | { readonly kind: 'random'; readonly percent: number; readonly salt?: string }
  | { readonly kind: 'consent'; readonly purpose: string; readonly given?: boolean };

/** What a computed trait is made of. */
export type ComputedValue =
  | ({ readonly kind: 'events' } & EventsValue)
  /** One figure divided by another; missing where the other is 0 or missing. */
  | { readonly kind: 'ratio'; readonly of: EventsValue; readonly to: EventsValue }
  /** Whole days since the last of the events. */
  | ({ readonly kind: 'days_since' } & Selector);
