import { Badge, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { CreateSource } from './create-source';

/** Figures move while somebody looks. */
const AGAIN = { refetchInterval: 5_000 };

/** Where data comes from. */
export function SourcesPage() {
  const [isCreating, { open, close }] = useDisclosure();
  return (
    <Page
      title="Sources"
      text="Where data comes from: websites, apps, servers, tills and files. Each has a write key of its own."
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={open}>
          New source
        </Button>
      }
    >
      <CreateSource opened={isCreating} onClose={close} />
      <SourceList onCreate={open} />
    </Page>
  );
}

function SourceList({ onCreate }: { readonly onCreate: () => void }) {
  const navigate = useNavigate();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/sources', {}, { ...pageOptions, ...AGAIN }),
  );
  const { data: ledger } = api.useQuery('get', '/api/v1/ledger', undefined, AGAIN);
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="No sources yet"
        text="Create one and get the snippet that sends the first event: for the web, Node, curl, or a file."
      >
        <Button onClick={onCreate}>New source</Button>
      </Empty>
    );
  const bySource = new Map(ledger?.sources.map((tally) => [tally.sourceId, tally]));
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    { head: 'Name', width: 'minmax(0, 2fr)', cell: ({ name }) => name },
    { head: 'Kind', isExtra: true, cell: ({ kind }) => kind },
    {
      head: 'State',
      width: '80px',
      cell: ({ enabled }) => (
        <Badge variant="light" color={enabled ? 'teal' : 'gray'}>
          {enabled ? 'on' : 'off'}
        </Badge>
      ),
    },
    {
      head: 'Last event',
      width: '120px',
      align: 'right',
      cell: ({ lastReceivedAt }) => <Moment at={lastReceivedAt} />,
    },
    {
      head: 'Events',
      width: 'minmax(90px, 1fr)',
      align: 'right',
      isExtra: true,
      cell: ({ id }) => <span className="number">{count(bySource.get(id)?.received ?? 0)}</span>,
    },
    {
      head: 'Refused',
      align: 'right',
      isExtra: true,
      cell: ({ id }) => {
        const refused = Object.values(bySource.get(id)?.rejected ?? {}).reduce((sum, one) => sum + one, 0);
        return <span className="number">{count(refused)}</span>;
      },
    },
    { head: 'Created', align: 'right', isExtra: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
  ];
  return (
    <DataTable
      label="Sources"
      columns={columns}
      rows={rows}
      idOf={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: '/sources/$sourceId', params: { sourceId: id } })}
      more={more}
    />
  );
}
