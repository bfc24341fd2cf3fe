import type { Node } from '../definition.js';
import { type Language, printWhole, readWhole, type View } from './combination.js';
import type { Cursor } from './cursor.js';
import { printEvents, readEvents } from './events-text.js';
import type { Doc } from './layout.js';
import {
  printName,
  printPath,
  printScalar,
  printText,
  quotePath,
  readName,
  readNumber,
  readPath,
} from './literal.js';
import { printSequence, readSequence } from './sequence-text.js';
import { printTest, readTest } from './test-text.js';

const NODES: Language<Node> = {
  view: viewNode,
  group: (kind, of) => ({ kind, of }),
  not: (of) => ({ kind: 'not', of }),
  printLeaf,
  readLeaf,
};

const ACCOUNTS = { any: 'any account has', all: 'all accounts have', none: 'no account has' } as const;
const MEMBERS = {
  any: 'any account member in segment',
  all: 'all account members in segment',
  none: 'no account member in segment',
} as const;
const SALT = 'with salt';
/** Where an event's values stand: a trait that is called so is in backquotes. */
const EVENT_PATH = /^(?:properties|context|traits)\./;

function viewNode(node: Node): View<Node> {
  return node.kind === 'all' || node.kind === 'any' || node.kind === 'not' ? node : { kind: 'leaf' };
}

/** The text of a definition. */
export function printNode(node: Node): Doc {
  return printWhole(NODES, node);
}

/** Reads a definition. */
export function readNode(cursor: Cursor): Node {
  return readWhole(NODES, cursor);
}

function printLeaf(node: Node): Doc {
  switch (node.kind) {
    case 'trait':
      return [`${printTrait(node.trait)} `, printTest(node.is)];
    case 'events':
      return printEvents(node);
    case 'sequence':
      return printSequence(node);
    case 'segment':
      return `in segment ${printName(node.segment)}`;
    case 'account':
      return [`${ACCOUNTS[node.match]} ${printPath(node.trait)} `, printTest(node.is)];
    case 'account_members':
      return `${MEMBERS[node.match]} ${printName(node.segment)}`;
    case 'list':
      return `on list ${printName(node.list)}`;
    case 'random': {
      const salt = node.salt === undefined || node.salt === '' ? '' : ` ${SALT} ${printText(node.salt)}`;
      return `random ${printScalar(node.percent)}%${salt}`;
    }
    case 'consent':
      return `${node.given === false ? 'refused consent' : 'consent'} to ${printName(node.purpose)}`;
    case 'all':
    case 'any':
    case 'not':
      return printNode(node);
    default:
      return node satisfies never;
  }
}

function printTrait(trait: string): string {
  return EVENT_PATH.test(trait) ? quotePath(trait) : printPath(trait);
}

function readLeaf(cursor: Cursor): Node {
  return (
    readEvents(cursor) ??
    readSequence(cursor) ??
    readMembership(cursor) ??
    readAccount(cursor) ??
    readAccountMembers(cursor) ??
    readTrait(cursor)
  );
}

function readMembership(cursor: Cursor): Node | undefined {
  if (cursor.take('in segment'))
    return { kind: 'segment', segment: readName(cursor, 'the name of a segment') };
  if (cursor.take('on list')) return { kind: 'list', list: readName(cursor, 'the name of a list') };
  if (cursor.take('consent to')) return readConsent(cursor, {});
  if (cursor.take('refused consent to')) return readConsent(cursor, { given: false });
  return cursor.take('random') ? readRandom(cursor) : undefined;
}

function readConsent(cursor: Cursor, given: { given?: false }): Node {
  return { kind: 'consent', purpose: readName(cursor, 'a purpose, such as marketing'), ...given };
}

function readRandom(cursor: Cursor): Node {
  const percent = readNumber(cursor, 'a percentage, such as 10%');
  cursor.expect('%');
  const salt = cursor.take(SALT) ? cursor.expectKind('text', 'a text in double quotes') : '';
  return { kind: 'random', percent, ...(salt === '' ? {} : { salt }) };
}

function readAccount(cursor: Cursor): Node | undefined {
  const match = cursor.takeOneOf(ACCOUNTS);
  if (match === undefined) return undefined;
  return { kind: 'account', match, trait: readPath(cursor, 'a trait of an account'), is: readTest(cursor) };
}

function readAccountMembers(cursor: Cursor): Node | undefined {
  const match = cursor.takeOneOf(MEMBERS);
  if (match === undefined) return undefined;
  return { kind: 'account_members', match, segment: readName(cursor, 'the name of a segment') };
}

function readTrait(cursor: Cursor): Node {
  const { kind, raw } = cursor.peek();
  if (kind === 'word' && EVENT_PATH.test(raw))
    cursor.fail(
      'a condition on the person',
      'Several conditions on an event stand in parentheses: where (… and …). A trait of that name stands in backquotes.',
    );
  const trait = readPath(cursor, 'a condition, such as plan = "pro" or did "Order Completed"');
  return { kind: 'trait', trait, is: readTest(cursor) };
}
