import { api } from './client';

/** The names of sources by their ids; an unknown one is called by its id. */
export function useSourceNames(): (id: string) => string {
  const { data } = api.useQuery(
    'get',
    '/api/v1/sources',
    { params: { query: { limit: 500 } } },
    { staleTime: 60_000 },
  );
  const names = new Map(data?.data.map(({ id, name }) => [id, name]));
  return (id) => names.get(id) ?? id;
}
