import { Badge, Button, Group } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { type Column, DataTable } from '../../ui/data-table';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { type User, UserForm, waysText } from './user-form';

/** People who may sign in. */
export function UsersTab() {
  const [shown, setShown] = useState<User | 'new'>();
  const { id: own } = useUser();
  const { data, error, refetch } = api.useQuery('get', '/api/v1/users');
  const columns: ReadonlyArray<Column<User>> = [
    {
      head: 'Name',
      width: 'minmax(0, 1.4fr)',
      cell: ({ id, name }) => (id === own ? `${name} (you)` : name),
    },
    { head: 'E-mail', width: 'minmax(0, 1.6fr)', cell: ({ email }) => email },
    { head: 'Role', width: '90px', cell: ({ role }) => role },
    {
      head: 'Personal data',
      width: '130px',
      isExtra: true,
      cell: ({ personalData }) => (personalData ? 'sees it' : 'masked'),
    },
    {
      head: 'Signs in by',
      width: '190px',
      isExtra: true,
      cell: ({ signsInBy }) => waysText(signsInBy),
    },
    {
      head: 'State',
      width: '80px',
      isExtra: true,
      cell: ({ enabled }) => (
        <Badge variant="light" color={enabled ? 'teal' : 'gray'}>
          {enabled ? 'on' : 'off'}
        </Badge>
      ),
    },
    {
      head: 'Last seen',
      width: '130px',
      align: 'right',
      isExtra: true,
      cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} />,
    },
  ];
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <Button leftSection={<IconPlus size={16} />} onClick={() => setShown('new')}>
          Add user
        </Button>
      </Group>
      {data === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : (
        <DataTable label="Users" columns={columns} rows={data.data} idOf={({ id }) => id} onOpen={setShown} />
      )}
      {shown === undefined ? null : (
        <UserForm user={shown === 'new' ? undefined : shown} onClose={() => setShown(undefined)} />
      )}
    </>
  );
}
