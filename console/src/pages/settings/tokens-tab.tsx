import { Button, Group } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { Confirm } from '../../ui/confirm';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Snippet } from '../../ui/snippet';
import { TokenForm } from './token-form';

type Token = paths['/api/v1/tokens']['get']['responses'][200]['content']['application/json']['data'][number];

/** What programs sign in with. */
export function TokensTab() {
  const [isMaking, setMaking] = useState(false);
  const { data, error, refetch } = api.useQuery('get', '/api/v1/tokens');
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  const make = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      New token
    </Button>
  );
  return (
    <>
      {isMaking ? <TokenForm onClose={() => setMaking(false)} /> : null}
      {data.data.length === 0 ? (
        <Empty
          title="No tokens yet"
          text="A program signs in with a token of its own, with no more rights than it needs. Make one, then ask anything of the API:"
        >
          <Snippet
            label="example"
            text={`curl -H 'authorization: Bearer trb_...' ${window.location.origin}/api/v1/ledger`}
          />
          {make}
        </Empty>
      ) : (
        <>
          <Group justify="flex-end" mb="sm">
            {make}
          </Group>
          <TokenList tokens={data.data} />
        </>
      )}
    </>
  );
}

function TokenList({ tokens }: { readonly tokens: readonly Token[] }) {
  const queries = useQueryClient();
  const revoke = api.useMutation('delete', '/api/v1/tokens/{id}', {
    onSettled: () => queries.invalidateQueries({ queryKey: ['get', '/api/v1/tokens'] }),
  });
  const columns: ReadonlyArray<Column<Token>> = [
    { head: 'Name', width: 'minmax(0, 1.4fr)', cell: ({ name }) => name },
    { head: 'Role', width: '80px', cell: ({ role }) => role },
    {
      head: 'Personal data',
      width: '120px',
      isExtra: true,
      cell: ({ personalData }) => (personalData ? 'sees it' : 'masked'),
    },
    { head: 'Made by', isExtra: true, cell: ({ createdBy }) => createdBy },
    { head: 'Expires', width: '120px', isExtra: true, cell: ({ expiresAt }) => <Moment at={expiresAt} /> },
    {
      head: 'Last used',
      width: '120px',
      isExtra: true,
      cell: ({ lastUsedAt }) => <Moment at={lastUsedAt} />,
    },
    {
      head: 'Actions',
      width: '110px',
      align: 'right',
      cell: ({ id, name }) => (
        <Confirm
          label="Revoke"
          size="xs"
          title={`Revoke ${name}?`}
          text="Whatever program uses it is refused from this moment on. This cannot be undone: a new token is another one."
          onConfirm={() => revoke.mutate({ params: { path: { id } } })}
        />
      ),
    },
  ];
  return <DataTable label="Tokens" columns={columns} rows={tokens} idOf={({ id }) => id} />;
}
