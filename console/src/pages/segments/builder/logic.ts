import type { Condition, Node } from './definition';

/** What a part is made of, if of other parts. */
export type Made<Part> =
  | { readonly mode: 'all' | 'any'; readonly of: readonly Part[] }
  | { readonly mode: 'not'; readonly of: Part };

/** How parts are put together: nodes of a definition and conditions on an event do it alike, and are written differently. */
export interface Logic<Part> {
  /** Undefined of a part that has none below it. */
  readonly made: (part: Part) => Made<Part> | undefined;
  readonly group: (mode: 'all' | 'any', of: readonly Part[]) => Part;
  readonly not: (part: Part) => Part;
  /** Where the API says that a part below stands. */
  readonly placeOf: (part: Part, path: string, index: number) => string;
}

/** Of nodes. */
export const NODE_LOGIC: Logic<Node> = {
  made: (node) =>
    node.kind === 'all' || node.kind === 'any'
      ? { mode: node.kind, of: node.of }
      : node.kind === 'not'
        ? { mode: 'not', of: node.of }
        : undefined,
  group: (mode, of) => ({ kind: mode, of }),
  not: (node) => (node.kind === 'not' ? node.of : { kind: 'not', of: node }),
  placeOf: (node, path, index) => (node.kind === 'not' ? `${path}.of` : `${path}.of[${index}]`),
};

/** Of conditions. */
export const CONDITION_LOGIC: Logic<Condition> = {
  made: (condition) =>
    'all' in condition
      ? { mode: 'all', of: condition.all }
      : 'any' in condition
        ? { mode: 'any', of: condition.any }
        : 'not' in condition
          ? { mode: 'not', of: condition.not }
          : undefined,
  group: (mode, of) => (mode === 'all' ? { all: of } : { any: of }),
  not: (condition) => ('not' in condition ? condition.not : { not: condition }),
  placeOf: (condition, path, index) =>
    'not' in condition ? `${path}.not` : `${path}.${'all' in condition ? 'all' : 'any'}[${index}]`,
};
