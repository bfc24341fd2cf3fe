/**
 * Counts of those who belong to an account, and of those among them who are in a segment. Each person is remembered as counted (`Counted`): what changes is
 * the difference to that, so that a count is always the sum over all people, whatever happened to them in between.
 */

/** How many belong to an account, the person who asks among them, and how many of those are in a segment. */
export interface MemberCount {
  readonly members: number;
  readonly inside: number;
}

/** How somebody is counted: in these accounts, and there among those who are in the segments of these numbers. */
export interface Counted {
  readonly accounts: readonly string[];
  readonly inside: readonly number[];
}

/** The counts of an account: by the number of a segment, and under 0 all who belong to it. Numbers of segments begin with 1. */
export type Tally = ReadonlyMap<number, number>;

/** The place of all members. */
export const MEMBERS = 0;

/** Counts somebody, or counts them out. */
export function tallied(tally: Tally, inside: readonly number[], by: 1 | -1): Tally {
  const after = new Map(tally);
  for (const number of [MEMBERS, ...inside]) after.set(number, (after.get(number) ?? 0) + by);
  return after;
}

/** The count of a segment. */
export function memberCount(tally: Tally | undefined, segment: number): MemberCount {
  return { members: tally?.get(MEMBERS) ?? 0, inside: tally?.get(segment) ?? 0 };
}

/** Whether a condition on the members, any, all or none, may have another answer after a change. */
export function hasTurned(before: MemberCount, after: MemberCount): boolean {
  return before.inside > 0 !== after.inside > 0 || isAll(before) !== isAll(after);
}

/** Whether somebody is counted in the same way. */
export function isSameCount(one: Counted | undefined, other: Counted | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return isSameList(one.accounts, other.accounts) && isSameList(one.inside, other.inside);
}

function isAll({ members, inside }: MemberCount): boolean {
  return members === inside;
}

function isSameList(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, place) => part === other[place]);
}
