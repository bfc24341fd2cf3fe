import { Badge, Text } from '@mantine/core';
import { api } from '../../../api/client';
import { pageOptions, pagesOf } from '../../../api/use-pages';
import { type Column, DataTable } from '../../../ui/data-table';
import { Empty } from '../../../ui/empty';
import { Failed } from '../../../ui/failed';
import { Loading } from '../../../ui/loading';
import { Moment } from '../../../ui/moment';
import { type Profile, refOf } from '../person-types';

const COLOURS: Readonly<Record<string, string>> = {
  delivered: 'teal',
  dead: 'red',
  filtered: 'gray',
  retried: 'yellow',
  pending: 'river',
};

/** What was sent of the person to other tools, and what was not and why. */
export function DeliveriesTab({ profile }: { readonly profile: Profile }) {
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/deliveries',
      { params: { query: { profile: refOf(profile.id), limit: 100 } } },
      pageOptions,
    ),
  );
  const { data: destinations } = api.useQuery('get', '/api/v1/destinations', undefined, {
    staleTime: 60_000,
  });
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="Nothing was sent"
        text="Deliveries appear when a destination has a connection that matches what this person does, or a segment that they enter."
      />
    );
  const names = new Map(destinations?.data.map(({ id, name }) => [id, name]));
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    { head: 'Destination', width: 'minmax(0, 1.4fr)', cell: ({ destinationId: id }) => names.get(id) ?? id },
    { head: 'Why', isExtra: true, cell: ({ kind }) => kind.replaceAll('_', ' ') },
    {
      head: 'State',
      width: '120px',
      cell: ({ status }) => (
        <Badge variant="light" color={COLOURS[status] ?? 'gray'}>
          {status}
        </Badge>
      ),
    },
    {
      head: 'Reason',
      width: 'minmax(0, 1.4fr)',
      isExtra: true,
      cell: ({ reason, error: said }) => (
        <Text span size="sm" className="quiet" title={said ?? undefined}>
          {said ?? reason ?? ''}
        </Text>
      ),
    },
    {
      head: 'When',
      width: '130px',
      align: 'right',
      cell: ({ endedAt, receivedAt }) => <Moment at={endedAt ?? receivedAt} />,
    },
  ];
  return <DataTable label="Deliveries" columns={columns} rows={rows} idOf={({ key }) => key} more={more} />;
}
