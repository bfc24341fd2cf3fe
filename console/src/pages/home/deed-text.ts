import { MASK } from '../../ui/person';

const VERBS: Readonly<Record<string, string>> = {
  POST: 'made',
  PUT: 'set',
  PATCH: 'changed',
  DELETE: 'deleted',
};

/** What of the audit log is needed to tell a change in words. */
export interface Deed {
  /** The method and the pattern of the path, such as `POST /api/v1/pools/:id/codes`. */
  readonly action: string;
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** A change in a few words: `made the source Demo till`, `pool welcome: codes`. */
export function deedText({ action, path, before, after }: Deed): string {
  const [method = ''] = action.split(' ');
  const [things = '', id, ...rest] = path.replace('/api/v1/', '').split('/').map(decodeURIComponent);
  if (things === 'session') return method === 'POST' ? 'signed in' : 'signed out';
  const thing = things.replace(/ies$/, 'y').replace(/s$/, '').replaceAll('-', ' ');
  if (rest.length > 0 || (method === 'POST' && id !== undefined))
    return `${thing} ${[id, ...rest].join(' ')}`;
  return `${VERBS[method] ?? method} the ${thing} ${nameIn(after) ?? nameIn(before) ?? id ?? ''}`.trimEnd();
}

function nameIn(state: unknown): string | undefined {
  const { name } = (state ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' && name !== MASK ? name : undefined;
}
