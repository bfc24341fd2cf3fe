/** Presets of the library, and the defaults of its actions, as connections that come ready. */
import type { JsonObject } from '../../core/json.js';
import type { Preset } from '../destinations/destination.js';
import { fqlToEvents } from './fql.js';
import type { LibraryActionDefinition, LibraryDefinition } from './library-types.js';

/** Events that Segment sends of its audiences; here a connection of a segment sends them. */
const OF_AUDIENCES =
  /^\s*(?:type\s*=\s*"track"\s+and\s+)?\(?\s*(?:event\s*=\s*"Audience (?:Entered|Exited)"(?:\s+or\s+)?)+\)?\s*$/;
const SLUGS_OF_AUDIENCES = new Set([
  'warehouse_audience_entered_track',
  'warehouse_audience_exited_track',
  'warehouse_audience_membership_changed_identify',
]);

/**
 * Presets that there is a connection for. Left out are those of what only Segment has: entities of warehouses, steps of its journeys, and
 * its reverse ETL, whose events are called `new`, `updated` and `deleted`.
 */
export function libraryPresets(definition: LibraryDefinition): Preset[] {
  const presets: Preset[] = [];
  const add = (name: string, action: string, from: Preset['from'] | undefined, mapping: JsonObject) => {
    const one = { name, action, mapping };
    if (from !== undefined && action in definition.actions) presets.push({ ...one, from });
  };
  for (const {
    name,
    partnerAction,
    type,
    eventSlug = '',
    subscribe = '',
    mapping = {},
  } of definition.presets ?? []) {
    const from =
      type === 'automatic' ? fromFql(subscribe) : SLUGS_OF_AUDIENCES.has(eventSlug) ? AUDIENCE : undefined;
    add(name ?? partnerAction, partnerAction, from, mapping);
  }
  const covered = new Set(presets.map(({ action }) => action));
  for (const [name, action] of Object.entries(definition.actions))
    if (action.defaultSubscription !== undefined && !covered.has(name) && action.hidden !== true)
      add(action.title, name, fromFql(action.defaultSubscription), defaultMapping(action));
  return presets;
}

const AUDIENCE = { audience: true } as const;

function fromFql(fql: string): Preset['from'] | undefined {
  if (OF_AUDIENCES.test(fql)) return AUDIENCE;
  if (/event\s*=\s*"(?:new|updated|deleted)"/.test(fql)) return undefined;
  const events = fqlToEvents(fql);
  return events === undefined ? undefined : { events };
}

/** What fills an action's fields by default. */
export function defaultMapping({ fields }: LibraryActionDefinition): JsonObject {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) =>
      field.default === undefined ? [] : [[name, field.default]],
    ),
  );
}
