import type { HeldLink } from './explain.js';
import type { Identifier } from './identifier.js';
import { identifierKey } from './identifier.js';

/** What must be taken apart so that something is as if it had never been joined. */
export interface UnmergePlan {
  readonly pairs: ReadonlyArray<readonly [Identifier, Identifier]>;
  /** Hand-made merges that no longer hold, by their operation. */
  readonly joins: readonly number[];
}

/** The plan for one link. */
export function unmergeLink({ identifier, to, rule, operationId }: HeldLink): UnmergePlan {
  const joins = rule === 'operator' && operationId !== null ? [operationId] : [];
  return { pairs: [[identifier, to]], joins };
}

/**
 * The plan for one identifier: it will stand alone, or, in a profile that somebody joined by hand, with what came to it by itself.
 * @param held all identifiers of the profile; it is taken apart from each that it leaves, since any of them might bring it back.
 */
export function unmergeIdentifier(
  identifier: Identifier,
  held: readonly Identifier[],
  links: readonly HeldLink[],
): UnmergePlan {
  const own = keyOf(identifier);
  const byHand = links.filter(({ rule }) => rule === 'operator');
  const alone = new Set([own]);
  const reached =
    byHand.length === 0
      ? alone
      : reachedBy(
          own,
          links.filter(({ rule }) => rule !== 'operator'),
        );
  const staying = held.every((one) => reached.has(keyOf(one))) ? alone : reached;
  const joins = byHand.filter((link) => staying.has(keyOf(link.identifier)) !== staying.has(keyOf(link.to)));
  const others = held.filter((one) => !staying.has(keyOf(one)));
  return {
    pairs: others.map((other) => [identifier, other] as const),
    joins: joins.flatMap(({ operationId }) => operationId ?? []),
  };
}

/** Keys of all that hangs together with one by these links. */
function reachedBy(own: string, links: readonly HeldLink[]): Set<string> {
  const reached = new Set([own]);
  const near = new Map<string, string[]>();
  for (const { identifier, to } of links) {
    const [a, b] = [keyOf(identifier), keyOf(to)];
    near.set(a, [...(near.get(a) ?? []), b]);
    near.set(b, [...(near.get(b) ?? []), a]);
  }
  // A set goes on to what is added while it is gone through.
  for (const key of reached) for (const next of near.get(key) ?? []) reached.add(next);
  return reached;
}

function keyOf({ kind, value }: Identifier): string {
  return identifierKey(kind, value);
}
