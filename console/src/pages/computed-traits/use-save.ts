import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';

/** Makes or changes a computed trait, and shows it. */
export function useSave() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const put = api.useMutation('put', '/api/v1/computed-traits/{name}', {
    onSuccess({ name }) {
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => /^\/api\/v1\/(computed-traits|segments)/.test(String(queryKey[1])),
      });
      void navigate({ to: '/computed-traits/$name', params: { name } });
    },
  });
  return {
    isPending: put.isPending,
    save(name: string, body: { readonly text: string; readonly description: string }): void {
      put.mutate({ params: { path: { name } }, body });
    },
  };
}
