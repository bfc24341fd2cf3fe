import type { Identifier } from './identifier.js';
import { identifierKey } from './identifier.js';
import type { LinkRule } from './resolve.js';

/** A link that holds: two identifiers of one person, and what joined them. */
export interface HeldLink {
  readonly seq: number;
  readonly rule: string;
  readonly identifier: Identifier;
  readonly to: Identifier;
  readonly sourceId: string;
  readonly messageId: string;
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly operationId: number | null;
}

/** One step of a path between two identifiers. */
export interface PathStep {
  readonly from: Identifier;
  readonly to: Identifier;
  readonly link: HeldLink;
  /** The step in words. */
  readonly sentence: string;
}

/**
 * The shortest way from one identifier to another along the links of a profile.
 * @param nameOf a source's name, by its id.
 * @returns undefined when no links lead there.
 */
export function explainPath(
  links: readonly HeldLink[],
  from: Identifier,
  to: Identifier,
  nameOf: (sourceId: string) => string,
): PathStep[] | undefined {
  const goal = keyOf(to);
  const cameBy = new Map<string, PathStep | undefined>([[keyOf(from), undefined]]);
  const near = neighbours(links);
  const queue = [keyOf(from)];
  for (let key = queue.shift(); key !== undefined && !cameBy.has(goal); key = queue.shift()) {
    for (const [link, here, there] of near.get(key) ?? []) {
      if (cameBy.has(keyOf(there))) continue;
      cameBy.set(keyOf(there), {
        from: here,
        to: there,
        link,
        sentence: sentenceOf(here, there, link, nameOf),
      });
      queue.push(keyOf(there));
    }
  }
  if (!cameBy.has(goal)) return undefined;
  const path: PathStep[] = [];
  for (let step = cameBy.get(goal); step !== undefined; step = cameBy.get(keyOf(step.from)))
    path.unshift(step);
  return path;
}

type Way = readonly [link: HeldLink, here: Identifier, there: Identifier];

function neighbours(links: readonly HeldLink[]): Map<string, Way[]> {
  const near = new Map<string, Way[]>();
  const add = (way: Way) => {
    const key = keyOf(way[1]);
    const ways = near.get(key);
    if (ways) ways.push(way);
    else near.set(key, [way]);
  };
  for (const link of links) {
    add([link, link.identifier, link.to]);
    add([link, link.to, link.identifier]);
  }
  return near;
}

const BY: Readonly<Record<LinkRule, string>> = {
  event: 'came in one event',
  alias: 'were joined by an alias call',
  merge_call: 'were joined by a merge call',
  operator: 'were joined by hand',
};

function sentenceOf(
  from: Identifier,
  to: Identifier,
  link: HeldLink,
  nameOf: (id: string) => string,
): string {
  const { rule, sourceId, messageId, at, operationId } = link;
  const how = BY[rule as LinkRule] ?? rule;
  const when = new Date(at).toISOString();
  const evidence =
    rule === 'operator' ? `operation ${operationId}` : `source ${nameOf(sourceId)}, message ${messageId}`;
  return `${named(from)} and ${named(to)} ${how} (${evidence}, ${when}).`;
}

function named({ kind, value }: Identifier): string {
  return `${kind} ${value}`;
}

function keyOf({ kind, value }: Identifier): string {
  return identifierKey(kind, value);
}

const REASONS: Readonly<Record<string, string>> = {
  unique: 'a profile can have only one of them, or only one user',
  limit: 'the profile holds as many of its kind as it may',
  attach_only: 'it belongs to somebody known, and its kind joins nobody',
  separated: 'somebody took them apart',
  late: 'it has moved on to somebody else since',
  too_large: 'both profiles are too large to be moved',
};

/** Why a link was refused, in words. */
export function reasonOf(rule: string): string {
  return REASONS[rule] ?? rule;
}
