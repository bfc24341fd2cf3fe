/** The actions and connections that come ready of every database. */
import type { JsonObject } from '../../../core/json.js';
import type { DestinationAction, Preset, SendContext } from '../destination.js';
import { sendRows } from './send-rows.js';
import { APPEND_OPTIONS, ROW_FIELD, UPSERT_OPTIONS } from './table-fields.js';
import type { TableStore } from './table-store.js';

const BATCH = { itemsMax: 1_000, bytesMax: 4 * 1024 * 1024 };

/** Adds rows. @param open the database, for the length of a call. */
export function appendAction(open: (context: SendContext) => TableStore): DestinationAction {
  return {
    title: 'Add rows',
    description: 'One row for each delivery. Its column delivery_key keeps a repeat from being a second row.',
    fields: { row: ROW_FIELD },
    options: APPEND_OPTIONS,
    batch: BATCH,
    ordered: false,
    takesSnapshots: true,
    send: (items, context) => sendRows(items, 'append', open(context), context),
  };
}

/** Keeps one row for each key. @param open the database, for the length of a call. */
export function upsertAction(open: (context: SendContext) => TableStore): DestinationAction {
  return {
    title: 'Keep one row for each key',
    description: 'Adds the row of a key, or changes those columns of it that the mapping fills.',
    fields: { row: ROW_FIELD },
    options: UPSERT_OPTIONS,
    batch: BATCH,
    ordered: true,
    takesSnapshots: true,
    send: (items, context) => sendRows(items, 'upsert', open(context), context),
  };
}

/** Adds a row for each event. */
export const EVERY_EVENT: Preset = {
  name: 'Every event',
  action: 'append',
  from: { events: 'anything' },
  mapping: { row: ROW_FIELD.default ?? {} },
};

const MEMBER: JsonObject = {
  profile_id: { '@path': '$.profile.id' },
  segment: { '@path': '$.properties.audience_key' },
  change: { '@path': '$.event' },
  changed_at: { '@path': '$.timestamp' },
};

/** Keeps a row for each person who was ever in a segment. */
export const MEMBERS: Preset = {
  name: 'Who is in a segment',
  action: 'upsert',
  from: { audience: true },
  mapping: { row: MEMBER },
};

/** Adds a row whenever somebody enters or leaves. @param action that adds rows. */
export function comingAndGoing(action: string): Preset {
  return {
    name: 'Who enters and leaves a segment',
    action,
    from: { audience: true },
    mapping: { row: MEMBER },
  };
}

/** Writes out who is in a segment, again and again. @param action that writes rows. */
export function snapshots(action: string): Preset {
  return {
    name: 'Snapshots of a segment',
    action,
    from: { snapshot: 'all' },
    mapping: {
      row: {
        profile_id: { '@path': '$.profile.id' },
        user_id: { '@path': '$.userId' },
        email: { '@path': '$.context.traits.email' },
      },
    },
  };
}
