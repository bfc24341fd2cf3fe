import { useQueryClient } from '@tanstack/react-query';
import { api, rememberCsrf } from './client';
import type { paths } from './schema';

/** Who is signed in, and whether anybody is to be created first. */
export type Session = paths['/api/v1/session']['get']['responses'][200]['content']['application/json'];
/** Somebody who is signed in. */
export type SessionUser = NonNullable<Session['user']>;

const KEY = ['get', '/api/v1/session'] as const;

/** The session of this browser. */
export function useSession() {
  return api.useQuery('get', '/api/v1/session', undefined, {
    staleTime: 60_000,
    select: (session) => {
      rememberCsrf(session.csrf);
      return session;
    },
  });
}

/** The user of a page that is only shown to those who are signed in. */
export function useUser(): SessionUser {
  const { data } = useSession();
  // Invariant: `SignInGate` shows pages to nobody else.
  return data?.user as SessionUser;
}

/** Takes over a session that was just opened, or forgets everything when there is none. */
export function useSetSession(): (session: Session) => void {
  const queries = useQueryClient();
  return (session) => {
    rememberCsrf(session.csrf);
    if (session.user === null) queries.removeQueries({ predicate: ({ queryKey }) => queryKey[1] !== KEY[1] });
    queries.setQueryData([...KEY, undefined], session);
    void queries.invalidateQueries({ queryKey: KEY });
  };
}
