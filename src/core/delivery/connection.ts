/**
 * What a connection sends, as an immutable tree: from where, which of it, by which action of the destination, and mapped how.
 *
 * It takes events of sources, or it tells of a segment. Of a segment there are three forms: an *audience* (`{segment}`) keeps a list of people in the tool
 * equal to the segment, whatever happens: also at first, after withdrawals of consent and after failures. A *trigger* (`{segment, when}`) tells that
 * something happened: somebody entered, or left, by an event or by time. A *snapshot* (`{segment, snapshot}`) writes out who is in it, at times of a plan.
 */
import { isObject, type JsonObject } from '../json.js';
import type { Node } from '../segments/definition.js';
import { readNode } from '../segments/node.js';
import { Fields, refuse } from '../segments/read.js';
import { parseText } from '../segments/text/segment-text.js';
import { type EventChoice, readEventChoices } from './event-choice.js';
import { readSnapshotPlan, type SnapshotPlan } from './snapshot-plan.js';

/** Where a connection takes from. */
export type ConnectionFrom =
  /** Ids of sources; empty: all. */
  | { readonly sources: readonly string[] }
  | { readonly segment: string; readonly when?: 'entered' | 'left'; readonly snapshot?: SnapshotPlan };

/** See the head of the file. */
export interface ConnectionDefinition {
  readonly from: ConnectionFrom;
  /** Events that any of these selects; left out: all. Of sources alone. */
  readonly events?: readonly EventChoice[];
  /** Whose. Of sources alone: what a segment asks of people is its own affair. */
  readonly who?: Node;
  readonly action: string;
  /** What fills the action's fields; see docs/mapping.md. */
  readonly mapping: JsonObject;
  /** What the action, or its audience, is told beside the fields. */
  readonly options: JsonObject;
}

const SOURCES_MAX = 200;

/**
 * Reads a definition. What the action says of mapping and options is checked by others.
 * @throws TributaryError `definition_invalid` with the path of what is wrong and the fix; of texts, `request_invalid` with the place.
 */
export function readConnection(value: unknown): ConnectionDefinition {
  const fields = new Fields(value, 'definition');
  const from = readFrom(fields.raw('from'));
  const [events, who] = [fields.raw('events'), fields.raw('who')];
  const definition: ConnectionDefinition = {
    from,
    ...(events.value === undefined ? {} : { events: readEventChoices(events.value, events.at) }),
    ...(who.value === undefined ? {} : { who: readWho(who.value, who.at) }),
    action: fields.text('action'),
    mapping: readObject(fields, 'mapping'),
    options: readObject(fields, 'options'),
  };
  fields.end();
  if ('segment' in from) {
    if (definition.events !== undefined)
      refuse(
        events.at,
        'is for sources. A segment tells who enters and leaves: make a segment that asks for these events.',
      );
    if (definition.who !== undefined)
      refuse(who.at, 'is for sources. Add the condition to the segment, or make another that asks for both.');
  }
  return definition;
}

/** The segments that a connection looks at. */
export function segmentsOf({ from, who }: ConnectionDefinition): ReadonlySet<string> {
  const segments = new Set<string>('segment' in from ? [from.segment] : []);
  const visit = (node: Node): void => {
    if (node.kind === 'all' || node.kind === 'any') node.of.forEach(visit);
    else if (node.kind === 'not') visit(node.of);
    else if (node.kind === 'segment') segments.add(node.segment);
  };
  if (who !== undefined) visit(who);
  return segments;
}

/** Whether it keeps an audience: see the head of the file. */
export function keepsAudience({ from }: Pick<ConnectionDefinition, 'from'>): boolean {
  return 'segment' in from && from.when === undefined && from.snapshot === undefined;
}

/** The plan of one that takes snapshots: see the head of the file. */
export function snapshotPlanOf({ from }: Pick<ConnectionDefinition, 'from'>): SnapshotPlan | undefined {
  return 'segment' in from ? from.snapshot : undefined;
}

function readFrom({ value, at }: { value: unknown; at: string }): ConnectionFrom {
  const fields = new Fields(value === undefined ? {} : value, at);
  if (fields.has('segment')) {
    const segment = fields.text('segment');
    const when =
      fields.raw('when').value === undefined ? undefined : fields.oneOf('when', ['entered', 'left']);
    const { value: plan, at: planAt } = fields.raw('snapshot');
    fields.end();
    if (plan === undefined) return { segment, ...(when === undefined ? {} : { when }) };
    if (when !== undefined) refuse(planAt, 'goes by a plan, and `when` by what happens: give one of them.');
    return { segment, snapshot: readSnapshotPlan(plan, planAt) };
  }
  const sources = fields.has('sources')
    ? fields.list('sources', { min: 0, max: SOURCES_MAX }).map(({ value: id, at: where }) => {
        if (typeof id !== 'string' || id === '') return refuse(where, 'must be the id of a source.');
        return id;
      })
    : [];
  // Named among what is known here.
  fields.raw('segment');
  fields.end();
  return { sources: [...new Set(sources)] };
}

function readWho(value: unknown, at: string): Node {
  const node = readNode(typeof value === 'string' ? parseText(value) : value, at);
  refuseEvents(node, at);
  return node;
}

/** The pipeline knows who is in which segment; what somebody did is for a segment to remember. */
function refuseEvents(node: Node, at: string): void {
  if (node.kind === 'all' || node.kind === 'any')
    node.of.forEach((one, index) => {
      refuseEvents(one, `${at}.of[${index}]`);
    });
  else if (node.kind === 'not') refuseEvents(node.of, `${at}.of`);
  else if (node.kind === 'events' || node.kind === 'sequence' || node.kind === 'account_members')
    refuse(
      at,
      `asks ${node.kind === 'account_members' ? 'about others' : 'what somebody did'}: make a segment of it, and ask for membership: {"kind": "segment", "segment": "<id>"}.`,
    );
}

function readObject(fields: Fields, name: string): JsonObject {
  const { value, at } = fields.raw(name);
  if (value === undefined) return {};
  if (!isObject(value)) return refuse(at, 'must be an object.');
  return value;
}
