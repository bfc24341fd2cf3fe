/** Fields of destinations and their actions: what they are called, what they hold, and what fills them by default. */
import type { JsonValue } from '../json.js';

export type FieldType =
  | 'string'
  | 'text'
  | 'number'
  | 'integer'
  | 'datetime'
  | 'boolean'
  | 'password'
  | 'object';

/** One field of a destination's settings or of an action's payload. Plain data, so that a form can be made of it. */
export interface Field {
  readonly label: string;
  readonly description: string;
  readonly type: FieldType;
  readonly required?: boolean;
  /** Holds an array of values of the type. */
  readonly multiple?: boolean;
  readonly allowNull?: boolean;
  /** A mapping that fills it where a connection says nothing; of settings, a value. */
  readonly default?: JsonValue;
  /** What it may hold, where that is a closed list. */
  readonly choices?: ReadonlyArray<{ readonly value: string | number | boolean; readonly label: string }>;
  /** The fields within, of an object; without them it may hold any. */
  readonly properties?: Readonly<Record<string, Field>>;
  /** Fields beyond `properties` may be given as well. */
  readonly additionalProperties?: boolean;
  /** A JSON schema format, such as `email`, `uri` or `date-time`. */
  readonly format?: string;
  /** Encrypted at rest, never returned and never logged. */
  readonly secret?: boolean;
}

/** Fields by name, in the order in which a form shows them. */
export type Fields = Readonly<Record<string, Field>>;
