/**
 * Who is to be added to an audience, and who removed: what the tool was told last against what is right now. It does not matter what happened in
 * between, so events, timers, withdrawals, merges, the first fill and repairs are all decided here.
 *
 * A removal speaks of what was added: with the words of then, and also for whom nothing is known any more. Who was added as two people that are one
 * by now is removed as both, when the one leaves. Whom the tool knows by words that no longer hold, such as an old address, is removed by those and
 * added by the new ones.
 */
import { consentsOf, gate } from '../../core/consent/gate.js';
import type { CompiledConnection } from '../../core/delivery/connection-in-force.js';
import type { DeliveryKind } from '../../core/delivery/delivery.js';
import {
  type GivenPerson,
  givenOfMembership,
  givenOfRow,
  rememberedOf,
  withRemembered,
} from '../../core/delivery/given.js';
import { isKnownAs } from '../../core/delivery/known-as.js';
import type { StoredMember } from '../../stores/state/activation-state.js';
import type { Cause, Decisions } from './decisions.js';
import { membershipKey } from './delivery-key.js';
import type { ConnectionsInForce } from './in-force.js';
import type { PersonAtHand } from './people-at-hand.js';
import type { SuppressedPeople } from './suppressed-people.js';

/** Where it is decided. */
export interface Deciding {
  readonly inForce: ConnectionsInForce;
  readonly decisions: Decisions;
  /** Of those who are decided of. */
  readonly suppressed: SuppressedPeople;
  /** The consumer's place, and the number of the commit that this will be. */
  readonly offset: number;
  readonly commit: number;
  readonly now: number;
}

/** One person and one audience. */
export interface Concerned {
  readonly connection: CompiledConnection;
  readonly profileId: string;
  /** Undefined when there is nobody any more. */
  readonly one: PersonAtHand | undefined;
  /** What the tool was told of this person, under whatever profiles. */
  readonly told: readonly StoredMember[];
  /** Why it is looked at: by itself, when the person entered or left; undefined for other reasons. */
  readonly change: { readonly entered: boolean; readonly at: number } | undefined;
  /** The audience is filled or repaired. */
  readonly isSync: boolean;
}

/** Decides of one person and one audience. */
export function decideAudience(concerned: Concerned, deciding: Deciding): void {
  const { connection, one, told, change } = concerned;
  const { from } = connection.definition;
  // Invariant: it keeps an audience.
  const segment = deciding.inForce.segments.byId.get('segment' in from ? from.segment : '');
  // Of a segment that is not in force nobody knows who is in it: nothing is told.
  if (segment === undefined) return;
  const isMember = one?.state.members.has(segment.segmentNumber) === true;
  if (one !== undefined && isMember) {
    const answer = gate(connection.purposes, consentsOf(one.profile.consent));
    const given = () => givenOf(concerned, causeOf(concerned, 'entered', deciding), true, one.given());
    const isShutOut = answer.allowed && deciding.suppressed.shutsOut(connection, one, given);
    if (answer.allowed && !isShutOut) {
      add(concerned, one, deciding);
      return;
    }
    if (change?.entered && !told.some(({ isAdded }) => isAdded)) {
      const cause = causeOf(concerned, 'entered', deciding);
      if (answer.allowed) deciding.decisions.filter(connection, cause, 'suppressed', '');
      else deciding.decisions.filter(connection, cause, answer.reason, answer.purposes.join(', '));
    }
  }
  remove(concerned, deciding);
}

function add(concerned: Concerned, one: PersonAtHand, deciding: Deciding): void {
  const { connection, profileId, told } = concerned;
  const { from, options } = connection.definition;
  const segment = 'segment' in from ? from.segment : '';
  const known = told.filter(({ given: words }) =>
    isKnownAs(words, givenOfRow(segment, options, one.given())),
  );
  const isThere = known.some(({ isAdded, isLost }) => isAdded && !isLost);
  // By which words the tool still has the person although they no longer hold; of several who became one, the words of each hold on.
  for (const member of told)
    if (!known.includes(member) && (member.isLost || (member.isAdded && !isThere)))
      tellRemoved(concerned, member, deciding);
  if (isThere) return;
  const cause = causeOf(concerned, 'entered', deciding);
  const given = givenOf(concerned, cause, true, one.given());
  if (!deciding.decisions.send(connection, cause, given)) return;
  deciding.decisions.hold({
    connection: connection.connectionNumber,
    profileId,
    holder: profileId,
    nth: placeFor(profileId, known, told),
    isAdded: true,
    key: cause.key,
    decidedAt: deciding.now,
    given: rememberedOf(given, connection.pathsRead),
  });
}

function remove(concerned: Concerned, deciding: Deciding): void {
  const { connection, told, change } = concerned;
  const added = told.filter(({ isAdded, isLost }) => isAdded || isLost);
  if (added.length === 0 && told.length === 0 && change?.entered === false)
    deciding.decisions.filter(connection, causeOf(concerned, 'removed', deciding), 'never_added', '');
  for (const member of added) tellRemoved(concerned, member, deciding);
}

/** Tells that somebody is to be there no more, by the words by which they were added. */
function tellRemoved(concerned: Concerned, member: StoredMember, deciding: Deciding): void {
  const { connection, profileId, one } = concerned;
  const cause = causeOf(concerned, 'removed', deciding);
  const person = one?.given() ?? { id: profileId, identifiers: {}, traits: {}, segments: [] };
  const given = withRemembered(givenOf(concerned, cause, false, person), member.given);
  if (deciding.decisions.send(connection, cause, given))
    deciding.decisions.hold({
      ...member,
      holder: profileId,
      isAdded: false,
      key: cause.key,
      decidedAt: deciding.now,
    });
}

/** Where it is noted that a profile was added: in the place of the same words, or in one that is free. */
function placeFor(profileId: string, known: readonly StoredMember[], told: readonly StoredMember[]): number {
  const isOwn = (row: StoredMember) => row.profileId === profileId;
  return known.find(isOwn)?.nth ?? Math.max(-1, ...told.filter(isOwn).map(({ nth }) => nth)) + 1;
}

function givenOf({ connection, change }: Concerned, cause: Cause, entered: boolean, person: GivenPerson) {
  const { key, segmentId, receivedAt } = cause;
  const at = change?.entered === entered ? change.at : receivedAt;
  return givenOfMembership({ key, segmentId, entered, at }, connection.definition.options, person);
}

function causeOf(
  { connection, profileId, change, isSync }: Concerned,
  direction: 'entered' | 'removed',
  { offset, commit, now, decisions }: Deciding,
): Cause {
  const { connectionId, version, definition } = connection;
  const kind: DeliveryKind = direction === 'entered' && isSync ? 'sync' : direction;
  return {
    key: membershipKey(connectionId, version, profileId, commit, decisions.next()),
    kind,
    profileId,
    offset,
    messageId: '',
    segmentId: 'segment' in definition.from ? definition.from.segment : '',
    receivedAt: change?.at ?? now,
  };
}
