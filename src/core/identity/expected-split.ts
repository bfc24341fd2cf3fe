import type { HeldLink } from './explain.js';
import type { Identifier } from './identifier.js';
import { keyOf } from './identifier.js';
import { separationsOf } from './separations.js';
import type { UnmergePlan } from './unmerge-pairs.js';

/**
 * How the identifiers of a profile would fall apart by a plan, as far as the links on record tell: these are gone through anew, oldest first, and what the
 * plan takes apart is not joined. The real operation replays the events.
 * @returns the largest group first.
 */
export function expectedSplit(
  held: readonly Identifier[],
  links: readonly HeldLink[],
  { pairs, joins }: UnmergePlan,
): Identifier[][] {
  const apart = separationsOf(pairs);
  const groups = new Map(held.map((one) => [keyOf(one), new Map([[keyOf(one), one]])]));
  for (const { identifier, to, operationId } of links) {
    if (operationId !== null && joins.includes(operationId)) continue;
    const [one, other] = [groups.get(keyOf(identifier)), groups.get(keyOf(to))];
    if (one === undefined || other === undefined || one === other) continue;
    const isApart = [...one.keys()].some((key) =>
      [...(apart.get(key) ?? [])].some((wrong) => other.has(wrong)),
    );
    if (isApart) continue;
    for (const [key, value] of other) {
      one.set(key, value);
      groups.set(key, one);
    }
  }
  return [...new Set(groups.values())]
    .map((group) => [...group.values()])
    .sort((a, b) => b.length - a.length);
}
