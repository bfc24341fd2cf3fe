/** What of somebody goes into a snapshot: everybody's row, or what is other than in the last one. */
import { consentsOf, gate } from '../../core/consent/gate.js';
import type { CompiledConnection } from '../../core/delivery/connection-in-force.js';
import type { FilterReason } from '../../core/delivery/delivery.js';
import { givenOfRow } from '../../core/delivery/given.js';
import type { SnapshotPart } from '../../core/delivery/snapshot-plan.js';
import type { JsonObject } from '../../core/json.js';
import type { StoredMember } from '../../stores/state/activation-state.js';
import type { Snapshot } from '../../stores/state/snapshot-state.js';
import type { Deciding } from './decide-audience.js';
import type { Cause } from './decisions.js';
import { membershipKey } from './delivery-key.js';
import type { PersonAtHand } from './people-at-hand.js';

/** Nobody: a snapshot's marker is of no person. */
const NOBODY_ID = '00000000-0000-0000-0000-000000000000';

/** One person and one snapshot. */
export interface RowOf {
  readonly connection: CompiledConnection;
  readonly snapshot: Snapshot;
  readonly profileId: string;
  /** Undefined when there is nobody any more. */
  readonly one: PersonAtHand | undefined;
  readonly isListed: boolean;
  /** The row of the last snapshot, where rows are kept. */
  readonly kept: StoredMember | undefined;
}

/** Decides of one person. @returns true when the row is that of the last snapshot. */
export function decideRow(of: RowOf, deciding: Deciding): boolean {
  const { connection, snapshot, one, isListed, kept } = of;
  if (isListed) {
    const given = one && givenOfRow(segmentOf(connection), connection.definition.options, one.given());
    const refused = refusal(connection, one, given, deciding);
    if (given !== undefined && refused === undefined) return put(of, given, deciding);
    const { reason, error } = refused ?? GONE;
    deciding.decisions.filter(connection, causeOf(of, 'row', deciding), reason, error);
  }
  if (kept !== undefined && snapshot.isKept) take(of, kept, deciding);
  return false;
}

interface Refusal {
  readonly reason: FilterReason;
  readonly error: string;
}

/** There is nobody any more. */
const GONE: Refusal = { reason: 'identifier_missing', error: '' };

/** Why somebody has no row, if so. */
function refusal(
  connection: CompiledConnection,
  one: PersonAtHand | undefined,
  given: JsonObject | undefined,
  { suppressed }: Deciding,
): Refusal | undefined {
  if (one === undefined || given === undefined) return GONE;
  const answer = gate(connection.purposes, consentsOf(one.profile.consent));
  if (!answer.allowed) return { reason: answer.reason, error: answer.purposes.join(', ') };
  return suppressed.shutsOut(connection, one, () => given) ? { reason: 'suppressed', error: '' } : undefined;
}

/** The marker that all rows of a snapshot are there. */
export function decideClosing(
  connection: CompiledConnection,
  snapshot: Snapshot,
  manifest: JsonObject,
  deciding: Deciding,
): void {
  const of: RowOf = {
    connection,
    snapshot,
    profileId: NOBODY_ID,
    one: undefined,
    isListed: false,
    kept: undefined,
  };
  deciding.decisions.sendPayload(connection, causeOf(of, 'closing', deciding), { manifest });
}

function put(of: RowOf, given: JsonObject, deciding: Deciding): boolean {
  const { connection, snapshot, profileId, kept } = of;
  const { decisions, now } = deciding;
  const had = kept?.isAdded && !kept.isLost ? kept : undefined;
  const part = !snapshot.isKept ? 'row' : had === undefined ? 'added' : 'changed';
  const cause = causeOf(of, part, deciding);
  const payload = decisions.map(connection, cause, given);
  if (payload === undefined) return false;
  if (had !== undefined && JSON.stringify(had.given) === JSON.stringify(payload)) return true;
  if (decisions.sendPayload(connection, cause, payload) && snapshot.isKept)
    decisions.hold({
      ...{ connection: connection.connectionNumber, profileId, holder: profileId, nth: 0 },
      ...{ isAdded: true, key: cause.key, decidedAt: now, given: payload },
    });
  return false;
}

/** Somebody is not in it any more, with the row of then. */
function take(of: RowOf, kept: StoredMember, deciding: Deciding): void {
  if (!kept.isAdded && !kept.isLost) return;
  const cause = causeOf(of, 'removed', deciding);
  if (deciding.decisions.sendPayload(of.connection, cause, kept.given))
    deciding.decisions.hold({ ...kept, isAdded: false, key: cause.key, decidedAt: deciding.now });
}

function causeOf(
  { connection, snapshot, profileId }: RowOf,
  kind: SnapshotPart,
  { offset, commit, decisions }: Deciding,
): Cause {
  const { connectionId, version } = connection;
  return {
    key: membershipKey(connectionId, version, profileId, commit, decisions.next()),
    ...{ kind, profileId, offset, messageId: snapshot.id, receivedAt: snapshot.startedAt },
    segmentId: segmentOf(connection),
  };
}

function segmentOf({ definition: { from } }: CompiledConnection): string {
  return 'segment' in from ? from.segment : '';
}
