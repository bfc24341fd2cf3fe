/** The one client of the admin API. Its types are generated from the OpenAPI document (`npm run build`); nothing else calls the server. */
import createFetchClient, { type Middleware } from 'openapi-fetch';
import createQueryClient from 'openapi-react-query';
import { Problem } from './problem';
import type { paths } from './schema';

/** The token against forgery of who is signed in; see `useSession`. */
let csrf: string | null = null;

/** Remembers the token that changes must carry. */
export function rememberCsrf(token: string | null): void {
  csrf = token;
}

const problems: Middleware = {
  onRequest({ request }) {
    if (csrf !== null && request.method !== 'GET') request.headers.set('x-csrf-token', csrf);
    return request;
  },
  async onResponse({ response }) {
    if (!response.ok) throw await Problem.of(response);
    return undefined;
  },
};

/** Asks outside of components. Rejects with a `Problem` on every answer that is no success. */
export const client = createFetchClient<paths>({ credentials: 'same-origin' });
client.use(problems);

/** Asks in components: `api.useQuery('get', '/api/v1/sources')`, `api.useMutation('post', …)`. */
export const api = createQueryClient(client);
