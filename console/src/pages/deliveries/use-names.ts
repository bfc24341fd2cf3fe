import { api } from '../../api/client';

const ALL = { params: { query: { limit: 500 } } } as const;

/** What destinations and connections are called, by their ids. Deleted ones have no name any more. */
export function useNames(): (id: string) => string | undefined {
  const options = { staleTime: 60_000 };
  const { data: destinations } = api.useQuery('get', '/api/v1/destinations', ALL, options);
  const { data: connections } = api.useQuery('get', '/api/v1/connections', ALL, options);
  const names = new Map(
    [...(destinations?.data ?? []), ...(connections?.data ?? [])].map(({ id, name }) => [id, name]),
  );
  return (id) => names.get(id);
}
