import type { During, EventsValue, Measure, Node, Selector, Test, Window } from '../definition.js';
import { printDuration } from '../text/literal.js';
import { runsOf } from '../text/selector-text.js';
import { type Clause, their, they } from './clause.js';
import { explainCondition } from './explain-condition.js';
import { explainFailedTest, explainTest } from './explain-test.js';
import { counted, enumerated, worded, wordedPath } from './wording.js';

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
/** Figures that are never missing: without events they are 0. */
const NEVER_MISSING: ReadonlySet<Measure['kind']> = new Set(['count', 'sum', 'distinct']);

/** A condition on a person's events, or that it does not hold. */
export function explainEvents(node: Extract<Node, { kind: 'events' }>, negated: boolean): Clause {
  const { is, measure = { kind: 'count' }, window } = node;
  const times = is === undefined ? '' : timesOf(is);
  if (measure.kind === 'count' && times !== undefined)
    return they(
      [deed(node, negated ? 'not done' : 'done'), times, explainWindow(window)].filter(Boolean).join(' '),
    );
  const test = is ?? { op: 'exists' };
  const maybeMissing = !NEVER_MISSING.has(measure.kind);
  return their(
    `${explainFigure(node)} ${negated ? explainFailedTest(test, maybeMissing) : explainTest(test)}`,
  );
}

/** What somebody did, or did not do: `did “Order Completed” where total is more than 100`. */
export function deed(selector: Selector, how: 'done' | 'not done'): string {
  const { event, type, name } = selector;
  const [past, base] = event === undefined && isView(type) ? ['viewed', 'view'] : ['did', 'do'];
  const verb = how === 'done' ? past : `did not ${base}`;
  if (event !== undefined) return `${verb} ${worded(event)}${details(selector)}`;
  if (type === undefined) return `${verb} anything${details(selector)}`;
  if (!isView(type)) return `${verb} ${article(type)} ${type} call${details(selector)}`;
  const which = name === undefined ? `any ${type}` : `the ${type} ${worded(name)}`;
  return `${verb} ${which}${details(selector)}`;
}

/** Events as things: `“Order Completed” events where total is more than 100`. */
function things(selector: Selector, count: 'one' | 'many'): string {
  const { event, type, name } = selector;
  const noun =
    event !== undefined || type === undefined ? 'event' : `${type} ${isView(type) ? 'view' : 'call'}`;
  const which = event ?? name;
  return `${which === undefined ? '' : `${worded(which)} `}${noun}${count === 'many' ? 's' : ''}${details(selector)}`;
}

function isView(type: Selector['type']): boolean {
  return type === 'page' || type === 'screen';
}

function article(word: string): string {
  return /^[aeiou]/.test(word) ? 'an' : 'a';
}

function details({ where, during }: Selector): string {
  const condition = where === undefined ? '' : ` where ${explainCondition(where)}`;
  return `${condition}${during === undefined ? '' : explainDuring(during)}`;
}

function explainDuring({ days, hours, zone = 'person' }: During): string {
  const runs = runsOf(days ?? []).map(([first, last]) =>
    first === last ? `${DAYS[first - 1]}` : `${DAYS[first - 1]} to ${DAYS[last - 1]}`,
  );
  const on = days === undefined ? '' : ` on ${enumerated(runs, 'and')}`;
  const at = hours === undefined ? '' : ` from ${hours.from} to ${hours.to} o’clock`;
  return `${on}${at}${zone === 'person' ? '' : ` (time of ${zone})`}`;
}

function timesOf(is: Test): string | undefined {
  switch (is.op) {
    case 'gte':
      return `at least ${counted(is.value, 'time')}`;
    case 'lte':
      return `at most ${counted(is.value, 'time')}`;
    case 'gt':
      return `more than ${counted(is.value, 'time')}`;
    case 'lt':
      return `fewer than ${counted(is.value, 'time')}`;
    case 'equals':
      return typeof is.value === 'number' ? `exactly ${counted(is.value, 'time')}` : undefined;
    case 'between':
      return `from ${is.from} to ${counted(is.to, 'time')}`;
    default:
      return undefined;
  }
}

/** A window in words; empty for all times. */
export function explainWindow(window: Window = { kind: 'ever' }): string {
  switch (window.kind) {
    case 'ever':
      return '';
    case 'last':
      return `in the last ${printDuration(window.duration)}`;
    case 'between': {
      const { from, to } = window;
      if (from === undefined) return to === undefined ? '' : `before ${to}`;
      return to === undefined ? `since ${from}` : `since ${from} and before ${to}`;
    }
    case 'since':
      return `since they last ${deed(window.event, 'done')}`;
    default:
      return window satisfies never;
  }
}

/** A figure of a person's events in words: `sum of total of “Order Completed” in the last 90 days`. */
export function explainFigure(value: EventsValue): string {
  const window = explainWindow(value.window);
  return `${figure(value)}${window === '' ? '' : ` ${window}`}`;
}

function figure({ measure = { kind: 'count' }, ...selector }: EventsValue): string {
  const of = `of ${things(selector, 'many')}`;
  switch (measure.kind) {
    case 'count':
      return `number ${of}`;
    case 'sum':
      return `sum of ${wordedPath(measure.of)} ${of}`;
    case 'avg':
      return `average ${wordedPath(measure.of)} ${of}`;
    case 'min':
      return `smallest ${wordedPath(measure.of)} ${of}`;
    case 'max':
      return `largest ${wordedPath(measure.of)} ${of}`;
    case 'distinct':
      return `number of different values of ${wordedPath(measure.of)} ${of}`;
    case 'list':
      return `list of the different values of ${wordedPath(measure.of)} ${of}`;
    case 'first':
    case 'last':
      return `${measure.kind} ${wordedPath(measure.of)} ${of}`;
    case 'most_frequent':
      return `most frequent ${wordedPath(measure.of)} ${of}`;
    case 'first_at':
      return `time of the first ${things(selector, 'one')}`;
    case 'last_at':
      return `time of the last ${things(selector, 'one')}`;
    default:
      return measure satisfies never;
  }
}
