import type { Condition } from '../definition.js';
import { explainFailedTest, explainTest } from './explain-test.js';
import { wordedPath } from './wording.js';

/** A condition on an event in words, after "where"; several joined ones are in parentheses. */
export function explainCondition(condition: Condition): string {
  return inWords(condition, false);
}

function inWords(condition: Condition, negated: boolean): string {
  if ('not' in condition) return inWords(condition.not, !negated);
  if ('all' in condition) return joined(condition.all, 'and', negated);
  if ('any' in condition) return joined(condition.any, 'or', negated);
  if ('items' in condition) {
    const has = negated ? 'has no item' : 'has an item';
    return `${wordedPath(condition.items)} ${has} where ${explainCondition(condition.where)}`;
  }
  const is = negated ? explainFailedTest(condition.is, true) : explainTest(condition.is);
  return `${wordedPath(condition.field)} ${is}`;
}

/** By De Morgan: not all of some is one of their opposites, and not any of them is all of their opposites. */
function joined(of: readonly Condition[], word: 'and' | 'or', negated: boolean): string {
  const between = (word === 'and') === negated ? 'or' : 'and';
  const parts = of.map((one) => inWords(one, negated));
  return parts.length === 1 ? parts.join('') : `(${parts.join(` ${between} `)})`;
}
