/**
 * What leaves: decides, for all that a batch changed, what is to be sent to which destination. It is given out as a part of the batch's one commit,
 * so that it happens exactly if the batch does. Nothing is sent here.
 */
import { consentsOf, gate } from '../../core/consent/gate.js';
import type { CompiledConnection } from '../../core/delivery/connection-in-force.js';
import { givenOfMembership } from '../../core/delivery/given.js';
import { isObject } from '../../core/json.js';
import type { DeliveryLog, SnapshotLog } from '../../stores/events/delivery-log.js';
import type {
  ActivationChanges,
  ActivationState,
  StoredMember,
} from '../../stores/state/activation-state.js';
import type { BatchCommit } from '../../stores/state/pipeline-state.js';
import type { MembershipChange } from '../../stores/state/segment-state.js';
import type { SnapshotState } from '../../stores/state/snapshot-state.js';
import type { Accounts } from '../accounts.js';
import type { People } from '../people.js';
import type { Verdict } from '../pipeline.js';
import type { Segments } from '../segments/segments.js';
import type { Touched } from '../segments/touched.js';
import { AudienceBook } from './audience-book.js';
import { type Concerned, type Deciding, decideAudience } from './decide-audience.js';
import { decideEvent, takenEvents } from './decide-events.js';
import { type Cause, Decisions } from './decisions.js';
import { membershipKey } from './delivery-key.js';
import { ConnectionsInForce } from './in-force.js';
import { MemberListing } from './member-listing.js';
import { PeopleAtHand } from './people-at-hand.js';
import { SuppressedPeople } from './suppressed-people.js';

/** What it leans on. */
export interface ActivationStores {
  readonly state: ActivationState;
  readonly snapshots: SnapshotState;
  readonly log: DeliveryLog & SnapshotLog;
}

/** A batch, after segments were brought up to date. */
export interface ActivationBatch {
  readonly verdicts: readonly Verdict[];
  readonly touched: ReadonlyMap<string, Touched>;
  /** Who entered and left segments, in order. */
  readonly changes: readonly MembershipChange[];
  readonly merged: BatchCommit['merged'];
  /** Those of whom something may be other that mappings read: traits, consent, accounts, identifiers. */
  readonly changed: () => Iterable<string>;
  /** The batch's first offset, and the number of its commit. */
  readonly from: number;
  readonly commit: number;
  readonly now: number;
}

/** Nothing is to be sent. */
export const NOTHING_LEAVES: ActivationChanges = { deliveries: [], balance: [], filtered: [], members: [] };

/** How old the figure of what waits may be. */
const WAITING_AGE_MS_MAX = 1_000;
/** Deliveries that may wait for a destination while one of its audiences is filled: the filling goes on when it is fewer. */
const FILLING_WAITING_MAX = 100_000;

type Change = Concerned['change'];

/** See the head of the file. */
export class Activation {
  readonly inForce: ConnectionsInForce;
  readonly book: AudienceBook;
  readonly listing = new MemberListing();
  readonly #state: ActivationState;
  #waiting: { readonly at: number; readonly counts: ReadonlyMap<number, number> } | undefined;
  /** Decided since that was asked, by destination. */
  readonly #since = new Map<number, number>();

  constructor(state: ActivationState, inForce: ConnectionsInForce) {
    this.#state = state;
    this.inForce = inForce;
    this.book = new AudienceBook(state);
  }

  /** Opens what is in force, with nothing in memory. */
  static async open({ state }: ActivationStores, epoch: number, segments: Segments): Promise<Activation> {
    return new Activation(state, new ConnectionsInForce(epoch, await state.connections(), segments.inForce));
  }

  /** Decides for a batch. */
  async run(
    batch: ActivationBatch,
    people: People,
    accounts: Accounts,
    segments: Segments,
  ): Promise<ActivationChanges> {
    if (this.inForce.isEmpty) return NOTHING_LEAVES;
    const { now, commit, from: offset } = batch;
    const taken = takenEvents(batch.verdicts, this.inForce, (id) => people.homeOf(id));
    const concerned = this.#concerned(batch, people, segments);
    const hands = { people, accounts, rules: segments.rules, inForce: segments.inForce, now };
    const at = new PeopleAtHand({
      ...hands,
      stateOf: (id) => segments.stateOf(id),
      membersOf: (groupId, segment) => segments.membersOf(groupId, segment),
    });
    if (this.inForce.readsAccounts)
      await readAccounts(
        taken.map(({ home }) => home),
        people,
        accounts,
      );
    const decisions = await this.decisions(now);
    for (const one of taken) decideEvent(one, at, people, decisions, now);
    const suppressed = await SuppressedPeople.among(
      [...concerned.keys()].map((id) => at.get(id)),
      this.#state,
    );
    const deciding: Deciding = { inForce: this.inForce, decisions, suppressed, offset, commit, now };
    for (const change of batch.changes) this.#trigger(change, at, deciding);
    const told =
      concerned.size === 0
        ? new Map<string, StoredMember[]>()
        : await this.book.of(concerned.keys(), batch.merged);
    for (const [profileId, audiences] of concerned)
      for (const [connection, change] of audiences) {
        const own = (told.get(profileId) ?? []).filter(
          (row) => row.connection === connection.connectionNumber,
        );
        decideAudience(
          { connection, profileId, one: at.get(profileId), told: own, change, isSync: false },
          deciding,
        );
      }
    const changes = decisions.changes();
    this.decided(changes, batch.merged);
    return changes;
  }

