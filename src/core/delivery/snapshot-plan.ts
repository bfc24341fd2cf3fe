/** When, and in which form, a segment is written out as a whole: see docs/specs/delivery.md, Snapshots. */
import { Cron } from 'croner';
import { wallClock } from '../segments/moment.js';
import { Fields, refuse } from '../segments/read.js';
import type { DeliveryKind } from './delivery.js';

/** Rows of everybody each time; or, after the first time, of those who are new, other or gone since. */
export const SNAPSHOT_ROWS = ['all', 'differences'] as const;
export type SnapshotRows = (typeof SNAPSHOT_ROWS)[number];

/** What of a snapshot a delivery is: a row of everybody's, a difference, or the marker that it is whole. */
export type SnapshotPart = Extract<DeliveryKind, 'row' | 'added' | 'changed' | 'removed' | 'closing'>;

/** A plan of snapshots. */
export interface SnapshotPlan {
  readonly rows: SnapshotRows;
  /** Five fields: minute, hour, day of the month, month, day of the week. Left out: only when somebody asks. */
  readonly cron?: string;
  /** Of the clock that the fields are read by, such as Europe/Berlin. */
  readonly zone: string;
}

/** Any time does: it is only looked whether there is a next one. */
const SOME_TIME_MS = Date.UTC(2026, 0, 1);

/** @throws TributaryError `definition_invalid` with the path of what is wrong and the fix. */
export function readSnapshotPlan(value: unknown, at: string): SnapshotPlan {
  const fields = new Fields(value, at);
  const rows = fields.has('rows') ? fields.oneOf('rows', SNAPSHOT_ROWS) : 'all';
  const zone = fields.has('zone') ? fields.text('zone') : 'UTC';
  const cron = fields.has('cron') ? fields.text('cron') : undefined;
  for (const name of ['rows', 'zone', 'cron']) fields.raw(name);
  fields.end();
  if (wallClock(zone) === undefined) refuse(`${at}.zone`, 'must be a time zone such as "Europe/Berlin".');
  const plan = { rows, zone, ...(cron === undefined ? {} : { cron }) };
  if (cron !== undefined && !hasNext(plan))
    refuse(
      `${at}.cron`,
      'must be five fields that a date can fulfil (minute, hour, day of the month, month, day of the week), such as "0 6 * * 1-5".',
    );
  return plan;
}

/** The first time after one that a plan names, milliseconds since 1970 UTC; undefined when it names none. */
export function nextSnapshotAt({ cron, zone }: SnapshotPlan, after: number): number | undefined {
  if (cron === undefined) return undefined;
  return new Cron(cron, { timezone: zone, mode: '5-part' }).nextRun(new Date(after))?.getTime();
}

/** The name of a snapshot: names are in the order of time. @param key a UUID. */
export function snapshotId(startedAt: number, key: string): string {
  const time = new Date(startedAt).toISOString().replace(/[-:]|\.\d+/g, '');
  return `${time}-${key.slice(0, 8)}`;
}

function hasNext(plan: SnapshotPlan): boolean {
  try {
    return nextSnapshotAt(plan, SOME_TIME_MS) !== undefined;
  } catch {
    return false;
  }
}
