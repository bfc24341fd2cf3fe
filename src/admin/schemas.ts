/** The shapes that several routes of the admin API share. Declared once: they validate, type and document. */
import type { Static, TSchema } from 'typebox';
import { Type } from 'typebox';
import { personal } from '../core/access/mask.js';

/** A problem as RFC 9457 has it, with our stable code. */
export const Problem = Type.Object(
  {
    type: Type.String(),
    title: Type.String(),
    status: Type.Integer(),
    detail: Type.String({ description: 'A sentence for people that names the field and the fix.' }),
    code: Type.String({ description: 'Stable: rely on this one.' }),
  },
  { description: 'Problem details (RFC 9457)' },
);

/** Where a list goes on, and how much of it. */
export const PageQuery = {
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 500, default: 50, description: 'Items of one page.' }),
  ),
  cursor: Type.Optional(Type.String({ maxLength: 500, description: '`nextCursor` of the page before.' })),
};

/** One page of a list. */
export function pageOf<Item extends TSchema>(item: Item) {
  return Type.Object({
    data: Type.Array(item),
    nextCursor: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' }),
  });
}

/** A moment, ISO 8601 with milliseconds, in UTC. */
export const Moment = Type.String({ format: 'date-time', examples: ['2026-01-31T09:30:00.000Z'] });

/**
 * An object whose keys are the customer's own, its values all of one kind. No `Type.Record`: that asks of keys to match
 * `^.*$`, and one with a line break in it would be left out of the answer.
 */
export function mapOf<Value extends TSchema>(value: Value, options: { description?: string } = {}) {
  return Type.Unsafe<Record<string, Static<Value>>>({
    type: 'object',
    additionalProperties: value,
    ...options,
  });
}

/** Any JSON object: its keys are the customer's own. */
export const OpenObject = mapOf(Type.Unknown());
/** The same, about a person. */
export const PersonalObject = personal(OpenObject);
/** A text about a person. */
export const PersonalText = personal(Type.String());
/** An identifier of a person. */
export const IdentifierSchema = Type.Object({ kind: Type.String(), value: PersonalText });

/** A stored event, with what enrichment learnt of it. */
export const EventSchema = Type.Object({
  offset: Type.Integer({ description: 'Place in the log: rises with the order of arrival.' }),
  profileId: Type.String(),
  sourceId: Type.String(),
  messageId: Type.String(),
  type: Type.String(),
  name: Type.String({ description: "A track call's event, a page's or screen's name, else empty." }),
  userId: PersonalText,
  anonymousId: PersonalText,
  groupId: Type.String(),
  previousId: PersonalText,
  properties: PersonalObject,
  traits: PersonalObject,
  context: PersonalObject,
  enrichment: PersonalObject,
  timestamp: Moment,
  receivedAt: Moment,
});
