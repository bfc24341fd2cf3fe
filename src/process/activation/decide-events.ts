import { consentsOf, eventConsents, gate } from '../../core/consent/gate.js';
import type { CompiledConnection } from '../../core/delivery/connection-in-force.js';
import { givenOfEvent } from '../../core/delivery/given.js';
import { NOBODY } from '../../core/identity/resolve.js';
import type { People } from '../people.js';
import type { Verdict } from '../pipeline.js';
import type { Cause, Decisions } from './decisions.js';
import { eventKey } from './delivery-key.js';
import type { ConnectionsInForce } from './in-force.js';
import type { PeopleAtHand } from './people-at-hand.js';

type Processed = Extract<Verdict, { kind: 'processed' }>;

/** An event that some connections take. */
export interface TakenEvent {
  readonly verdict: Processed;
  /** The profile that holds it in the end. */
  readonly home: string;
  readonly connections: readonly CompiledConnection[];
}

/** The events of a batch that any connection takes, whosever they are; those of nobody are taken by none. */
export function takenEvents(
  verdicts: readonly Verdict[],
  inForce: ConnectionsInForce,
  homeOf: (id: string) => string,
): TakenEvent[] {
  const taken: TakenEvent[] = [];
  for (const verdict of verdicts) {
    if (verdict.kind !== 'processed' || verdict.profileId === NOBODY) continue;
    let connections: CompiledConnection[] | undefined;
    for (const connection of inForce.ofEvent(verdict.row.event)) {
      if (!connection.takes(verdict.row)) continue;
      connections ??= [];
      connections.push(connection);
    }
    if (connections !== undefined) taken.push({ verdict, home: homeOf(verdict.profileId), connections });
  }
  return taken;
}

/** Decides of an event for the connections that take it. */
export function decideEvent(
  { verdict, home, connections }: TakenEvent,
  at: PeopleAtHand,
  people: Pick<People, 'consentIn'>,
  decisions: Decisions,
  now: number,
): void {
  const { event } = verdict.row;
  const one = at.get(home);
  for (const connection of connections) {
    const { who, connectionId, version } = connection;
    if (who !== undefined && (one === undefined || !who.holds(one.person, now))) continue;
    const { offset, messageId, receivedAt } = event;
    const key = eventKey(connectionId, version, offset);
    const cause: Cause = {
      key,
      kind: 'event',
      profileId: home,
      offset,
      messageId,
      segmentId: '',
      receivedAt,
    };
    if (one === undefined) {
      decisions.filter(connection, cause, 'identifier_missing', '');
      continue;
    }
    const answer = gate(
      connection.purposes,
      consentsOf(one.profile.consent),
      eventConsents(people.consentIn(event).purposes),
    );
    if (answer.allowed)
      decisions.send(
        connection,
        cause,
        givenOfEvent(event, looksAtPerson(connection) ? one.given() : undefined),
      );
    else decisions.filter(connection, cause, answer.reason, answer.purposes.join(', '));
  }
}

function looksAtPerson({ pathsRead, prepared }: CompiledConnection): boolean {
  return (
    prepared.needsGiven ||
    pathsRead.some((path) => path === '$' || path === 'profile' || path.startsWith('profile.'))
  );
}
