/** Finds chains of steps among events: see the specification, 4.2. */
import type { Scalar } from '../scalar.js';
import type { Link } from './sequence-leaf.js';

/** What makes a chain. */
export interface ChainRules {
  /** Steps that must have happened. */
  readonly steps: number;
  /** For each step, how long after the one before it may be; Infinity for ever. */
  readonly gaps: readonly number[];
  /** From the first step to the last. */
  readonly within: number;
  /** A further step must not have happened for so long after the last one. */
  readonly absentFor: number | undefined;
  readonly isShared: boolean;
  /** Whether anything must not lie between steps. */
  readonly breaksAny: boolean;
}

/** Times that steps may have: after `from`, before `to`. */
export interface ChainSpan {
  readonly from: number;
  readonly to: number;
  readonly now: number;
}

/** What was found. */
export interface Chain {
  /** When the chain that began last began; undefined when there is none. */
  readonly start: number | undefined;
  /** When a chain that waits for something not to happen will be complete; Infinity when none waits. */
  readonly ripeAt: number;
}

const NONE: Chain = { start: undefined, ripeAt: Number.POSITIVE_INFINITY };

/** Finds the chain that began last. Links are oldest first. */
export function findChain(links: readonly Link[], rules: ChainRules, span: ChainSpan): Chain {
  if (!hasAllSteps(links, rules)) return NONE;
  if (!rules.isShared) return searchChain(links, rules, span);
  let [start, ripeAt]: [number | undefined, number] = [undefined, Number.POSITIVE_INFINITY];
  for (const own of byShared(links)) {
    const found = searchChain(own, rules, span);
    if (found.start !== undefined && (start === undefined || found.start > start)) start = found.start;
    ripeAt = Math.min(ripeAt, found.ripeAt);
  }
  return { start, ripeAt };
}

/** For each value that steps share, its links; what breaks chains breaks those of all. */
function byShared(links: readonly Link[]): Iterable<readonly Link[]> {
  const groups = new Map<Scalar, Link[]>();
  for (const link of links) {
    const [at, offset, steps, linkBreaks, shared] = link;
    let nth = 0;
    for (let step = 0; steps >> step !== 0; step += 1) {
      const bit = 1 << step;
      if ((steps & bit) === 0) continue;
      for (const value of shared?.[nth] ?? []) {
        const group = groups.get(value);
        const last = group?.at(-1);
        const own: Link = steps === bit && linkBreaks === 0 ? link : [at, offset, bit, 0, null];
        if (group === undefined) groups.set(value, [own]);
        // One event that is several steps with this value is one link.
        else if (last?.[1] === offset) group[group.length - 1] = [at, offset, last[2] | bit, 0, null];
        else group.push(own);
      }
      nth += 1;
    }
  }
  const breaks = links.filter((link) => link[3] !== 0);
  if (breaks.length === 0) return groups.values();
  return [...groups.values()].map((group) => withBreaks(group, breaks));
}

function withBreaks(group: readonly Link[], breaks: readonly Link[]): Link[] {
  const steps = new Map(group.map((link) => [link[1], link[2]]));
  const alone = breaks.filter(([, offset]) => !steps.has(offset));
  const broken = new Map(breaks.map((link) => [link[1], link[3]]));
  const own = group.map(([at, offset, mask]): Link => [at, offset, mask, broken.get(offset) ?? 0, null]);
  const others = alone.map(([at, offset, , mask]): Link => [at, offset, 0, mask, null]);
  return [...own, ...others].sort(([a, x], [b, y]) => a - b || x - y);
}

/** False for most people and values: they never came to the last step. */
function hasAllSteps(links: readonly Link[], { steps }: ChainRules): boolean {
  const all = (1 << steps) - 1;
  let seen = 0;
  for (let index = 0; index < links.length && seen !== all; index += 1)
    seen |= (links[index] as Link)[2] & all;
  return seen === all;
}

/** Chains that have come to a step: when they did, and when they began. Later ones that began earlier are left out. */
type Reached = Array<readonly [at: number, start: number]>;

function searchChain(links: readonly Link[], rules: ChainRules, span: ChainSpan): Chain {
  if (!hasAllSteps(links, rules)) return NONE;
  const { steps, gaps, within, absentFor } = rules;
  const reached: Reached[] = Array.from({ length: steps }, () => []);
  const waiting: Array<readonly [at: number, start: number]> = [];
  let best: number | undefined;
  const complete = (start: number) => {
    if (best === undefined || start > best) best = start;
  };
  let ripeAt = Number.POSITIVE_INFINITY;
  // An event of the step that must be absent ends all waiting; it may itself be in the future.
  const endWaiting = (until: number) => {
    for (const [at, start] of waiting) {
      const ripe = at + (absentFor ?? 0);
      if (ripe >= until) continue;
      if (ripe <= span.now) complete(start);
      else ripeAt = Math.min(ripeAt, ripe);
    }
    waiting.length = 0;
  };
  for (const [at, , mask, breaks] of links) {
    if (absentFor !== undefined && (mask >> steps) & 1) endWaiting(at);
    const isInSpan = at > span.from && at < span.to;
    // From the last step on, so that one event is never two steps of a chain.
    for (let step = steps - 1; step >= 0; step -= 1) {
      const isStep = isInSpan && ((mask >> step) & 1) === 1;
      const start = isStep ? startFor(step, at, reached, gaps) : undefined;
      if ((breaks >> (step + 1)) & 1) (reached[step] as Reached).length = 0;
      if (start === undefined) continue;
      if (step < steps - 1) reach(reached[step] as Reached, at, start);
      else if (at - start > within) continue;
      else if (absentFor === undefined) complete(start);
      else waiting.push([at, start]);
    }
  }
  endWaiting(Number.POSITIVE_INFINITY);
  return { start: best, ripeAt };
}

/** When the chain began that an event continues as a step: of several, the one that began last. */
function startFor(
  step: number,
  at: number,
  reached: readonly Reached[],
  gaps: readonly number[],
): number | undefined {
  if (step === 0) return at;
  const before = reached[step - 1] as Reached;
  const earliest = at - (gaps[step] ?? Number.POSITIVE_INFINITY);
  // Those that are too old now are too old for all later events.
  while (before.length > 0 && (before[0] as Reached[number])[0] < earliest) before.shift();
  return before[0]?.[1];
}

/** Of two chains at one step, the later one that began no earlier makes the other needless. */
function reach(chains: Reached, at: number, start: number): void {
  while (chains.length > 0 && (chains.at(-1) as Reached[number])[1] <= start) chains.pop();
  chains.push([at, start]);
}
