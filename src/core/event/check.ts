/**
 * One item of a request becomes an Event, or a Rejection that says why not. Collect asks to tell the client; the
 * pipeline asks again on replay. Both get the same answer, since nothing but the arguments counts.
 */
import type { Rejection, RejectionCode } from '../errors.js';
import { normaliseEmail } from '../identity/normalise-email.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';
import { LIMITS } from '../limits.js';
import type { Event, EventType } from './event.js';
import { EVENT_TYPES } from './event.js';
import { measure, wellFormed } from './measure.js';
import { readTime } from './time.js';
import type { Envelope } from './wire.js';

/** The type of an import's item that stands for a row which could not be mapped; `error` says why, in `row` it is. */
export const ROW_ERROR = 'row_error';

const TYPES: ReadonlySet<string> = new Set(EVENT_TYPES);
const NOTHING: JsonObject = Object.freeze({});

/** Thrown inside this file only: the checks read straight on, and the one catch is in `checkEvent`. */
class Refused {
  constructor(readonly rejection: Rejection) {}
}

/** Whether an event that names nobody at the usual places does so at one that the rules of identity look at. */
export type Identifies = (event: Event) => boolean;

/** True when a check's answer is a rejection. */
export function isRejection(answer: Event | Rejection): answer is Rejection {
  return 'code' in answer;
}

/**
 * Checks the item at `index` of a request whose first event has the given log offset.
 * Never throws, whatever the item holds.
 * @param identifies asked of events that name nobody at the usual places: true when rules of identity look elsewhere, and find
 * a name there.
 */
export function checkEvent(
  item: JsonValue,
  index: number,
  envelope: Envelope,
  offset: number,
  identifies?: Identifies,
): Event | Rejection {
  try {
    return readEvent(item, index, envelope, offset, identifies);
  } catch (error) {
    if (error instanceof Refused) return error.rejection;
    throw error;
  }
}

function readEvent(
  given: JsonValue,
  index: number,
  envelope: Envelope,
  offset: number,
  identifies: Identifies = nobodyElse,
): Event {
  if (!isObject(given)) refuse('not_an_object', `Item ${index} must be a JSON object.`);
  // No event is larger than its body.
  const unfit = measure(
    given,
    envelope.bodyBytes > envelope.eventBytesMax ? envelope.eventBytesMax : undefined,
  );
  if (unfit) throw new Refused(unfit);
  const type = readType(given, envelope);
  // Identifiers are read before the repair: two broken ids must not become one.
  const userId = readIdentifier(given, 'userId');
  const anonymousId = readIdentifier(given, 'anonymousId');
  const groupId = readIdentifier(given, 'groupId');
  const previousId = readIdentifier(given, 'previousId');
  const messageId = readMessageId(given, index, envelope);
  const item = envelope.escapes ? (wellFormed(given) as JsonObject) : given;
  const context = readContext(item, envelope);
  const traits = readObject(item, 'traits');
  const properties = readProperties(item, type);
  const { sourceId, receivedAt } = envelope;
  if (userId === '' && anonymousId === '' && !namesSomebody(type, traits, context)) {
    // All that a name can be read from; what is missing is checked only of events that name somebody.
    const names = { offset, sourceId, messageId, type, userId, anonymousId, groupId, previousId };
    const rest = { name: '', integrations: NOTHING, timestamp: receivedAt, receivedAt };
    if (!identifies({ ...names, properties, traits, context, ...rest })) {
      refuse(
        'identifier_missing',
        'Give userId, anonymousId, an e-mail address in traits.email, or a telephone number in traits.phone.',
      );
    }
  }
  if (type === 'group' && groupId === '') refuse('group_id_missing', 'A group call needs groupId.');
  if (type === 'alias' && previousId === '') refuse('previous_id_missing', 'An alias call needs previousId.');
  return {
    offset,
    sourceId,
    messageId,
    type,
    name: readName(item, type),
    userId,
    anonymousId,
    groupId,
    previousId,
    properties,
    traits,
    context,
    integrations: readIntegrations(item, envelope),
    timestamp: readTimestamp(item, envelope),
    receivedAt,
  };
}

