import type { ActivationState, AudienceMember, StoredMember } from '../../stores/state/activation-state.js';

/** Profiles that others took in: who was added as one of them is held by the other. */
type Moved = ReadonlyArray<{ readonly fromId: string; readonly intoId: string }>;

/**
 * Whom audiences hold, as the store has it, with what the batch before changed: that one may not be committed yet. True as long as one consumer
 * owns the log; after a failure a new one must take over.
 */
export class AudienceBook {
  readonly #state: Pick<ActivationState, 'membersOf'>;
  #last: { readonly members: readonly AudienceMember[]; readonly moved: Moved } = { members: [], moved: [] };

  constructor(state: Pick<ActivationState, 'membersOf'>) {
    this.#state = state;
  }

  /**
   * What audiences were told of some people, by the profile that holds each.
   * @param merged of the batch at hand.
   */
  async of(ids: Iterable<string>, merged: Moved): Promise<Map<string, StoredMember[]>> {
    const wanted = new Set(ids);
    const homes = new Map([...this.#last.moved, ...merged].map(({ fromId, intoId }) => [fromId, intoId]));
    const homeOf = (id: string): string => {
      const into = homes.get(id);
      return into === undefined || into === id ? id : homeOf(into);
    };
    const asked = [...wanted, ...[...homes.keys()].filter((id) => wanted.has(homeOf(id)))];
    const rows = new Map((await this.#state.membersOf(asked)).map((row) => [nameOf(row), row]));
    for (const member of this.#last.members)
      if (wanted.has(homeOf(member.holder))) rows.set(nameOf(member), { ...member, isLost: false });
    const found = new Map<string, StoredMember[]>();
    for (const row of rows.values()) {
      const holder = homeOf(row.holder);
      if (!wanted.has(holder)) continue;
      const held = found.get(holder);
      if (held === undefined) found.set(holder, [{ ...row, holder }]);
      else held.push({ ...row, holder });
    }
    return found;
  }

  /** Notes what a batch changes: the one before it is committed by the time that the next is asked about. */
  note(members: readonly AudienceMember[], moved: Moved): void {
    this.#last = { members, moved };
  }
}

function nameOf({ connection, profileId, nth }: AudienceMember): string {
  return `${connection} ${profileId} ${nth}`;
}
