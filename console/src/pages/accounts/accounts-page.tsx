import { Stack, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { FirstCall } from '../../ui/first-call';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { shown } from '../../ui/person';

/** Companies, households, and whatever else people belong to. */
export function AccountsPage() {
  const { q = '' } = useSearch({ from: '/accounts' });
  const navigate = useNavigate({ from: '/accounts' });
  const [search, setSearch] = useState(q);
  return (
    <Page title="Accounts" text="Companies, households and teams that people belong to, from group calls.">
      <Stack gap="sm">
        <TextInput
          aria-label="Search accounts"
          placeholder="An id, or words of a name"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={({ currentTarget: { value } }) => {
            setSearch(value);
            void navigate({ search: value ? { q: value } : {}, replace: true });
          }}
        />
        <AccountList search={search} />
      </Stack>
    </Page>
  );
}

function AccountList({ search }: { readonly search: string }) {
  const navigate = useNavigate();
  const [q] = useDebouncedValue(search.trim(), 150);
  const query = { limit: 100, ...(q ? { search: q } : {}) };
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/accounts', { params: { query } }, pageOptions),
  );
  if (rows === undefined)
    return error ? <Failed error={error} retry={refetch} /> : <Loading lines={8} height={30} />;
  if (rows.length === 0)
    return q ? (
      <Empty title="No such account" text="Search by how the id begins, or by words of its name." />
    ) : (
      <Empty
        title="No accounts yet"
        text="An account appears with the first group call that names it. Send one from a terminal, and look here again:"
      >
        <FirstCall path="group" body={{ userId: '42', groupId: 'acme', traits: { name: 'Acme Boats' } }} />
      </Empty>
    );
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    {
      head: 'Account',
      width: 'minmax(0, 1.4fr)',
      cell: ({ id, traits }) => (
        <b style={{ fontWeight: 550 }}>{traits.name === undefined ? id : shown(traits.name)}</b>
      ),
    },
    { head: 'Id', isExtra: true, cell: ({ id }) => <span className="quiet">{id}</span> },
    {
      head: 'First seen',
      width: '140px',
      align: 'right',
      isExtra: true,
      cell: ({ firstSeenAt }) => <Moment at={firstSeenAt} />,
    },
    {
      head: 'Last seen',
      width: '140px',
      align: 'right',
      cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} />,
    },
  ];
  return (
    <DataTable
      label="Accounts"
      columns={columns}
      rows={rows}
      idOf={({ id }) => id}
      onOpen={({ id }) =>
        void navigate({ to: '/accounts/$accountId', params: { accountId: id }, search: {} })
      }
      more={more}
    />
  );
}
