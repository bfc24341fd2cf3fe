/** Steps in order. */
import type { Correlation, Node, Selector, Step } from '../definition.js';
import { durationMs } from '../duration.js';
import { compileEventField, compileEventItems, readEventField } from '../events/event-field.js';
import type { SegmentEvent } from '../events/segment-event.js';
import { readSelector, readSelectorObject, selectorOf } from '../events/selector.js';
import { type Chain, type ChainRules, type ChainSpan, findChain } from '../leaves/find-chain.js';
import { createSequenceLeaf, type Link, type LinkParts } from '../leaves/sequence-leaf.js';
import { pathKeys, valueAt } from '../path.js';
import type { Person } from '../person.js';
import { Fields, refuse } from '../read.js';
import { isScalar, type Scalar } from '../scalar.js';
import { type CompiledNode, leafKey, never, type Scope } from './compiled-node.js';
import { readWindow, spanOf } from './events-value.js';
import { sequenceDues, sequenceSql } from './sequence-sql.js';

type Sequence = Extract<Node, { kind: 'sequence' }>;

const STEPS_MAX = 10;
const WITHOUT_MAX = 5;

/** Reads `sequence`. */
export function readSequence(fields: Fields): Sequence {
  const list = fields.list('steps', { min: 1, max: STEPS_MAX });
  const steps = list.map(({ value, at }, index) => readStep(value, at, index, list.length));
  if (steps.length === 1 && !fields.has('window') && steps[0]?.absent !== true && !fields.has('same'))
    refuse(`${fields.at}.steps`, 'must have at least two steps. For one, use a node of kind events.');
  const [within, same, window] = [fields.has('within'), fields.raw('same'), fields.raw('window')];
  const read = window.value === undefined ? undefined : readWindow(window.value, window.at);
  if (read?.kind === 'since')
    refuse(`${window.at}.kind`, 'must be ever, last or between. Begin the sequence with that event instead.');
  const node: Sequence = {
    kind: 'sequence',
    steps,
    ...(within ? { within: fields.duration('within') } : {}),
    ...(same.value === undefined ? {} : { same: readCorrelation(same.value, same.at) }),
    ...(read === undefined ? {} : { window: read }),
  };
  const own = steps.findIndex((step) => step.same !== undefined);
  if (own >= 0 && node.same === undefined)
    refuse(
      `${fields.at}.steps[${own}].same`,
      'needs a same of the whole sequence, which the other steps share.',
    );
  return node;
}

function readStep(value: unknown, at: string, index: number, steps: number): Step {
  const fields = new Fields(value, at);
  const selector = readSelector(fields);
  const isFirst = index === 0;
  if (isFirst) for (const name of ['within', 'without', 'absent']) refuseField(fields, name);
  const same = fields.raw('same');
  const step: Step = {
    ...selector,
    ...(fields.has('within') ? { within: fields.duration('within') } : {}),
    ...(fields.has('without') ? { without: readWithout(fields) } : {}),
    ...(same.value === undefined ? {} : { same: readCorrelation(same.value, same.at) }),
    ...(fields.has('absent') ? { absent: fields.flag('absent') } : {}),
  };
  fields.end();
  if (step.absent === true) {
    if (index !== steps - 1)
      refuse(`${at}.absent`, 'is for the last step alone. Between two steps, use without.');
    if (step.within === undefined) refuse(`${at}.within`, 'must say how long the step must not happen.');
    if (step.without !== undefined) refuse(`${at}.without`, 'has no meaning before a step that is absent.');
  }
  return step;
}

function refuseField(fields: Fields, name: string): void {
  if (fields.has(name)) refuse(`${fields.at}.${name}`, 'is about the step before, and the first has none.');
}

function readWithout(fields: Fields): Selector[] {
  return fields
    .list('without', { min: 1, max: WITHOUT_MAX })
    .map(({ value, at }) => readSelectorObject(value, at));
}

