import { api } from '../../api/client';

/** As many as one page of the list may have. */
const SEGMENTS_MAX = 200;

/** Names of segments by id, in the order of the list. */
export function useSegmentNames(): ReadonlyMap<string, string> {
  const { data } = api.useQuery('get', '/api/v1/segments', { params: { query: { limit: SEGMENTS_MAX } } });
  return new Map(data?.data.map(({ id, name }) => [id, name]));
}
