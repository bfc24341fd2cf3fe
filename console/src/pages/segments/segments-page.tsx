import { Button, Group, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
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
  const asked = useSearch({ from: '/segments' });
  const [q, setQ] = useState(asked.q ?? '');
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/segments',
      { params: { query: { limit: 100 } } },
      {
        ...pageOptions,
        refetchInterval: 5_000,
      },
    ),
  );
  if (rows?.length === 0) return <NoSegments />;
  const wanted = q.toLowerCase();
  const shown = rows?.filter(({ name, description }) =>
    `${name} ${description}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <TextInput
        aria-label="Find a segment"
        placeholder="Find by name"
        leftSection={<IconSearch size={16} aria-hidden />}
        maw={320}
        value={q}
        onChange={({ currentTarget: { value } }) => {
          setQ(value);
          void navigate({ to: '/segments', search: value === '' ? {} : { q: value }, replace: true });
        }}
      />
      {shown === undefined ? (
        error ? (
          <Failed error={error} retry={refetch} />
        ) : (
          <Loading />
        )
      ) : shown.length === 0 && !more.has ? (
        <Empty title="No such segment" text="None has that in its name or in what is said about it." />
      ) : (
        <DataTable
          label="Segments"
          columns={COLUMNS}
          rows={shown}
          idOf={({ id }) => id}
          onOpen={({ id }) => void navigate({ to: '/segments/$segmentId', params: { segmentId: id } })}
          more={more}
        />
      )}
    </>
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
