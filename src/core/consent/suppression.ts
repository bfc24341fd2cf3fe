/** Suppression lists: whom nothing is sent to any more, whatever they consented to. */
import type { Identifier } from '../identity/identifier.js';
import type { JsonObject } from '../json.js';

/** The lists: one for each way to reach somebody, and one that holds for all of them. */
export const SUPPRESSION_CHANNELS = ['all', 'email', 'sms', 'push', 'ads'] as const;
/** One of those. */
export type SuppressionChannel = (typeof SUPPRESSION_CHANNELS)[number];

/** Why somebody is on a list. Stable: people filter by these. */
export const SUPPRESSION_REASONS = ['unsubscribed', 'hard_bounce', 'complaint', 'manual', 'erasure'] as const;
/** One of those. */
export type SuppressionReason = (typeof SUPPRESSION_REASONS)[number];

/** An entry of a list. There is one for each identifier, channel and reason. */
export interface Suppression {
  readonly channel: SuppressionChannel;
  /** Normalised. */
  readonly kind: string;
  readonly value: string;
  readonly reason: SuppressionReason;
}

/** The lists that a delivery by a channel obeys; by `other`, the one that holds for all. */
export function listsFor(channel: string): readonly SuppressionChannel[] {
  const own = SUPPRESSION_CHANNELS.find((known) => known === channel);
  return own === undefined || own === 'all' ? ['all'] : ['all', own];
}

/** True when an entry forbids a delivery by a channel to who, or what, has these identifiers. */
export function forbids(
  { channel: list, kind, value }: Suppression,
  channel: string,
  identifiers: readonly Identifier[],
): boolean {
  return (
    listsFor(channel).includes(list) && identifiers.some((one) => one.kind === kind && one.value === value)
  );
}

/** Kinds of identifiers that are addresses: one of a person's may be dead, and the others not. */
const ADDRESS_KINDS: readonly string[] = ['email', 'phone'];

/**
 * The identifiers to look up for a delivery: the addresses that it writes to, and whatever else names the person. Where it writes to no
 * address, since an audience or a webhook is told of the person, all that the person has.
 * @param addresses normalised. @param held the person's.
 */
export function askedAtDoor(
  addresses: readonly Identifier[],
  held: readonly Identifier[],
): readonly Identifier[] {
  if (addresses.length === 0) return held;
  return [...addresses, ...held.filter(({ kind }) => !ADDRESS_KINDS.includes(kind))];
}

/** What is told on the timeline of the person: for e-mail the names are those of the Segment specification. */
const EVENTS: Readonly<
  Partial<Record<SuppressionReason, { readonly email: string; readonly other: string }>>
> = {
  unsubscribed: { email: 'Unsubscribed', other: 'Unsubscribed' },
  hard_bounce: { email: 'Email Bounced', other: 'Message Bounced' },
  complaint: { email: 'Email Marked as Spam', other: 'Message Marked as Spam' },
};

/** What a suppression tells beside whom it concerns. */
export interface SuppressionCause {
  readonly channel: SuppressionChannel;
  readonly reason: SuppressionReason;
  /** Purposes that the person refuses by it. */
  readonly purposes: readonly string[];
  readonly source: string;
  readonly proof: JsonObject | null;
}

/** The call that tells it, without whom and when; undefined for what is nobody's doing but an operator's. */
export function callOf(cause: SuppressionCause): JsonObject | undefined {
  const { channel, reason, source, purposes, proof } = cause;
  const event = EVENTS[reason]?.[channel === 'email' ? 'email' : 'other'];
  if (event === undefined) return undefined;
  const call: JsonObject = { type: 'track', event, properties: { channel, source } };
  if (purposes.length === 0) return call;
  const refused = Object.fromEntries(purposes.map((purpose) => [purpose, false]));
  return {
    ...call,
    context: { consent: { purposes: refused, source, ...(proof === null ? {} : { proof }) } },
  };
}
