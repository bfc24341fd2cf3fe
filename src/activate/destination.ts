/** `tributary/destination`: what a destination of one's own is written with. See docs/write-a-destination.md. */
export type { JsonObject, JsonValue } from '../core/json.js';
export type { Field, Fields } from '../core/mapping/field.js';
export {
  type DestinationAction,
  type DestinationKind,
  type Exchange,
  eachAlone,
  type Failure,
  type Preset,
  type SendContext,
  SendFailure,
  type SendItem,
  type SendResult,
} from './destinations/destination.js';
export { objectOf, requiredText, textOf, textsOf } from './destinations/read-values.js';
export { requireOk } from './destinations/require-ok.js';
export type { OwnAction, OwnDestination } from './own/own-destination.js';
