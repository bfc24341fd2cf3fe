import type { Test } from '../definition.js';
import { printDuration } from '../text/literal.js';
import { counted, worded, wordedList } from './wording.js';

/** A test in words, after what it tests: `is “pro”`, `contains “x” (ignoring case)`. */
export function explainTest(test: Test): string {
  return predicate(test, false);
}

/** That a test does not hold, in words. @param maybeMissing whether the value may be missing, for which no test of a value holds. */
export function explainFailedTest(test: Test, maybeMissing: boolean): string {
  const ofPresence = test.op === 'exists' || test.op === 'is_null' || test.op === 'is_missing';
  return `${predicate(test, true)}${maybeMissing && !ofPresence ? ' (or has no value)' : ''}`;
}

function predicate(test: Test, negated: boolean): string {
  const be = (what: string) => `is ${negated ? 'not ' : ''}${what}`;
  const act = (does: string, act: string, what: string) => `${negated ? `does not ${act}` : does} ${what}`;
  switch (test.op) {
    case 'equals':
      return be(`${worded(test.value)}${caseless(test)}`);
    case 'not_equals':
      return be(`something other than ${worded(test.value)}${caseless(test)}`);
    case 'in':
      return be(`one of ${wordedList(test.values, 'and')}${caseless(test)}`);
    case 'not_in':
      return be(`something other than ${wordedList(test.values, 'or')}${caseless(test)}`);
    case 'contains':
      return act('contains', 'contain', `${worded(test.value)}${caseless(test)}`);
    case 'starts_with':
      return act('starts', 'start', `with ${worded(test.value)}${caseless(test)}`);
    case 'ends_with':
      return act('ends', 'end', `with ${worded(test.value)}${caseless(test)}`);
    case 'matches':
      return act('matches', 'match', `the pattern ${worded(test.pattern)}${caseless(test)}`);
    case 'has_any':
      return act('holds', 'hold', `any of ${wordedList(test.values, 'and')}${caseless(test)}`);
    case 'has_all':
      return act('holds', 'hold', `all of ${wordedList(test.values, 'and')}${caseless(test)}`);
    case 'has_none':
      return be(`a list with none of ${wordedList(test.values, 'and')}${caseless(test)}`);
    case 'exists':
      return negated ? 'has no value' : 'has a value';
    case 'is_null':
      return negated ? 'was not set to nothing' : 'was set to nothing';
    case 'is_missing':
      return negated ? 'was set' : 'was never set';
    case 'gt':
      return be(`more than ${test.value}`);
    case 'gte':
      return be(`at least ${test.value}`);
    case 'lt':
      return be(`less than ${test.value}`);
    case 'lte':
      return be(`at most ${test.value}`);
    case 'between':
      return be(`from ${test.from} to ${test.to}`);
    case 'before':
    case 'after':
      return be(`${test.op} ${test.date}`);
    case 'within_last':
      return be(`within the last ${printDuration(test.duration)}`);
    case 'within_next':
      return be(`within the next ${printDuration(test.duration)}`);
    case 'older_than':
      return be(`at least ${printDuration(test.duration)} ago`);
    case 'anniversary':
      return act('has', 'have', anniversary(test));
    case 'near':
      return be(`at most ${test.km} km from latitude ${test.latitude}, longitude ${test.longitude}`);
    default:
      return test satisfies never;
  }
}

function caseless({ ignoreCase }: { readonly ignoreCase?: boolean }): string {
  return ignoreCase === true ? ' (ignoring case)' : '';
}

function anniversary({ inNextDays = 0, zone }: Extract<Test, { op: 'anniversary' }>): string {
  const later = inNextDays === 0 ? '' : ` or in the next ${counted(inNextDays, 'day')}`;
  return `its anniversary today${later}${zone === undefined ? '' : ` (time of ${zone})`}`;
}
