import type { Correlation, Node, Step } from '../definition.js';
import { printDuration } from '../text/literal.js';
import { type Clause, they } from './clause.js';
import { deed, explainWindow } from './explain-events.js';
import { enumerated, wordedPath } from './wording.js';

/** A sequence of events. */
export function explainSequence({
  steps,
  within,
  same,
  window,
}: Extract<Node, { kind: 'sequence' }>): Clause {
  const clauses = [
    same === undefined ? '' : `all with the same ${shared(same)}`,
    within === undefined ? '' : `all within ${printDuration(within)}`,
    explainWindow(window),
  ];
  return they([steps.map(explainStep).join(', then '), ...clauses].filter((part) => part !== '').join(', '));
}

function explainStep(step: Step): string {
  const { within, without = [], same, absent } = step;
  const parts = [
    deed(step, absent === true ? 'not done' : 'done'),
    within === undefined ? '' : `within ${printDuration(within)}`,
    without.length === 0 ? '' : `(if in between they never ${enumerated(without.map(done), 'or')})`,
    same === undefined ? '' : `(matched by the ${shared(same)})`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

function done(selector: Parameters<typeof deed>[0]): string {
  return deed(selector, 'done');
}

function shared(same: Correlation): string {
  if (typeof same === 'string') return wordedPath(same);
  return `${wordedPath(same.field)} of an item of ${wordedPath(same.items)}`;
}
