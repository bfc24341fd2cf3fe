/** Segments that are in force, compiled, and found by what can change their answers. */
import { TributaryError } from '../../core/errors.js';
import type { CompiledSegment, CompiledTrait } from '../../core/segments/compile.js';
import { SegmentCompiler } from '../../core/segments/compile.js';
import type { Node } from '../../core/segments/definition.js';
import type { SegmentEvent } from '../../core/segments/events/segment-event.js';
import type { Leaf } from '../../core/segments/leaves/leaf.js';
import { LeafRoutes } from '../../core/segments/leaves/leaf-routes.js';
import type { Reads } from '../../core/segments/nodes/compiled-node.js';
import type { LeafNumbers } from '../../core/segments/person-state.js';
import type { SegmentFacts, SegmentInForce, SegmentState } from '../../stores/state/segment-state.js';

/** A segment with what evaluates it. */
export interface LiveSegment extends SegmentInForce {
  readonly compiled: CompiledSegment;
}

/** See the head of the file. */
export class SegmentsInForce implements LeafNumbers {
  readonly segments: readonly LiveSegment[];
  readonly byNumber: ReadonlyMap<number, LiveSegment>;
  readonly byId: ReadonlyMap<string, LiveSegment>;
  /** Numbers of the newest leaf and version: a person's state that knows them knows all. */
  readonly newestLeaf: number;
  readonly newestVersion: number;
  /** Those that ask about the person alone, and those that ask about other members of accounts, which are answered after them. */
  readonly alone: readonly LiveSegment[];
  readonly together: readonly LiveSegment[];
  /** Numbers of the segments whose members those count; and, with those that are to be counted for a version to come, of all that are counted. */
  readonly asked: ReadonlySet<number>;
  readonly counted: ReadonlySet<number>;
  /** Whether any looks at traits of accounts. */
  readonly readsAccounts: boolean;
  /** True when nothing needs to be remembered of anybody. */
  readonly isEmpty: boolean;
  readonly #numbers: ReadonlyMap<Leaf, number>;
  readonly #leaves: ReadonlyMap<number, Leaf>;
  readonly #routes: LeafRoutes;
  readonly #byLeaf = new Map<Leaf, LiveSegment[]>();
  readonly #byReads = new Map<Reads, LiveSegment[]>();

  constructor(
    readonly epoch: number,
    segments: readonly LiveSegment[],
    leaves: ReadonlySet<Leaf>,
    numbers: ReadonlyMap<string, number>,
    /** What compiled them: what is compiled by it too asks the same leaves. */
    readonly compiler: SegmentCompiler,
    /** Computed traits, by name. */
    readonly computed: ReadonlyMap<string, CompiledTrait>,
    /** What is known of counts beside what the segments ask for. */
    counts: { readonly toCome: readonly string[]; readonly isAnyCounted: boolean },
  ) {
    this.segments = segments;
    this.byId = new Map(segments.map((segment) => [segment.segmentId, segment]));
    this.byNumber = new Map(segments.map((segment) => [segment.segmentNumber, segment]));
    // Invariant: every leaf was given a number.
    this.#numbers = new Map([...leaves].map((leaf) => [leaf, numbers.get(leaf.key) as number]));
    this.#leaves = new Map([...this.#numbers].map(([leaf, number]) => [number, leaf]));
    this.newestLeaf = Math.max(0, ...this.#numbers.values());
    this.newestVersion = Math.max(0, ...segments.map(({ versionNumber }) => versionNumber));
    this.alone = segments.filter(({ compiled }) => compiled.counts.size === 0);
    this.together = segments.filter(({ compiled }) => compiled.counts.size > 0);
    const numbersOf = (ids: readonly string[]) => ids.flatMap((id) => this.byId.get(id)?.segmentNumber ?? []);
    this.asked = new Set(numbersOf(this.together.flatMap(({ compiled }) => [...compiled.counts])));
    this.counted = new Set([...this.asked, ...numbersOf(counts.toCome)]);
    this.readsAccounts = segments.some(({ compiled }) => compiled.reads.has('accounts'));
    this.isEmpty = segments.length + leaves.size === 0 && !counts.isAnyCounted;
    this.#routes = new LeafRoutes(leaves);
    for (const segment of segments) {
      for (const leaf of segment.compiled.leaves) file(this.#byLeaf, leaf, segment);
      for (const what of segment.compiled.reads) file(this.#byReads, what, segment);
    }
  }

  numberOf(leaf: Leaf): number {
    return this.#numbers.get(leaf) ?? 0;
  }

  leafOf(number: number): Leaf | undefined {
    return this.#leaves.get(number);
  }

  /** Leaves with a number above one. */
  leavesAbove(number: number): Leaf[] {
    return [...this.#leaves].filter(([own]) => own > number).map(([, leaf]) => leaf);
  }

  /** Leaves that may look at an event. */
  leavesOf(event: SegmentEvent): readonly Leaf[] {
    return this.#routes.of(event);
  }

  /** Segments that ask a leaf. */
  asking(leaf: Leaf): readonly LiveSegment[] {
    return this.#byLeaf.get(leaf) ?? [];
  }

  /** Whether a definition asks about other members of accounts. */
  asksOfOthers(definition: Node): boolean {
    return (orNothing(() => this.compiler.segment(definition))?.counts.size ?? 0) > 0;
  }

  /** Segments that look at something of a person beside events. */
  reading(what: Reads): readonly LiveSegment[] {
    return this.#byReads.get(what) ?? [];
  }
}

/** Compiles what is in force. One that does not compile (any more) is left out, and answers nobody. */
export async function segmentsInForce(
  epoch: number,
  facts: SegmentFacts,
  state: Pick<SegmentState, 'leafNumbers'>,
): Promise<SegmentsInForce> {
  const compiler = compilerOf(facts);
  const segments = facts.segments.flatMap((segment): LiveSegment[] => {
    const compiled = orNothing(() => compiler.segment(segment.definition));
    return compiled === undefined ? [] : [{ ...segment, compiled }];
  });
  const leaves = new Set(segments.flatMap(({ compiled }) => [...compiled.leaves]));
  const computed = new Map<string, CompiledTrait>();
  for (const [name, value] of facts.computed) {
    const compiled = orNothing(() => compiler.trait(value));
    if (compiled === undefined) continue;
    computed.set(name, compiled);
    for (const leaf of compiled.leaves) leaves.add(leaf);
  }
  const toCome = facts.counting.flatMap((definition) => [
    ...(orNothing(() => compiler.segment(definition))?.counts ?? []),
  ]);
  const numbers = await state.leafNumbers([...leaves].map(({ key }) => key));
  const { isAnyCounted } = facts;
  return new SegmentsInForce(epoch, segments, leaves, numbers, compiler, computed, { toCome, isAnyCounted });
}

/** A compiler in which definitions find what they refer to. */
export function compilerOf({
  segments,
  computed,
}: Pick<SegmentFacts, 'segments' | 'computed'>): SegmentCompiler {
  const definitions = new Map(segments.map(({ segmentId, definition }) => [segmentId, definition]));
  return new SegmentCompiler({ segments: definitions, computed });
}

function orNothing<Result>(compile: () => Result): Result | undefined {
  try {
    return compile();
  } catch (error) {
    if (error instanceof TributaryError) return undefined;
    throw error;
  }
}

function file<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const filed = map.get(key);
  if (filed === undefined) map.set(key, [value]);
  else filed.push(value);
}
