/** What a connection sends, as forms hold it; see the API's `/connections`. */
import type { paths } from '../../api/schema';
import type { Kind } from '../destinations/field';

/** A connection with its versions. */
export type Connection =
  paths['/api/v1/connections/{id}']['get']['responses'][200]['content']['application/json'];
/** One of its versions. */
type Version = Connection['newest'];

/** Where it takes from. */
export type From =
  | { readonly sources: readonly string[] }
  | { readonly segment: string; readonly when?: 'entered' | 'left'; readonly snapshot?: SnapshotPlan };

/** When a segment is written out, and in which form. */
export interface SnapshotPlan {
  readonly rows: 'all' | 'differences';
  /** Left out: when somebody asks. */
  readonly cron?: string;
  readonly zone: string;
}

/** A definition; events and people as text. */
export interface Definition {
  readonly from: From;
  readonly events?: string;
  readonly who?: string;
  readonly action: string;
  readonly mapping: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The definition of a version, as a form holds it. */
export function definitionOf({ definition, text }: Version): Definition {
  // Invariant: the API gives what its own reader made.
  const { events: _, who: __, ...rest } = definition as unknown as Definition;
  return { ...rest, ...text };
}

/** Where a version takes from, in a line. */
export function fromText(version: Version): string {
  const { from, events } = definitionOf(version);
  if ('segment' in from) {
    if (from.snapshot !== undefined) return `Snapshots of ${from.segment}`;
    const does =
      from.when === undefined ? 'Audience of' : from.when === 'entered' ? 'Who enters' : 'Who leaves';
    return `${does} ${from.segment}`;
  }
  return events ?? 'Every event';
}

/** Whether it keeps a list of people in the tool equal to a segment. */
export function keepsAudience({ from }: Definition): boolean {
  return 'segment' in from && from.when === undefined && from.snapshot === undefined;
}

/** The plan of one that writes out a segment. */
export function snapshotPlanOf({ from }: Definition): SnapshotPlan | undefined {
  return 'segment' in from ? from.snapshot : undefined;
}

/** What a new connection begins as: the first preset of a kind, or its first action. */
export function firstDefinition(kind: Kind): Definition {
  const [preset] = kind.presets;
  if (preset !== undefined) return ofPreset(preset);
  const [action = ''] = Object.keys(kind.actions);
  return { from: { sources: [] }, action, mapping: {}, options: {} };
}

/** The definition that a preset stands for; which segment is for people to say. */
export function ofPreset({ action, from, mapping }: Kind['presets'][number]): Definition {
  const rest = { action, mapping, options: {} };
  const { events, when, snapshot } = from;
  if (typeof events === 'string')
    return { from: { sources: [] }, ...(events === 'anything' ? {} : { events }), ...rest };
  if (snapshot === 'all' || snapshot === 'differences')
    return { from: { segment: '', snapshot: { rows: snapshot, zone: 'UTC' } }, ...rest };
  return { from: { segment: '', ...(when === 'entered' || when === 'left' ? { when } : {}) }, ...rest };
}

/** As the API takes it: empty texts are left out. */
export function asBody({ events, who, ...rest }: Definition) {
  const isOfSources = 'sources' in rest.from;
  return {
    ...rest,
    ...(isOfSources && events?.trim() ? { events } : {}),
    ...(isOfSources && who?.trim() ? { who } : {}),
  };
}
