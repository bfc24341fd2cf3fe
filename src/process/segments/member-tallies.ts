import {
  type Counted,
  hasTurned,
  isSameCount,
  MEMBERS,
  type MemberCount,
  memberCount,
  type Tally,
  tallied,
} from '../../core/account/member-count.js';
import type { PersonState } from '../../core/segments/person-state.js';
import type { AccountTally, SegmentState } from '../../stores/state/segment-state.js';
import { RecentMap } from '../recent-map.js';

const TALLIES_CACHED_MAX = 10_000;
const NOTHING: Tally = new Map();

/**
 * The counts of accounts that the people at hand belong to: read in bulk, changed in memory, given out to be written. As of people and accounts, what it
 * caches is true as long as one consumer owns the log.
 */
export class MemberTallies {
  readonly #state: Pick<SegmentState, 'tallies'>;
  readonly #tallies = new RecentMap<string, Tally>(TALLIES_CACHED_MAX);
  /** What the accounts that changed were before. */
  #before = new Map<string, Tally>();

  constructor(state: Pick<SegmentState, 'tallies'>) {
    this.#state = state;
  }

  /** To be called between two batches. */
  age(): void {
    this.#tallies.age();
  }

  /** Reads what is not at hand. */
  async read(groupIds: Iterable<string>): Promise<void> {
    const asked = new Set([...groupIds].filter((groupId) => this.#tallies.get(groupId) === undefined));
    if (asked.size === 0) return;
    const stored = await this.#state.tallies([...asked]);
    for (const groupId of asked) this.#tallies.set(groupId, stored.get(groupId) ?? NOTHING);
  }

  /** Counts somebody as they are now, instead of as they were. Their accounts, of then and now, were read. @returns whether that is another count. */
  count(state: PersonState, now: Counted | undefined): boolean {
    const { counted: before } = state;
    if (isSameCount(before, now)) return false;
    for (const groupId of before?.accounts ?? []) this.#add(groupId, before?.inside ?? [], -1);
    for (const groupId of now?.accounts ?? []) this.#add(groupId, now?.inside ?? [], 1);
    state.counted = now;
    return true;
  }

  /** How many are in an account, and in a segment by its number; nobody, where it was not read. */
  of(groupId: string, segment: number): MemberCount {
    return memberCount(this.#tallies.get(groupId), segment);
  }

  /**
   * What changed since the last call.
   * @param asked numbers of the segments about which somebody asks.
   * @param seen how many members of an account have seen its counts as they are now.
   */
  takeChanges(
    asked: ReadonlySet<number>,
    seen: (groupId: string) => number,
  ): { readonly tallies: readonly AccountTally[]; readonly turned: readonly string[] } {
    const tallies: AccountTally[] = [];
    const turned: string[] = [];
    for (const [groupId, before] of this.#before) {
      const tally = this.#tallies.get(groupId) ?? NOTHING;
      tallies.push({ groupId, tally });
      const isTurned = [...asked].some((number) =>
        hasTurned(memberCount(before, number), memberCount(tally, number)),
      );
      if (isTurned && seen(groupId) < memberCount(tally, MEMBERS).members) turned.push(groupId);
    }
    this.#before = new Map();
    return { tallies, turned };
  }

  #add(groupId: string, inside: readonly number[], by: 1 | -1): void {
    // Invariant: it was read.
    const tally = this.#tallies.get(groupId) as Tally;
    if (!this.#before.has(groupId)) this.#before.set(groupId, tally);
    this.#tallies.set(groupId, tallied(tally, inside, by));
  }
}
