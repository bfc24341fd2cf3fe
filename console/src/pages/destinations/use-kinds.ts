import { api } from '../../api/client';

/** The catalogue, which changes with the server alone; and what its kinds are called. */
export function useKinds() {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/destination-kinds', undefined, {
    staleTime: 5 * 60_000,
  });
  const titles = new Map(data?.data.map(({ kind, title }) => [kind, title]));
  return {
    ...{ kinds: data?.data, error, refetch: () => void refetch() },
    titleOf: (kind: string) => titles.get(kind) ?? kind,
  };
}
