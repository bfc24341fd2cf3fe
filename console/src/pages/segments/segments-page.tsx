import { Button, Group } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import type { Column } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { count } from '../../ui/figure';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { SearchedList } from '../../ui/searched-list';
import { Snippet } from '../../ui/snippet';
import { SegmentStatus } from './segment-status';

type SegmentRow =
  paths['/api/v1/segments']['get']['responses'][200]['content']['application/json']['data'][number];

const EXAMPLE = `did "Order Completed" at least 2 times in the last 30 days
and sequence ("Product Added" then not "Order Completed" within 1 hour)`;

/** Groups of people that keep themselves up to date. */
export function SegmentsPage() {
  const mayChange = useUser().role !== 'viewer';
  return (
    <Page
      title="Segments"
      text="Groups of people that keep themselves up to date, event by event."
      actions={
        mayChange ? (
          <Button component={Link} to="/segments/new" leftSection={<IconPlus size={16} />}>
            New segment
          </Button>
        ) : null
      }
    >
      <SegmentList />
    </Page>
  );
}

const COLUMNS: ReadonlyArray<Column<SegmentRow>> = [
  { head: 'Name', width: 'minmax(0, 2fr)', cell: ({ name }) => name },
  {
    head: 'About',
    width: 'minmax(0, 2fr)',
    isExtra: true,
    cell: ({ description }) => <span className="quiet">{description}</span>,
  },
  {
    head: 'Status',
    width: '130px',
    cell: ({ status, error: why }) => <SegmentStatus status={status} error={why} />,
  },
  {
    head: 'People',
    width: '110px',
    align: 'right',
    cell: ({ size }) => <span className="number">{count(size)}</span>,
  },
  {
    head: 'Changed',
    width: '140px',
    align: 'right',
    isExtra: true,
    cell: ({ changedAt }) => <Moment at={changedAt} />,
  },
];

function SegmentList() {
  const navigate = useNavigate();
  const { q } = useSearch({ from: '/segments' });
  const init = { params: { query: { limit: 100 } } };
  const options = { ...pageOptions, refetchInterval: 5_000 };
  const pages = pagesOf(api.useInfiniteQuery('get', '/api/v1/segments', init, options));
  if (pages.rows?.length === 0) return <NoSegments />;
  return (
    <SearchedList
      label="Segments"
      find="Find a segment"
      placeholder="Find by name"
      asked={q}
      onAsk={(search) => void navigate({ to: '/segments', search, replace: true })}
      textOf={({ name, description }) => `${name} ${description}`}
      nothing={{ title: 'No such segment', text: 'None has that in its name or in what is said about it.' }}
      columns={COLUMNS}
      idOf={({ id }) => id}
      onOpen={({ id }) => void navigate({ to: '/segments/$segmentId', params: { segmentId: id } })}
      pages={pages}
    />
  );
}

function NoSegments() {
  const mayChange = useUser().role !== 'viewer';
  return (
    <Empty
      title="No segments yet"
      text="Say who is meant by traits, by what people did and when, in which order, and by what they did not do. You see who that is while you write."
    >
      <Snippet text={EXAMPLE} label="an example of a segment" />
      {mayChange ? (
        <Group gap="xs">
          <Button component={Link} to="/segments/new">
            New segment
          </Button>
          <Button variant="default" component={Link} to="/segments/new" search={{ text: EXAMPLE } as never}>
            Begin with this example
          </Button>
        </Group>
      ) : null}
    </Empty>
  );
}
