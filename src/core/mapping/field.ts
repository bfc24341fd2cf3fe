/**
 * What an action of a destination takes, and what its settings are: data that describes, that the console makes forms of, and that
 * mappings and payloads are checked against. The names are those of the destinations' library, whose fields are such fields.
 */
import type { JsonValue } from '../json.js';

/** The types of fields. `text` is a long string, `datetime` a text or a number, `password` a string that is not shown. */
export const FIELD_TYPES = [
  ...(['string', 'text', 'number', 'integer', 'datetime', 'boolean', 'password', 'object'] as const),
] as const;
/** The type of a field. */
export type FieldType = (typeof FIELD_TYPES)[number];

/** One of the values that a field may have. */
export interface Choice {
  readonly value: string | number | boolean;
  readonly label: string;
}

/** When something holds, by the values of other fields: `a.b` is a field within a field. */
export interface Conditions {
  readonly match?: 'any' | 'all';
  readonly conditions: ReadonlyArray<{
    readonly type?: 'field' | 'syncMode';
    readonly fieldKey?: string;
    readonly operator: 'is' | 'is_not';
    /** Nothing, `undefined`, asks whether there is a value. */
    readonly value?: JsonValue;
  }>;
}

/** A field. */
export interface Field {
  readonly label: string;
  readonly description?: string;
  readonly type: FieldType;
  readonly required?: boolean | Conditions;
  /** Whether it is a list of such values. */
  readonly multiple?: boolean;
  /** Of an action's field a mapping, used where a connection has none; of a setting its value. */
  readonly default?: JsonValue;
  readonly choices?: readonly Choice[];
  /** The fields of an object. Without them it may hold anything. */
  readonly properties?: Fields;
  /** Of an object with `properties`: whether others may stand beside them. */
  readonly additionalProperties?: boolean;
  readonly allowNull?: boolean;
  /** A format of JSON schema, such as `email`, `uri` or `date-time`, that a `string` must have. */
  readonly format?: string;
  /** Whether it is encrypted at rest and never given out. */
  readonly secret?: boolean;
  /** Whether the tool itself can be asked for choices. */
  readonly dynamic?: boolean;
  /** Bounds of a number, or of the length of a string. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** What follows is for forms alone. */
  readonly depends_on?: Conditions;
  readonly placeholder?: string;
  readonly defaultObjectUI?: string;
  readonly category?: string;
  readonly displayMode?: string;
  readonly disabledInputMethods?: readonly string[];
  readonly unsafe_hidden?: boolean;
  readonly readOnly?: boolean;
}

/** Fields by their keys, which are customers' words: never index with one before it is known to be there. */
export type Fields = Readonly<Record<string, Field>>;

/** The field of a key, if there is one. */
export function fieldOf(fields: Fields, key: string): Field | undefined {
  return Object.hasOwn(fields, key) ? fields[key] : undefined;
}

/** Whether null is a value of a field. As in the library, not of a list, and not of an object with fields of its own. */
export function allowsNull({ allowNull, multiple, properties, type }: Field): boolean {
  return allowNull === true && multiple !== true && (type !== 'object' || properties === undefined);
}
