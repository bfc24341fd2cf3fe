import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { pageOptions, pagesOf } from '../../api/use-pages';

/** A computed trait, with what asks for it. */
export type Trait =
  paths['/api/v1/computed-traits/{name}']['get']['responses'][200]['content']['application/json'];

/** Reads a computed trait. */
export function useTrait(name: string) {
  return api.useQuery('get', '/api/v1/computed-traits/{name}', { params: { path: { name } } });
}

/** Lists all: there are no more of them than one page may have. */
export function useTraits() {
  const init = { params: { query: { limit: 500 } } };
  return pagesOf(api.useInfiniteQuery('get', '/api/v1/computed-traits', init, pageOptions));
}
