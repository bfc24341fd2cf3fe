/** All nodes: which file reads and compiles which. */
import type { Node } from './definition.js';
import { compileAccount, readAccount } from './nodes/account.js';
import { compileAccountMembers, readAccountMembers } from './nodes/account-members.js';
import type { CompiledNode, Scope } from './nodes/compiled-node.js';
import { compileConsent, readConsent } from './nodes/consent.js';
import { compileEvents, readEvents } from './nodes/events.js';
import { compileList, readList } from './nodes/list.js';
import { compileMany, compileNot, readMany, readNot } from './nodes/logic.js';
import { compileRandom, readRandom } from './nodes/random.js';
import { compileSegmentRef, readSegment } from './nodes/segment.js';
import { compileSequence, readSequence } from './nodes/sequence.js';
import { compileTrait, readTrait } from './nodes/trait.js';
import { Fields, refuse } from './read.js';

/** The names of all nodes. */
export const NODE_KINDS = [
  ...(['all', 'any', 'not', 'trait', 'events', 'sequence'] as const),
  ...(['segment', 'account', 'account_members', 'list', 'random', 'consent'] as const),
] as const satisfies ReadonlyArray<Node['kind']>;

const DEPTH_MAX = 100;

/**
 * Reads a definition.
 * @param at how the definition is called where it is wrong.
 * @throws TributaryError `definition_invalid` with the path of what is wrong, and the fix.
 */
export function readNode(value: unknown, at = 'definition', depth = 0): Node {
  if (depth > DEPTH_MAX) refuse(at, `is nested more than ${DEPTH_MAX} deep.`);
  const fields = new Fields(value, at);
  const node = readKind(fields, fields.oneOf('kind', NODE_KINDS), depth);
  fields.end();
  return node;
}

function readKind(fields: Fields, kind: Node['kind'], depth: number): Node {
  const below = (part: { value: unknown; at: string }) => readNode(part.value, part.at, depth + 1);
  switch (kind) {
    case 'all':
    case 'any':
      return readMany(fields, kind, below);
    case 'not':
      return readNot(fields, below);
    case 'trait':
      return readTrait(fields);
    case 'events':
      return readEvents(fields);
    case 'sequence':
      return readSequence(fields);
    case 'segment':
      return readSegment(fields);
    case 'account':
      return readAccount(fields);
    case 'account_members':
      return readAccountMembers(fields);
    case 'list':
      return readList(fields);
    case 'random':
      return readRandom(fields);
    case 'consent':
      return readConsent(fields);
    default:
      return kind satisfies never;
  }
}

/** Compiles a node in a scope. */
export function compileNode(node: Node, scope: Scope): CompiledNode {
  switch (node.kind) {
    case 'all':
    case 'any':
      return compileMany(node, scope);
    case 'not':
      return compileNot(node, scope);
    case 'trait':
      return compileTrait(node, scope);
    case 'events':
      return compileEvents(node, scope);
    case 'sequence':
      return compileSequence(node, scope);
    case 'segment':
      return compileSegmentRef(node, scope);
    case 'account':
      return compileAccount(node, scope);
    case 'account_members':
      return compileAccountMembers(node, scope);
    case 'list':
      return compileList(node, scope);
    case 'random':
      return compileRandom(node);
    case 'consent':
      return compileConsent(node, scope);
    default:
      return node satisfies never;
  }
}
