import { api } from '../../api/client';
import { Answered, useAskOptions } from '../insights/answered';
import { QueryResult } from './query-result';

/** Asks in SQL, and shows what came back. */
export function SqlAnswer({ sql }: { readonly sql: string }) {
  const query = api.useQuery('post', '/api/v1/query', { body: { sql } }, useAskOptions(true));
  return (
    <Answered isAsked missing="" query={query}>
      {(answer) => <QueryResult answer={answer} height="320px" />}
    </Answered>
  );
}
