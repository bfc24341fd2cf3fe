/** Compiles definitions into what evaluates them, sharing what several of them remember of a person. */
import { TributaryError } from '../errors.js';
import { NOBODY } from '../identity/resolve.js';
import type { ComputedValue, Node } from './definition.js';
import type { Leaf } from './leaves/leaf.js';
import { compileNode } from './node.js';
import type { CompiledNode, CompiledValue, Reads, Scope } from './nodes/compiled-node.js';
import { compileComputed } from './nodes/computed.js';
import { refuse } from './read.js';
import type { SqlContext } from './sql/sql-context.js';

/** What definitions may refer to. */
export interface Vocabulary {
  /** Definitions in force, by the id of the segment. */
  readonly segments: ReadonlyMap<string, Node>;
  /** Computed traits, by name. */
  readonly computed: ReadonlyMap<string, ComputedValue>;
}

/** Leaves of one definition, those of segments that it refers to included. */
const LEAVES_MAX = 200;

/** A compiled definition. */
export interface CompiledSegment extends CompiledNode {
  readonly leaves: ReadonlySet<Leaf>;
  readonly reads: ReadonlySet<Reads>;
  /** Segments of which it asks how many members of an account are in them. */
  readonly counts: ReadonlySet<string>;
}

/** A compiled computed trait. */
export interface CompiledTrait extends CompiledValue {
  readonly leaves: ReadonlySet<Leaf>;
}

/** A SELECT of `person`: all who fulfil a definition. */
export function membersSql(compiled: CompiledNode, sql: SqlContext): string {
  // Of a slice, events of others may be among the rows.
  const direct = sql.at.slice === undefined ? compiled.members?.(sql) : undefined;
  if (direct !== undefined) return `SELECT person FROM (${direct}) WHERE person != toUUID('${NOBODY}')`;
  return `SELECT p.profile_id AS person FROM ${sql.people(compiled.sql(sql))}`;
}

/** Compiles definitions of one vocabulary. Leaves that are the same are one. */
export class SegmentCompiler {
  readonly #vocabulary: Vocabulary;
  readonly #leaves = new Map<string, Leaf>();

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
  }

  /**
   * Compiles a definition.
   * @throws TributaryError `definition_invalid` when it refers to what is not there, or leads back to itself;
   * `definition_too_costly` with the figure and the limit.
   */
  segment(node: Node): CompiledSegment {
    const { scope, leaves, reads, counts } = this.#scope();
    const compiled = scope.compile(node);
    if (leaves.size > LEAVES_MAX) {
      throw new TributaryError(
        'definition_too_costly',
        `The definition has ${leaves.size} different questions about events; at most ${LEAVES_MAX} are kept up to date for each person. Split it, or ask fewer.`,
      );
    }
    return { ...compiled, leaves, reads, counts };
  }

  /** Compiles a computed trait. */
  trait(value: ComputedValue): CompiledTrait {
    const { scope, leaves } = this.#scope();
    return { ...compileComputed(value, scope), leaves };
  }

  #scope(): { scope: Scope; leaves: Set<Leaf>; reads: Set<Reads>; counts: Set<string> } {
    const leaves = new Set<Leaf>();
    const reads = new Set<Reads>();
    const counts = new Set<string>();
    let counted: string | undefined;
    const path: string[] = [];
    const { segments, computed } = this.#vocabulary;
    const scope: Scope = {
      leaf: (key, make) => {
        const leaf = this.#leaves.get(key) ?? make();
        this.#leaves.set(key, leaf);
        leaves.add(leaf);
        // Invariant: a key names its kind.
        return leaf as ReturnType<typeof make>;
      },
      reads: (what) => reads.add(what),
      segment: (id) => segments.get(id),
      computed: (name) => computed.get(name),
      compile: (node) => compileNode(node, scope),
      inside(id, compile) {
        if (path.includes(id))
          refuse(
            `segment ${id}`,
            `leads back to itself: ${[...path, id].join(' -> ')}. Take one of them out.`,
          );
        path.push(id);
        const compiled = compile();
        path.pop();
        return compiled;
      },
      ofMembers(id, compile) {
        if (counted !== undefined)
          refuse(
            `account_members of segment ${counted}`,
            `the segment asks about members of accounts itself (of segment ${id}), which would follow each other without end. Refer to a segment that asks about the person alone.`,
          );
        counted = id;
        counts.add(id);
        const compiled = compile();
        counted = undefined;
        return compiled;
      },
    };
    return { scope, leaves, reads, counts };
  }
}
