import type { Event, EventType } from '../event/event.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';

/** The kinds of identifiers, strongest first: the order in which they decide whose an event is. */
export const IDENTIFIER_KINDS = ['user_id', 'email', 'anonymous_id'] as const;
export type IdentifierKind = (typeof IDENTIFIER_KINDS)[number];

/** A name for one person in one namespace; `value` is normalised. */
export interface Identifier {
  readonly kind: IdentifierKind;
  readonly value: string;
  /** Its `identifierKey`, where that is known already: making one costs more than looking it up. */
  readonly key?: string;
}

/** One key for both parts. Values hold no control characters, so the key is unambiguous. */
export function identifierKey(kind: IdentifierKind, value: string): string {
  return `${kind}\n${value}`;
}

/** The key of an identifier. */
export function keyOf({ kind, value, key }: Identifier): string {
  return key ?? identifierKey(kind, value);
}

/** The value under which an identifier is compared, or an empty string when it cannot be one of its kind. */
export function normalise(kind: IdentifierKind, value: string): string {
  return kind === 'email' ? normaliseEmail(value) : value.trim();
}

// One @, no space, a dot in the domain: enough to tell an address from a slip. Delivery is the real check.
const EMAIL = /^[^\s@\p{Cc}\p{Cs}\uFFFD]{1,64}@[^\s@\p{Cc}\p{Cs}\uFFFD]+\.[^\s@\p{Cc}\p{Cs}\uFFFD]+$/u;
const EMAIL_CHARS_MAX = 254;

function normaliseEmail(value: string): string {
  const email = value.trim().toLowerCase();
  return email.length <= EMAIL_CHARS_MAX && EMAIL.test(email) ? email : '';
}

/** The person's e-mail address as an event gives it, normalised; empty when it gives none that is valid. */
export function emailOf(type: EventType, traits: JsonObject, context: JsonObject): string {
  // A group call's traits are the group's, not the person's.
  const own = type === 'group' ? '' : asEmail(traits.email);
  if (own !== '') return own;
  return isObject(context.traits) ? asEmail(context.traits.email) : '';
}

function asEmail(value: JsonValue | undefined): string {
  return typeof value === 'string' ? normaliseEmail(value) : '';
}

/** Every identifier that an event gives for its person, strongest first. */
export function identifiersOf(event: Event): Identifier[] {
  const found: Identifier[] = [];
  if (event.userId !== '') found.push({ kind: 'user_id', value: event.userId });
  const email = emailOf(event.type, event.traits, event.context);
  if (email !== '') found.push({ kind: 'email', value: email });
  if (event.anonymousId !== '') found.push({ kind: 'anonymous_id', value: event.anonymousId });
  return found;
}
