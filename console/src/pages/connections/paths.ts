import { api } from '../../api/client';

/** A place in an event, and what stands there in a recent one. */
export interface KnownPath {
  readonly path: string;
  readonly sample: string;
}

const SAMPLE_CHARS_MAX = 60;
const LOOKED_AT = 20;
const DEPTH_MAX = 4;
const ITEMS_MAX = 3;

/** Paths that lead somewhere in recent events of a name (any, where there is none), and in the profile of the newest. */
export function usePaths(name: string | undefined): readonly KnownPath[] {
  const query = { limit: LOOKED_AT, ...(name === undefined ? {} : { name }) };
  const options = { staleTime: 30_000 };
  const { data } = api.useQuery('get', '/api/v1/events', { params: { query } }, options);
  const newest = data?.data[0];
  const { data: profile } = api.useQuery(
    'get',
    '/api/v1/profiles/{ref}',
    { params: { path: { ref: `id:${newest?.profileId ?? ''}` } } },
    { ...options, enabled: newest !== undefined },
  );
  const found = new Map<string, string>();
  for (const { properties, traits, context, ...event } of data?.data ?? []) {
    const { type, name: called, messageId, userId, anonymousId, groupId, timestamp, receivedAt } = event;
    const heads = { type, messageId, userId, anonymousId, groupId, timestamp, receivedAt };
    const named = type === 'track' ? { event: called } : { name: called };
    collect({ ...heads, ...named, properties, traits, context }, '$', 0, found);
  }
  if (profile !== undefined) {
    const identifiers: Record<string, unknown[]> = {};
    for (const { kind, value } of profile.identifiers)
      identifiers[kind] = [...(identifiers[kind] ?? []), value];
    collect({ id: profile.id, identifiers, traits: profile.traits }, '$.profile', 0, found);
  }
  return Array.from(found, ([path, sample]) => ({ path, sample })).sort(byPath);
}

function collect(value: unknown, at: string, depth: number, found: Map<string, string>): void {
  if (value === undefined || value === null || value === '') return;
  if (typeof value !== 'object') {
    if (!found.has(at)) found.set(at, String(value).slice(0, SAMPLE_CHARS_MAX));
    return;
  }
  if (!found.has(at) && at !== '$' && at !== '$.profile')
    found.set(at, Array.isArray(value) ? `${value.length} items` : 'an object');
  if (depth >= DEPTH_MAX) return;
  const entries = Array.isArray(value)
    ? value.slice(0, ITEMS_MAX).map((item, index) => [`${at}[${index}]`, item] as const)
    : Object.entries(value).map(([key, item]) => [`${at}${step(key)}`, item] as const);
  for (const [path, item] of entries) collect(item, path, depth + 1, found);
}

function step(key: string): string {
  return /^[\p{L}\p{N}_$-]+$/u.test(key) ? `.${key}` : `['${key.replaceAll("'", "\\'")}']`;
}

function byPath(a: KnownPath, b: KnownPath): number {
  return rank(a.path) - rank(b.path) || a.path.localeCompare(b.path);
}

/** What people map most comes first. */
function rank(path: string): number {
  const order = ['$.properties', '$.traits', '$.profile', '$.context'];
  const found = order.findIndex((one) => path.startsWith(one));
  return found < 0 ? 2.5 : found;
}
