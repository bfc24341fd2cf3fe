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
 * The plan for one identifier: it will stand alone.
 * @param held all identifiers of the profile; it is taken apart from each, since any of them might bring it back.
 */
export function unmergeIdentifier(
  identifier: Identifier,
  held: readonly Identifier[],
  links: readonly HeldLink[],
): UnmergePlan {
  const own = keyOf(identifier);
  const joins = links
    .filter(
      ({ rule, identifier: one, to }) => rule === 'operator' && (keyOf(one) === own || keyOf(to) === own),
    )
    .flatMap(({ operationId }) => operationId ?? []);
  const others = held.filter((one) => keyOf(one) !== own);
  return { pairs: others.map((other) => [identifier, other] as const), joins };
}

function keyOf({ kind, value }: Identifier): string {
  return identifierKey(kind, value);
}
