import { notifications } from '@mantine/notifications';
import { MutationCache, type Query, QueryCache, QueryClient } from '@tanstack/react-query';
import { mayHelp, Problem, problemText } from './problem';

/** How often what failed is asked again before people are told. */
const RETRIES = 2;

/** What the server was asked, and what it answered. A change that fails is told of, wherever it was made. */
export const queries: QueryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (failures, error) => failures < RETRIES && mayHelp(error),
      staleTime: 5_000,
      refetchOnWindowFocus: false,
    },
  },
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

/**
 * What failed and is asked again stays failed until there is an answer: else a page that looks every few seconds would show itself loading for as long
 * as the server is away.
 */
const failed = new WeakMap<Query, Error>();
queries.getQueryCache().subscribe((event) => {
  if (event.type !== 'updated') return;
  const { query, action } = event;
  if (action.type === 'error') failed.set(query, action.error);
  const error = failed.get(query);
  if (action.type === 'fetch' && error !== undefined && query.state.data === undefined)
    query.setState({ status: 'error', error });
});
