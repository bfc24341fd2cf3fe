/** What definitions refer to by name: other segments, and computed traits. */
import type { Vocabulary } from './compile.js';
import type { Node } from './definition.js';
import { pathKeys } from './path.js';

/** The names in a definition. */
export interface References {
  readonly segments: ReadonlySet<string>;
  /** Traits that would be computed ones if there were any of these names. */
  readonly traits: ReadonlySet<string>;
}

/** What a definition itself refers to. */
export function referencesOf(node: Node): References {
  const segments = new Set<string>();
  const traits = new Set<string>();
  const visit = (one: Node): void => {
    if (one.kind === 'all' || one.kind === 'any') one.of.forEach(visit);
    else if (one.kind === 'not') visit(one.of);
    else if (one.kind === 'segment' || one.kind === 'account_members') segments.add(one.segment);
    else if (one.kind === 'trait') {
      const [name, ...rest] = pathKeys(one.trait);
      if (name !== undefined && rest.length === 0) traits.add(name);
    }
  };
  visit(node);
  return { segments, traits };
}

/** A segment or a computed trait. */
export type Named = { readonly segment: string } | { readonly trait: string };

/** Segments that refer to something themselves. */
export function referrersOf(named: Named, segments: Vocabulary['segments']): string[] {
  return [...segments].flatMap(([id, node]) => {
    const names = referencesOf(node);
    const refers = 'segment' in named ? names.segments.has(named.segment) : names.traits.has(named.trait);
    return refers ? [id] : [];
  });
}

/** Segments whose meaning changes when something does: those that refer to it, directly or through others, the nearest first. */
export function dependantsOf(named: Named, segments: Vocabulary['segments']): string[] {
  const found = new Set(referrersOf(named, segments));
  // A set goes on to what is added while it is walked.
  for (const id of found) for (const next of referrersOf({ segment: id }, segments)) found.add(next);
  return [...found];
}
