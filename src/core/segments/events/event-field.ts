/** What a condition may ask of an event: a path into its JSON, or one of its own fields. */
import type { Enrichment } from '../../enrich/enrichment.js';
import type { JsonValue } from '../../json.js';
import { isObject } from '../../json.js';
import { pathKeys, valueAt } from '../path.js';
import { type Fields, refuse } from '../read.js';
import { jsonValue, type SqlValue } from '../sql/sql-value.js';
import type { SegmentEvent } from './segment-event.js';

/** Parts of an event that are JSON. */
const ROOTS = ['properties', 'context', 'traits'] as const;

/** Texts that belong to the event itself, and the column of each; an empty one is missing. */
export const EVENT_FIELDS = {
  sourceId: 'source_id',
  userId: 'user_id',
  groupId: 'group_id',
  name: 'name',
  country: 'country',
  region: 'region',
  city: 'city',
  browser: 'browser',
  os: 'os',
  deviceType: 'device_type',
  referrerHost: 'referrer_host',
  campaignSource: 'campaign_source',
  campaignMedium: 'campaign_medium',
  campaignName: 'campaign_name',
  campaignTerm: 'campaign_term',
  campaignContent: 'campaign_content',
} as const;

type Own = 'sourceId' | 'userId' | 'groupId' | 'name';
type EventFieldName = keyof typeof EVENT_FIELDS;

/** A field in the two forms that it is read in. */
export interface EventField {
  /** Without what an event cannot keep: null is missing, and so is an object, which only `near` looks into. */
  read(event: SegmentEvent): JsonValue | undefined;
  readonly sql: SqlValue;
}

/** Reads the path of a field of an event. */
export function readEventField(fields: Fields, name: string): string {
  const path = fields.path(name);
  const [root, ...rest] = pathKeys(path);
  const isRoot = ROOTS.some((known) => known === root);
  if ((isRoot && rest.length > 0) || (!isRoot && rest.length === 0 && Object.hasOwn(EVENT_FIELDS, path)))
    return path;
  return refuse(
    `${fields.at}.${name}`,
    `must begin with properties., context. or traits., or be one of ${Object.keys(EVENT_FIELDS).join(', ')}.`,
  );
}

/** Compiles a field. */
export function compileEventField(path: string): EventField {
  const keys = pathKeys(path);
  const root = ROOTS.find((known) => known === keys[0]);
  if (root === undefined) return compileOwn(path as EventFieldName);
  return {
    read: ({ event }) => valueAt(event[root], keys, 1) ?? undefined,
    sql: jsonValue(root, keys.slice(1)),
  };
}

/** Compiles the path of an array of objects: its objects, and where SQL finds the array. */
export function compileEventItems(path: string): {
  read(event: SegmentEvent): readonly JsonValue[];
  readonly root: string;
  readonly keys: readonly string[];
} {
  const [root, ...keys] = pathKeys(path);
  const { read } = compileEventField(path);
  return { read: (event) => objectsOf(read(event)), root: root as string, keys };
}

/** The objects of an array; none, where it holds anything else: ClickHouse keeps those apart. A null among objects it keeps as an empty one. */
export function objectsOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (!Array.isArray(value) || !value.some(isObject)) return [];
  return value.every((item) => item === null || isObject(item)) ? value : [];
}

function compileOwn(name: EventFieldName): EventField {
  const column = EVENT_FIELDS[name];
  const text = `nullIf(${column}::String, '')`;
  const sql = { ...jsonValue('properties', [name]), text, exists: `(${column} != '')` };
  const nothing = {
    number: 'NULL::Nullable(Float64)',
    flag: 'NULL::Nullable(Bool)',
    array: 'NULL::Nullable(String)',
  };
  return { read: (event) => ownOf(event, name) || undefined, sql: { ...sql, ...nothing } };
}

function ownOf({ event, enrichment }: SegmentEvent, name: EventFieldName): string {
  switch (name) {
    case 'sourceId':
    case 'userId':
    case 'groupId':
    case 'name':
      return event[name satisfies Own];
    default:
      return enrichment[name satisfies keyof Enrichment];
  }
}
