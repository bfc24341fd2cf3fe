import type { Preset } from '../destination.js';
import { comingAndGoing, snapshots } from '../table/table-actions.js';
import { ROW_FIELD } from '../table/table-fields.js';

/** How many rows one file takes. */
export const FILE_BATCH = { itemsMax: 5_000, bytesMax: 8 * 1024 * 1024 };

/** Connections that people mostly want of files. */
export const FILES_PRESETS: readonly Preset[] = [
  {
    name: 'Every event',
    action: 'write',
    from: { events: 'anything' },
    mapping: { row: ROW_FIELD.default ?? {} },
  },
  comingAndGoing('write'),
  snapshots('write'),
];
