import { Text } from '@mantine/core';
import { api } from '../api/client';
import { ButtonLink } from './links';
import { Loading } from './loading';
import { Snippet } from './snippet';

/** A first call to be pasted into a terminal, with the write key of a source that there is; else the way to make a source. */
export function FirstCall({ path, body }: { readonly path: string; readonly body: object }) {
  const { data } = api.useQuery('get', '/api/v1/sources', { params: { query: { limit: 500 } } });
  if (data === undefined) return <Loading lines={1} height={80} />;
  const source = data.data.find(({ enabled, kind }) => enabled && kind !== OURS);
  if (source === undefined)
    return (
      <>
        <Text size="sm">The command carries the write key of a source, and there is none yet.</Text>
        <ButtonLink to="/sources">Create a source first</ButtonLink>
      </>
    );
  return (
    <Snippet
      label="first call"
      text={[
        `curl ${window.location.origin}/v1/${path} -u ${source.writeKey}:`,
        `  -H 'content-type: application/json'`,
        `  -d '${JSON.stringify(body)}'`,
      ].join(' \\\n')}
    />
  );
}

/** The kind of the source of what the server itself tells. */
const OURS = 'consent';
