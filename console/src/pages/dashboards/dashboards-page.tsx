import { Group } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { ButtonLink } from '../../ui/links';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { NewDashboard } from './new-dashboard';

type Row =
  paths['/api/v1/dashboards']['get']['responses'][200]['content']['application/json']['data'][number];

const COLUMNS: ReadonlyArray<Column<Row>> = [
  { head: 'Name', width: 'minmax(0, 2fr)', cell: ({ name }) => name },
  {
    head: 'About',
    width: 'minmax(0, 2fr)',
    isExtra: true,
    cell: ({ description }) => <span className="quiet">{description}</span>,
  },
  {
    head: 'Questions',
    width: '100px',
    align: 'right',
    cell: ({ cards }) => <span className="number">{count(cards)}</span>,
  },
  {
    head: 'Changed',
    width: '140px',
    align: 'right',
    isExtra: true,
    cell: ({ changedAt }) => <Moment at={changedAt} />,
  },
];

/** Questions that are looked at again and again, together. */
export function DashboardsPage() {
  const mayChange = useUser().role !== 'viewer';
  return (
    <Page
      title="Dashboards"
      text="Questions that you look at again and again, asked anew each time."
      actions={mayChange ? <NewDashboard /> : null}
    >
      <DashboardList />
    </Page>
  );
}

function DashboardList() {
  const navigate = useNavigate();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/dashboards', { params: { query: { limit: 100 } } }, pageOptions),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="No dashboards yet"
        text="Ask something in Insights or in SQL, and pin the question: it is asked anew whenever somebody looks."
      >
        <Group gap="xs">
          <ButtonLink to="/insights">Ask in Insights</ButtonLink>
          <ButtonLink to="/query" variant="default">
            Ask in SQL
          </ButtonLink>
        </Group>
      </Empty>
    );
  return (
    <DataTable
      label="Dashboards"
      columns={COLUMNS}
      rows={rows}
      idOf={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: '/dashboards/$dashboardId', params: { dashboardId: id } })}
      more={more}
    />
  );
}
