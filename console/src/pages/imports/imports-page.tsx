import { IconPlus } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import { useSourceNames } from '../../api/use-source-names';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { ButtonLink } from '../../ui/links';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Snippet } from '../../ui/snippet';
import { type Import, ImportProgress, ImportStatus } from './import-status';

/** Files that were, or are being, imported. */
export function ImportsPage() {
  const mayImport = useUser().role !== 'viewer';
  return (
    <Page
      title="Imports"
      text="Files of customers, purchases and events. Their rows take the way of all events, and count once, however often a file is sent."
      actions={
        <ButtonLink to="/imports/new" leftSection={<IconPlus size={16} />} disabled={!mayImport}>
          New import
        </ButtonLink>
      }
    >
      <ImportList mayImport={mayImport} />
    </Page>
  );
}

function ImportList({ mayImport }: { readonly mayImport: boolean }) {
  const navigate = useNavigate();
  const nameOf = useSourceNames();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/imports', {}, { ...pageOptions, refetchInterval: 3_000 }),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="Nothing was imported yet"
        text="Take a CSV file, tab-separated values or JSON lines, say what its columns are, and look at real rows before anything is stored. Large files and Parquet go well by the command, too:"
      >
        <Snippet
          label="import command"
          text={[
            'TRIBUTARY_ADMIN_TOKEN=trb_... npx tributary import customers.csv',
            `  --mapping mapping.json --url ${window.location.origin}`,
          ].join(' \\\n')}
        />
        {mayImport ? <ButtonLink to="/imports/new">Import a file</ButtonLink> : null}
      </Empty>
    );
  const columns: ReadonlyArray<Column<Import>> = [
    { head: 'File', width: 'minmax(0, 2fr)', cell: ({ file, id }) => file || id },
    { head: 'Into', isExtra: true, cell: ({ sourceId }) => nameOf(sourceId) },
    { head: 'State', width: '170px', cell: ({ status }) => <ImportStatus status={status} /> },
    { head: 'Read', width: '130px', isExtra: true, cell: (one) => <ImportProgress one={one} /> },
    {
      head: 'Rows',
      align: 'right',
      width: '110px',
      cell: ({ rowsRead }) => <span className="number">{count(rowsRead)}</span>,
    },
    {
      head: 'Refused',
      align: 'right',
      width: '100px',
      isExtra: true,
      cell: ({ rejected }) => <span className="number">{count(rejected)}</span>,
    },
    { head: 'Created', align: 'right', isExtra: true, cell: ({ createdAt }) => <Moment at={createdAt} /> },
  ];
  return (
    <DataTable
      label="Imports"
      columns={columns}
      rows={rows}
      idOf={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: '/imports/$importId', params: { importId: id } })}
      more={more}
    />
  );
}
