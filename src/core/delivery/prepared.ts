import type { JsonObject } from '../json.js';
import type { Fields } from '../mapping/field.js';

/**
 * What the kind of destination said of a connection's action when the version was made. The pipeline decides by it alone, so that it needs none of
 * the kind's code, and that another release of a connector changes nothing of what was decided to be sent.
 */
export interface Prepared {
  /** The definition's mapping, and defaults of the action for fields that it leaves out. */
  readonly mapping: JsonObject;
  readonly fields: Fields;
  /** The mapping makes values that are known only when it is sent. */
  readonly holdsLate: boolean;
  /** The action wants the event beside the mapped fields. */
  readonly needsGiven: boolean;
  /** The fields that hold the address which is written to; none: the person's are looked up in suppression lists. */
  readonly addressFields?: readonly string[];
}
