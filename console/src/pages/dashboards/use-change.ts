import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import type { Dashboard } from './question';

type Change = Omit<
  paths['/api/v1/dashboards/{id}']['patch']['requestBody']['content']['application/json'],
  'expectedVersion'
>;

function keyOf(id: string) {
  return api.queryOptions('get', '/api/v1/dashboards/{id}', { params: { path: { id } } }).queryKey;
}

/** Takes over how a dashboard is now, as a change answered it. */
export function rememberDashboard(queries: QueryClient, dashboard: Dashboard): void {
  queries.setQueryData(keyOf(dashboard.id), dashboard);
  void queries.invalidateQueries({ queryKey: ['get', '/api/v1/dashboards'] });
}

/**
 * Changes a dashboard as it was last seen. Where somebody else changed it meanwhile that is told, and theirs is shown.
 * @returns `change`, which is given how it is now, and does nothing while another change is on its way.
 */
export function useChange(id: string) {
  const queries = useQueryClient();
  const { mutate, isPending } = api.useMutation('patch', '/api/v1/dashboards/{id}', {
    onSuccess: (after) => rememberDashboard(queries, after),
    onError: () => void queries.invalidateQueries({ queryKey: keyOf(id) }),
  });
  return {
    isPending,
    change(decide: (now: Dashboard) => Change | undefined, done?: (after: Dashboard) => void): void {
      const now = queries.getQueryData<Dashboard>(keyOf(id));
      const body = now && !isPending ? decide(now) : undefined;
      if (now === undefined || body === undefined) return;
      mutate(
        { params: { path: { id } }, body: { ...body, expectedVersion: now.version } },
        { onSuccess: (after) => done?.(after) },
      );
    },
  };
}
