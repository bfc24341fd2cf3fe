/** Definitions in plain English: a sentence for simple ones, else a list of what must hold. */
import type { ComputedValue, Node } from '../definition.js';
import { type Clause, notSo, their, they } from './clause.js';
import { deed, explainEvents, explainFigure } from './explain-events.js';
import { explainSequence } from './explain-sequence.js';
import { explainFailedTest, explainTest } from './explain-test.js';
import { worded, wordedPath } from './wording.js';

/** Longer sentences are lists. */
const SENTENCE_CHARS_MAX = 200;

/** A definition whose `not` went into the statements. */
type Outline =
  | { readonly kind: 'clause'; readonly clause: Clause }
  | { readonly kind: Grouping; readonly of: readonly Outline[] };
type Grouping = 'all' | 'any' | 'none' | 'not_all';

const OPPOSITE = { all: 'not_all', any: 'none' } as const;
const HEADS: Readonly<Record<Grouping, string>> = {
  all: 'all of these hold',
  any: 'any of these holds',
  none: 'none of these holds',
  not_all: 'not all of these hold',
};

/** Who is meant by a definition, in words. Without a full stop; over several lines when one sentence would be too long. */
export function explain(node: Node): string {
  const outline = outlineOf(node, false);
  if (outline.kind === 'clause') return `People ${outline.clause.relative}`;
  const sentence = sentenceOf(outline.kind, outline.of);
  if (sentence !== undefined) return sentence;
  const head = `People for whom ${HEADS[outline.kind]}:`;
  return [head, ...outline.of.flatMap((one) => bulletsOf(one, 0))].join('\n');
}

/** What a computed trait is, in words. */
export function explainComputed(value: ComputedValue): string {
  switch (value.kind) {
    case 'events':
      return `The ${explainFigure(value)}`;
    case 'ratio':
      return `The ${explainFigure(value.of)}, divided by the ${explainFigure(value.to)}`;
    case 'days_since':
      return `The whole days since they last ${deed(value, 'done')}`;
    default:
      return value satisfies never;
  }
}

function outlineOf(node: Node, negated: boolean): Outline {
  switch (node.kind) {
    case 'not':
      return outlineOf(node.of, !negated);
    case 'all':
    case 'any': {
      const [only, ...others] = node.of;
      if (only !== undefined && others.length === 0) return outlineOf(only, negated);
      return {
        kind: negated ? OPPOSITE[node.kind] : node.kind,
        of: node.of.map((one) => outlineOf(one, false)),
      };
    }
    default:
      return { kind: 'clause', clause: clauseOf(node, negated) };
  }
}

function clauseOf(node: Exclude<Node, { kind: 'all' | 'any' | 'not' }>, negated: boolean): Clause {
  const not = negated ? 'not ' : '';
  switch (node.kind) {
    case 'trait': {
      const is = negated ? explainFailedTest(node.is, true) : explainTest(node.is);
      return their(`${wordedPath(node.trait)} ${is}`);
    }
    case 'events':
      return explainEvents(node, negated);
    case 'sequence':
      return negated ? notSo(explainSequence(node)) : explainSequence(node);
    case 'segment':
      return they(`are ${not}in the segment ${worded(node.segment)}`);
    case 'account':
      return explainAccount(node, negated);
    case 'account_members':
      return explainMembers(node, negated);
    case 'list':
      return they(`are ${not}on the list ${worded(node.list)}`);
    case 'random': {
      const salt = node.salt === undefined || node.salt === '' ? '' : ` (salt ${worded(node.salt)})`;
      return they(`are ${not}among a random ${node.percent}% of all people${salt}`);
    }
    case 'consent': {
      const [past, base] = node.given === false ? ['refused', 'refuse'] : ['gave', 'give'];
      return they(`${negated ? `did not ${base}` : past} consent to ${worded(node.purpose)}`);
    }
    default:
      return node satisfies never;
  }
}

function explainAccount({ match, trait, is }: Extract<Node, { kind: 'account' }>, negated: boolean): Clause {
  const one = `${wordedPath(trait)} ${explainTest(is)}`;
  if (match === 'all') {
    const all = they(`have an account, and of each of their accounts the ${one}`);
    return negated ? notSo(all) : all;
  }
  return they(`have ${(match === 'any') === negated ? 'no' : 'an'} account whose ${one}`);
}

function explainMembers(
  { match, segment }: Extract<Node, { kind: 'account_members' }>,
  negated: boolean,
): Clause {
  const where = `in the segment ${worded(segment)}`;
  if (match === 'all') {
    const all = they(`have an account, and all members of their accounts are ${where}`);
    return negated ? notSo(all) : all;
  }
  return they(`have ${(match === 'any') === negated ? 'no' : 'an'} account with a member ${where}`);
}

/** Some statements as one sentence, if they are simple and few enough. */
function sentenceOf(kind: Grouping, of: readonly Outline[]): string | undefined {
  if (kind === 'none' || kind === 'not_all') return undefined;
  const clauses = of.flatMap((one) => (one.kind === 'clause' ? [one.clause.relative] : []));
  const sentence = `People ${clauses.join(kind === 'all' ? ' and ' : ' or ')}`;
  return clauses.length === of.length && sentence.length <= SENTENCE_CHARS_MAX ? sentence : undefined;
}

function bulletsOf(outline: Outline, depth: number): string[] {
  const bullet = `${'  '.repeat(depth)}- `;
  if (outline.kind === 'clause') return [`${bullet}${outline.clause.main}`];
  return [`${bullet}${HEADS[outline.kind]}:`, ...outline.of.flatMap((one) => bulletsOf(one, depth + 1))];
}
