import { Badge, Group } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { ButtonLink } from '../../ui/links';
import { Loading } from '../../ui/loading';
import { definitionOf, fromText } from '../connections/definition';
import type { Destination } from './field';

/** What goes to a destination. */
export function ConnectionsTab({ destination: { id } }: { readonly destination: Destination }) {
  const navigate = useNavigate();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/connections',
      { params: { query: { destinationId: id } } },
      pageOptions,
    ),
  );
  const { data: books } = api.useQuery('get', '/api/v1/destinations/{id}/balance', {
    params: { path: { id } },
  });
  const add = (
    <ButtonLink
      to="/destinations/$destinationId/connect"
      params={{ destinationId: id }}
      leftSection={<IconPlus size={16} />}
    >
      Add connection
    </ButtonLink>
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="Nothing goes here yet"
        text="A connection says what is sent: events of your sources, or the people of a segment, and how the fields of the tool are filled. Before it is switched on you see the exact request."
      >
        {add}
      </Empty>
    );
  const tallies = new Map(books?.connections.map((tally) => [tally.connectionId, tally]));
  const number = (head: string, of: 'matched' | 'delivered' | 'dead', isExtra = false) => ({
    ...{ head, isExtra, align: 'right' as const, width: '100px' },
    cell: (row: { readonly id: string }) => (
      <span className="number">{count(tallies.get(row.id)?.[of] ?? 0)}</span>
    ),
  });
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    { head: 'Name', width: 'minmax(0, 2fr)', cell: ({ name }) => name },
    { head: 'Takes', width: 'minmax(0, 2fr)', cell: ({ newest }) => fromText(newest), isExtra: true },
    { head: 'Action', cell: ({ newest }) => definitionOf(newest).action, isExtra: true },
    {
      head: 'State',
      width: '80px',
      cell: ({ enabled }) => (
        <Badge variant="light" color={enabled ? 'teal' : 'gray'}>
          {enabled ? 'on' : 'off'}
        </Badge>
      ),
    },
    number('Matched', 'matched'),
    number('Delivered', 'delivered', true),
    number('Dead', 'dead', true),
  ];
  return (
    <>
      <Group justify="flex-end" mb="sm">
        {add}
      </Group>
      <DataTable
        label="Connections"
        columns={columns}
        rows={rows}
        idOf={(row) => row.id}
        onOpen={(row) =>
          void navigate({ to: '/connections/$connectionId', params: { connectionId: row.id } })
        }
        more={more}
      />
    </>
  );
}