function nobodyElse(): boolean {
  return false;
}

function refuse(code: RejectionCode, message: string): never {
  throw new Refused({ code, message });
}

function readType(item: JsonObject, envelope: Envelope): EventType {
  const { call } = envelope;
  if (call === 'import' && item.type === ROW_ERROR) {
    refuse('row_invalid', typeof item.error === 'string' ? item.error : 'The row cannot be mapped.');
  }
  if (call !== 'batch' && call !== 'import') return call;
  // `action` is what the oldest clients call it.
  const type = item.type ?? item.action;
  if (typeof type === 'string' && TYPES.has(type)) return type as EventType;
  return refuse('type_unknown', `type must be one of ${EVENT_TYPES.join(', ')}.`);
}

function readIdentifier(item: JsonObject, field: string): string {
  const value = item[field];
  if (value === undefined || value === null) return '';
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return String(value);
    // Beyond 2^53 two different ids may have become the same number on the way: never merge people on that.
    refuse('identifier_invalid', `${field} is a number that JSON cannot carry exactly. Send it as a string.`);
  }
  if (typeof value !== 'string') refuse('identifier_invalid', `${field} must be a string.`);
  const text = value.trim();
  if (text.length > LIMITS.identifierCharsMax) {
    refuse('identifier_invalid', `${field} is over ${LIMITS.identifierCharsMax} characters.`);
  }
  if (BROKEN_TEXT.test(text)) {
    refuse('identifier_invalid', `${field} holds control characters or text that is not valid Unicode.`);
  }
  return text;
}

/** Control characters, lone surrogates, and U+FFFD, which stands where bytes were not UTF-8. */
const BROKEN_TEXT = /[\p{Cc}\p{Cs}\uFFFD]/u;

function readMessageId(item: JsonObject, index: number, envelope: Envelope): string {
  const value = item.messageId;
  if (value === undefined || value === null || value === '') return `${envelope.receipt}-${index}`;
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || text.length > LIMITS.messageIdCharsMax || BROKEN_TEXT.test(text)) {
    refuse(
      'message_id_invalid',
      `messageId must be a string of up to ${LIMITS.messageIdCharsMax} characters.`,
    );
  }
  return text;
}

function readName(item: JsonObject, type: EventType): string {
  if (type !== 'track' && type !== 'page' && type !== 'screen') return '';
  const field = type === 'track' ? 'event' : 'name';
  const value = item[field];
  if (value === undefined || value === null || value === '') {
    if (type !== 'track') return '';
    refuse('event_name_missing', 'A track call needs event, the name of what happened.');
  }
  if (typeof value !== 'string') refuse('field_invalid', `${field} must be a string.`);
  const name = value.trim();
  if (name === '' && type === 'track')
    refuse('event_name_missing', 'event, the name of what happened, is blank.');
  if (name.length > LIMITS.eventNameCharsMax) {
    refuse(
      'field_invalid',
      `${field} is over ${LIMITS.eventNameCharsMax} characters. Put what varies in properties.`,
    );
  }
  return name;
}

function readObject(item: JsonObject, field: string): JsonObject {
  const value = item[field];
  if (value === undefined || value === null) return NOTHING;
  if (!isObject(value)) refuse('field_invalid', `${field} must be a JSON object.`);
  return value;
}

/** A merge call has `mergeProperties` in the place of properties: the identifiers of one person. */
function readProperties(item: JsonObject, type: EventType): JsonObject {
  if (type !== 'merge') return readObject(item, 'properties');
  const pairs = item.mergeProperties;
  const most = LIMITS.mergePropertiesMax;
  if (!Array.isArray(pairs) || pairs.length < 2 || pairs.length > most) {
    refuse(
      'merge_properties_invalid',
      `A merge call needs mergeProperties: 2 to ${most} objects with type, such as "email", and value.`,
    );
  }
  for (const [index, pair] of pairs.entries()) {
    if (isObject(pair) && isName(pair.type) && isName(pair.value)) continue;
    refuse(
      'merge_properties_invalid',
      `mergeProperties.${index} must be an object with type, such as "email", and value: a string of up to ` +
        `${LIMITS.identifierCharsMax} characters, or a whole number.`,
    );
  }
  return { mergeProperties: pairs };
}