  /** Where decisions are gathered that know how much each destination has waiting. */
  async decisions(now: number): Promise<Decisions> {
    const waiting = await this.#waitingNow(now);
    return new Decisions(
      now,
      ({ destinationNumber, backlogMax }, decided) => waiting(destinationNumber) + decided < backlogMax,
    );
  }

  /** Whether more of an audience may be decided: a slow tool is not buried under it. */
  async mayFill({ destinationNumber, backlogMax }: CompiledConnection, now: number): Promise<boolean> {
    const waiting = await this.#waitingNow(now);
    return waiting(destinationNumber) < Math.min(FILLING_WAITING_MAX, backlogMax / 2);
  }

  /** Notes what was decided, for the next batch and the next figure. */
  decided(changes: ActivationChanges, merged: BatchCommit['merged']): void {
    this.book.note(changes.members, merged);
    for (const { destination } of changes.deliveries)
      this.#since.set(destination, (this.#since.get(destination) ?? 0) + 1);
  }

  async #waitingNow(now: number): Promise<(destination: number) => number> {
    if (
      this.#waiting === undefined ||
      now - this.#waiting.at >= WAITING_AGE_MS_MAX ||
      now < this.#waiting.at
    ) {
      this.#since.clear();
      this.#waiting = { at: now, counts: await this.#state.waiting() };
    }
    const { counts } = this.#waiting;
    return (destination) => (counts.get(destination) ?? 0) + (this.#since.get(destination) ?? 0);
  }

  /** People whose place in audiences may be another, and in which. */
  #concerned(
    { changes, merged, touched, changed }: ActivationBatch,
    people: People,
    segments: Segments,
  ): Map<string, Map<CompiledConnection, Change>> {
    const concerned = new Map<string, Map<CompiledConnection, Change>>();
    if (this.inForce.audiences.size === 0) return concerned;
    const of = (id: string) => {
      const known = concerned.get(id) ?? new Map<CompiledConnection, Change>();
      concerned.set(id, known);
      return known;
    };
    const inAll = (id: string) => {
      const audiences = of(id);
      for (const connection of this.inForce.audiences.values())
        if (!audiences.has(connection)) audiences.set(connection, undefined);
    };
    for (const { segmentId, profileId, entered, at } of changes)
      for (const connection of this.inForce.audiencesOf(segmentId)) {
        const home = people.homeOf(profileId);
        // Who was merged away did not leave: the other is looked at as whoever it is now.
        of(home).set(connection, home === profileId ? { entered, at } : of(home).get(connection));
      }
    // The tool may know members by what is no longer so.
    for (const id of changed()) {
      const members = segments.stateOf(id)?.members;
      for (const connection of members === undefined ? [] : this.inForce.audiencesAmong(members))
        if (!of(id).has(connection)) of(id).set(connection, undefined);
    }
    for (const { intoId } of merged) inAll(people.homeOf(intoId));
    for (const [id, { isStale, isDue, events }] of touched) {
      const isGone = isDue && people.profileOf(id) === undefined;
      if (isStale || isGone || events.some(({ event }) => isObject(event.context.consent))) inAll(id);
    }
    return concerned;
  }

  /** Tells of somebody who entered or left, where something happened: not where a definition, or who is who, became another. */
  #trigger(
    { segmentId, profileId, entered, at: when, cause }: MembershipChange,
    at: PeopleAtHand,
    deciding: Deciding,
  ): void {
    if (cause.kind !== 'event' && cause.kind !== 'timer') return;
    const one = at.get(profileId);
    if (one === undefined) return;
    const { offset, commit, decisions } = deciding;
    for (const connection of this.inForce.triggers(segmentId, entered)) {
      const { connectionId, version, definition, purposes } = connection;
      const key = membershipKey(connectionId, version, profileId, commit, decisions.next());
      const kind = entered ? 'entered' : 'left';
      const told: Cause = { key, kind, profileId, offset, messageId: '', segmentId, receivedAt: when };
      const answer = gate(purposes, consentsOf(one.profile.consent));
      if (!answer.allowed) decisions.filter(connection, told, answer.reason, answer.purposes.join(', '));
      else
        decisions.send(
          connection,
          told,
          givenOfMembership({ key, segmentId, entered, at: when }, definition.options, one.given()),
        );
    }
  }
}

async function readAccounts(ids: readonly string[], people: People, accounts: Accounts): Promise<void> {
  const groupIds = new Set(ids.flatMap((id) => [...(people.profileOf(id)?.accounts.keys() ?? [])]));
  await accounts.read(groupIds);
}

/** Puts into the log of deliveries what was decided not to be sent and is committed. */
export async function tellFiltered({ state, log }: ActivationStores): Promise<void> {
  for (let untold = await state.untold(); untold.length > 0; untold = await state.untold()) {
    for (const { seq, filtered } of untold) {
      await log.write(filtered);
      await state.told(seq);
    }
  }
}
