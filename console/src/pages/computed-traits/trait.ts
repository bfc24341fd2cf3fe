import { api } from '../../api/client';
import type { paths } from '../../api/schema';

/** A computed trait, with what asks for it. */
export type Trait =
  paths['/api/v1/computed-traits/{name}']['get']['responses'][200]['content']['application/json'];

/** Reads a computed trait. */
export function useTrait(name: string) {
  return api.useQuery('get', '/api/v1/computed-traits/{name}', { params: { path: { name } } });
}