function isName(value: JsonValue | undefined): boolean {
  if (typeof value !== 'string') return Number.isSafeInteger(value);
  const text = value.trim();
  return text !== '' && text.length <= LIMITS.identifierCharsMax && !BROKEN_TEXT.test(text);
}

/** True when something beside userId and anonymousId may be somebody's name. The rules of identity judge it later. */
function namesSomebody(type: EventType, traits: JsonObject, context: JsonObject): boolean {
  if (type === 'merge') return true;
  // A group call's traits are the group's, not the person's.
  if (type !== 'group' && hasContact(traits)) return true;
  if (isObject(context.traits) && hasContact(context.traits)) return true;
  if (Array.isArray(context.externalIds) && context.externalIds.length > 0) return true;
  return isObject(context.device) && (isGiven(context.device.id) || isGiven(context.device.advertisingId));
}

function hasContact({ email, phone }: JsonObject): boolean {
  return (typeof email === 'string' && normaliseEmail(email) !== '') || isGiven(phone);
}

function isGiven(value: JsonValue | undefined): boolean {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}

function readContext(item: JsonObject, envelope: Envelope): JsonObject {
  const own = readObject(item, 'context');
  let context = envelope.context ? { ...repaired(envelope.context, envelope), ...own } : own;
  // Of a device that speaks to us directly, the request itself tells the address and the user agent.
  if (!envelope.direct && context.direct !== true) return context;
  if (envelope.ip !== '' && context.ip === undefined) context = { ...context, ip: envelope.ip };
  if (envelope.direct && envelope.userAgent !== '' && context.userAgent === undefined) {
    context = { ...context, userAgent: envelope.userAgent };
  }
  return context;
}

function readIntegrations(item: JsonObject, envelope: Envelope): JsonObject {
  const own = readObject(item, 'integrations');
  return envelope.integrations ? { ...repaired(envelope.integrations, envelope), ...own } : own;
}

function repaired(shared: JsonObject, envelope: Envelope): JsonObject {
  return envelope.escapes ? (wellFormed(shared) as JsonObject) : shared;
}

/**
 * When it happened by our clock: the client's time, shifted by how far its clock was off when it sent the request.
 * `timestamp = receivedAt - (sentAt - originalTimestamp)`. Imports say when it happened, and are believed; so is a client
 * that gives both times, as RudderStack's do where the caller set the one: `originalTimestamp` is then its own clock's.
 */
function readTimestamp(item: JsonObject, envelope: Envelope): number {
  const explicit = readTimeField(item, 'timestamp');
  const original = readTimeField(item, 'originalTimestamp');
  if (explicit !== undefined && original !== undefined) return explicit;
  const given = explicit ?? original;
  if (envelope.call === 'import') return given ?? envelope.receivedAt;
  const sentAt =
    readTimeField(item, 'sentAt') ?? readTimeField({ sentAt: envelope.sentAt ?? null }, 'sentAt');
  if (given === undefined) return envelope.receivedAt;
  if (sentAt === undefined) return given;
  const corrected = envelope.receivedAt - (sentAt - given);
  if (corrected < LIMITS.timestampMin || corrected >= LIMITS.timestampMax) {
    refuse('timestamp_invalid', 'timestamp and sentAt are too far apart. Check the clock of the client.');
  }
  return corrected;
}

function readTimeField(item: JsonObject, field: string): number | undefined {
  const value = item[field];
  if (value === undefined || value === null || value === '') return undefined;
  const time = readTime(value);
  if (time === undefined || time < LIMITS.timestampMin || time >= LIMITS.timestampMax) {
    refuse(
      'timestamp_invalid',
      `${field} must be an ISO 8601 time between 1900 and 2199, such as 2026-01-31T09:30:00Z.`,
    );
  }
  return time;
}