/** Reads where the values stand that all steps share. */
export function readCorrelation(value: unknown, at: string): Correlation {
  if (typeof value === 'string')
    return readEventField(new Fields({ same: value }, at.replace(/\.same$/, '')), 'same');
  const fields = new Fields(value, at);
  const correlation = { items: readEventField(fields, 'items'), field: fields.path('field') };
  fields.end();
  return correlation;
}

/** Compiles it. */
export function compileSequence(node: Sequence, scope: Scope): CompiledNode {
  const { steps, within, same, window = { kind: 'ever' } } = node;
  const key = leafKey('sequence', { steps: steps.map(keyOfStep), same, window });
  const leaf = scope.leaf(key, () => createSequenceLeaf(key, partsOf(node)));
  const lastStep = steps.at(-1);
  const absentFor = lastStep?.absent === true ? durationMs(lastStep.within as string) : undefined;
  const rules: ChainRules = {
    steps: absentFor === undefined ? steps.length : steps.length - 1,
    gaps: steps.map((step) =>
      step.within === undefined ? Number.POSITIVE_INFINITY : durationMs(step.within),
    ),
    within: within === undefined ? Number.POSITIVE_INFINITY : durationMs(within),
    ...{ absentFor, isShared: same !== undefined },
    breaksAny: steps.some(({ without }) => without !== undefined),
  };
  const length = window.kind === 'last' ? durationMs(window.duration) : undefined;
  const spanAt = (now: number): ChainSpan => {
    if (length !== undefined) return { from: now - length, to: Number.POSITIVE_INFINITY, now };
    const { from, to } = spanOf(window.kind === 'between' ? window : {});
    // Its beginning is included.
    return { from: from - 1, to, now };
  };
  // Whether somebody is in, and until when, is asked one after the other.
  let known: { readonly links: readonly Link[]; readonly now: number; readonly found: Chain } | undefined;
  const find = (person: Person, now: number): Chain => {
    const links = leaf.linksOf(person.state(leaf));
    if (known?.links !== links || known.now !== now)
      known = { links, now, found: findChain(links, rules, spanAt(now)) };
    return known.found;
  };
  const holds: CompiledNode['holds'] = (person, now) => find(person, now).start !== undefined;
  return {
    holds,
    changesAt(person, now) {
      const { start, ripeAt } = find(person, now);
      if (start === undefined) return ripeAt;
      return length === undefined ? never() : start + length;
    },
    sql: (sql) => `(p.profile_id IN (${sequenceSql(node, rules, sql)}))`,
    members: (sql) => `SELECT DISTINCT person FROM (${sequenceSql(node, rules, sql)})`,
    dues: (sql) => sequenceDues(node, rules, sql),
    explain: (person, now) => ({ node, holds: holds(person, now) }),
  };
}

/** What of a step its links depend on. */
function keyOfStep(step: Step) {
  const { without, same } = step;
  return { ...selectorOf(step), ...(without && { without }), ...(same && { same }) };
}

function partsOf({ steps, same, window }: Sequence): LinkParts {
  const shared = same === undefined ? undefined : steps.map((step) => sharedReader(step.same ?? same));
  const correlations = same === undefined ? [] : [same, ...steps.flatMap((step) => step.same ?? [])];
  return {
    steps: steps.map(selectorOf),
    without: steps.map((step) => step.without ?? []),
    shared,
    reads: correlations.map((one) => pathKeys(typeof one === 'string' ? one : one.items)[0] as string),
    length: window?.kind === 'last' ? durationMs(window.duration) : undefined,
  };
}

function sharedReader(correlation: Correlation): (event: SegmentEvent) => readonly Scalar[] {
  if (typeof correlation === 'string') {
    const { read } = compileEventField(correlation);
    return (event) => {
      const value = read(event);
      return isScalar(value) ? [value] : [];
    };
  }
  const { read } = compileEventItems(correlation.items);
  const keys = pathKeys(correlation.field);
  return (event) => [
    ...new Set(
      read(event)
        .map((item) => valueAt(item, keys))
        .filter(isScalar),
    ),
  ];
}
