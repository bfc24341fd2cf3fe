import type { TraitRules } from '../../core/profile/traits/trait-rules.js';
import { type PersonRow, traitColumns } from '../../core/segments/person-row.js';
import { type PersonState, storedState } from '../../core/segments/person-state.js';
import type {
  MembershipCause,
  MembershipChange,
  PersonWrite,
  SegmentChanges,
} from '../../stores/state/segment-state.js';
import { type BlankAnswers, blankAnswers } from './blank-answers.js';
import type { LiveSegment, SegmentsInForce } from './in-force.js';
import type { SegmentBatch, SegmentOutcome } from './segments.js';
import type { Touched } from './touched.js';

type Row = Touched['events'][number];
type Counts = Pick<SegmentChanges, 'tallies' | 'turned'>;

const TIMER: MembershipCause = { kind: 'timer' };

/** What one batch gathers. */
export class BatchWork {
  readonly batch: SegmentBatch;
  readonly rows: PersonRow[] = [];
  readonly #inForce: SegmentsInForce;
  readonly #changes: MembershipChange[] = [];
  readonly #changed = new Set<string>();
  readonly #people: PersonWrite[] = [];
  readonly #causes = new Map<Row, MembershipCause>();
  readonly #seen = new Map<string, number>();
  #blank: BlankAnswers | undefined;

  constructor(batch: SegmentBatch, inForce: SegmentsInForce) {
    this.batch = batch;
    this.#inForce = inForce;
  }

  /** An event as the cause of what follows from it. */
  causeOf(row: Row | undefined): MembershipCause {
    if (row === undefined) return TIMER;
    const known = this.#causes.get(row);
    if (known !== undefined) return known;
    const { offset, messageId } = row.event;
    const cause: MembershipCause = { kind: 'event', offset, messageId };
    this.#causes.set(row, cause);
    return cause;
  }

  /** What segments answer of newcomers. */
  get blank(): BlankAnswers {
    this.#blank ??= blankAnswers(this.#inForce.alone, this.batch.now);
    return this.#blank;
  }

  change(
    { segmentId, version }: LiveSegment,
    profileId: string,
    entered: boolean,
    at: number,
    cause: MembershipCause,
  ): void {
    this.#changed.add(profileId);
    this.#changes.push({ segmentId, version, profileId, entered, at, cause });
  }

  /** True when somebody entered or left anything. */
  hasChanged(profileId: string): boolean {
    return this.#changed.has(profileId);
  }

  /** Notes that a member of accounts is looked at, after all others of the batch were counted. */
  see({ counted }: PersonState): void {
    for (const groupId of counted?.accounts ?? [])
      this.#seen.set(groupId, (this.#seen.get(groupId) ?? 0) + 1);
  }

  /** How many members of an account were looked at. */
  seen(groupId: string): number {
    return this.#seen.get(groupId) ?? 0;
  }

  write(profileId: string, state: PersonState, fired: boolean): void {
    this.#people.push(personWrite(profileId, state, fired, this.#inForce, this.batch.now));
  }

  outcome(gone: readonly string[], rules: TraitRules, counts: Counts): Omit<SegmentOutcome, 'touched'> {
    const { accounts, now, turned: workedOff } = this.batch;
    const isRead = this.#inForce.readsAccounts;
    return {
      changes: {
        ...{ people: this.#people, changes: this.#changes, gone, now },
        ...{ ...counts, workedOff },
        accounts: isRead ? accounts.map(({ groupId }) => groupId) : [],
      },
      rows: {
        ...{ people: this.rows, gone },
        accounts: accounts.map(({ groupId, account }) => ({
          groupId,
          ...traitColumns(account.fold.traits, rules),
        })),
      },
    };
  }
}

/** A state as it is to be stored. @param fired whether its timer fired. */
export function personWrite(
  profileId: string,
  state: PersonState,
  fired: boolean,
  inForce: SegmentsInForce,
  now: number,
): PersonWrite {
  const { settled, dueAt } = state;
  return {
    ...{ profileId, state: storedState(state, inForce, now), settled, fired },
    dueAt: Number.isFinite(dueAt) ? dueAt : null,
  };
}
