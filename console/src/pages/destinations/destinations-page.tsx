import { Badge, Group, Text } from '@mantine/core';
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
import { Page } from '../../ui/page';
import { Monogram } from './monogram';
import { useKinds } from './use-kinds';

/** The tools that Tributary sends to. */
export function DestinationsPage() {
  return (
    <Page
      title="Destinations"
      text="The tools that people and events are sent to: reliably, each on its own, and only with consent."
      actions={
        <ButtonLink to="/destinations/catalogue" leftSection={<IconPlus size={16} />}>
          Add destination
        </ButtonLink>
      }
    >
      <DestinationList />
    </Page>
  );
}

function DestinationList() {
  const navigate = useNavigate();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/destinations', {}, pageOptions),
  );
  const { data: books } = api.useQuery('get', '/api/v1/deliveries/balance', undefined, {
    refetchInterval: 5_000,
  });
  const { titleOf } = useKinds();
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0) return <NoDestinations />;
  const tallies = new Map(books?.destinations.map((tally) => [tally.destinationId, tally]));
  const number = (head: string, of: 'delivered' | 'pending' | 'dead', isExtra = false) => ({
    ...{ head, isExtra, align: 'right' as const, width: '90px' },
    cell: ({ id }: { readonly id: string }) => (
      <span className="number">{count(tallies.get(id)?.[of] ?? 0)}</span>
    ),
  });
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    {
      head: 'Name',
      width: 'minmax(0, 2fr)',
      cell: ({ name, kind }) => (
        <Group gap="xs" wrap="nowrap">
          <Monogram title={titleOf(kind)} size={24} />
          <Text size="sm" truncate>
            {name}
          </Text>
        </Group>
      ),
    },
    { head: 'Tool', cell: ({ kind }) => titleOf(kind), isExtra: true },
    {
      head: 'For',
      isExtra: true,
      cell: ({ purposes }) =>
        purposes.length === 0 ? <span className="quiet">no consent needed</span> : purposes.join(', '),
    },
    {
      head: 'State',
      width: '80px',
      cell: ({ enabled }) => (
        <Badge variant="light" color={enabled ? 'teal' : 'gray'}>
          {enabled ? 'on' : 'off'}
        </Badge>
      ),
    },
    number('Delivered', 'delivered'),
    {
      ...{ head: 'Filtered', align: 'right', width: '90px', isExtra: true },
      cell: ({ id }) => (
        <span className="number">
          {count(Object.values(tallies.get(id)?.filtered ?? {}).reduce((sum, one) => sum + one, 0))}
        </span>
      ),
    },
    number('Waiting', 'pending', true),
    number('Dead', 'dead', true),
  ];
  return (
    <DataTable
      label="Destinations"
      columns={columns}
      rows={rows}
      idOf={({ id }) => id}
      onOpen={({ id }) =>
        void navigate({ to: '/destinations/$destinationId', params: { destinationId: id } })
      }
      more={more}
    />
  );
}

function NoDestinations() {
  return (
    <Empty
      title="Nothing leaves yet"
      text="Connect the first tool: an HTTPS address of your own, e-mail, Slack, or one of the more than 200 of the library. You then choose which events or segments go there."
    >
      <Group gap="xs">
        <ButtonLink to="/destinations/new/$kind" params={{ kind: 'webhook' }}>
          Connect a webhook
        </ButtonLink>
        <ButtonLink to="/destinations/catalogue" variant="default">
          Browse all tools
        </ButtonLink>
      </Group>
    </Empty>
  );
}
