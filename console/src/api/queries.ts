import { notifications } from '@mantine/notifications';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem, problemText } from './problem';

/** Asking again what failed may help when the server is away; not when it said no. */
function mayHelp(failures: number, error: unknown): boolean {
  return failures < 2 && !(error instanceof Problem && error.status < 500);
}

/** What the server was asked, and what it answered. A change that fails is told of, wherever it was made. */
export const queries: QueryClient = new QueryClient({
  defaultOptions: { queries: { retry: mayHelp, staleTime: 5_000, refetchOnWindowFocus: false } },
  queryCache: new QueryCache({
    onError(error, { queryKey }) {
      // Signed out meanwhile: the session is asked anew, and its gate shows the door.
      if (error instanceof Problem && error.status === 401 && queryKey[1] !== '/api/v1/session')
        void queries.invalidateQueries({ queryKey: ['get', '/api/v1/session'] });
    },
  }),
  mutationCache: new MutationCache({
    onError(error, _variables, _context, { meta }) {
      if (meta?.quiet === true) return;
      const { title, detail } = problemText(error);
      notifications.show({ color: 'red', title, message: detail, autoClose: 10_000 });
    },
  }),
});
