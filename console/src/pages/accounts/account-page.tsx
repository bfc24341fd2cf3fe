import { Group, Tabs, Text } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { Awaited } from '../../ui/awaited';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { nameOf, shown } from '../../ui/person';
import { Portrait } from '../../ui/portrait';
import { TabList } from '../../ui/tab-list';
import { Timeline, typeAndName } from '../../ui/timeline/timeline';
import { TraitTable } from '../../ui/trait-table';

/** One account: what is known of it, who belongs to it, and what happened in it. */
export function AccountPage() {
  const { accountId: id } = useParams({ from: '/accounts/$accountId' });
  const { tab = 'people' } = useSearch({ from: '/accounts/$accountId' });
  const navigate = useNavigate({ from: '/accounts/$accountId' });
  const { data, error, refetch } = api.useQuery('get', '/api/v1/accounts/{id}', { params: { path: { id } } });
  if (data === undefined)
    return (
      <Awaited
        title="Account"
        up={{ label: 'Accounts', to: '/accounts' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return (
    <Page
      title={data.traits.name === undefined ? id : shown(data.traits.name)}
      up={{ label: 'Accounts', to: '/accounts' }}
      text={
        <>
          {id} · {count(data.members)} {data.members === 1 ? 'person' : 'people'} · first seen{' '}
          <Moment at={data.firstSeenAt} /> · last seen <Moment at={data.lastSeenAt} />
        </>
      }
    >
      <Tabs
        value={tab}
        onChange={(value) =>
          void navigate({ search: value === null || value === 'people' ? {} : { tab: value } })
        }
        keepMounted={false}
      >
        <TabList>
          <Tabs.Tab value="people">People</Tabs.Tab>
          <Tabs.Tab value="traits">Traits</Tabs.Tab>
          <Tabs.Tab value="timeline">Timeline</Tabs.Tab>
        </TabList>
        <Tabs.Panel value="people" pt="md">
          <Members id={id} />
        </Tabs.Panel>
        <Tabs.Panel value="traits" pt="md">
          <TraitTable traits={data.traits} provenance={data.provenance} />
        </Tabs.Panel>
        <Tabs.Panel value="timeline" pt="md">
          <AccountTimeline id={id} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function Members({ id }: { readonly id: string }) {
  const navigate = useNavigate();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/accounts/{id}/members', { params: { path: { id } } }, pageOptions),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty title="Nobody belongs to it" text="People belong to an account when a group call names both." />
    );
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    {
      head: 'Person',
      cell: (person) => (
        <Group gap={10} wrap="nowrap">
          <Portrait id={person.id} name={nameOf(person)} />
          <Text size="sm" fw={550} truncate span>
            {nameOf(person)}
          </Text>
        </Group>
      ),
    },
    {
      head: 'Known by',
      width: 'minmax(0, 1.6fr)',
      cell: ({ identifiers }) => (
        <span className="quiet">{identifiers.map(({ value }) => value).join(' · ')}</span>
      ),
    },
  ];
  return (
    <DataTable
      label="People of the account"
      columns={columns}
      rows={rows}
      idOf={(person) => person.id}
      onOpen={(person) => void navigate({ to: '/people/$ref', params: { ref: person.id }, search: {} })}
      more={more}
    />
  );
}

function AccountTimeline({ id }: { readonly id: string }) {
  const { event } = useSearch({ from: '/accounts/$accountId' });
  const navigate = useNavigate({ from: '/accounts/$accountId' });
  const query = { limit: 100, ...typeAndName(event) };
  const pages = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/accounts/{id}/events',
      { params: { path: { id }, query } },
      pageOptions,
    ),
  );
  const names = new Set(pages.rows?.map(({ type, name }) => (type === 'track' ? name : type)));
  return (
    <Timeline
      pages={pages}
      filter={{ event }}
      names={[...names, ...(event === undefined ? [] : [event])]}
      onFilter={(filter) =>
        void navigate({
          search: { tab: 'timeline', ...(filter.event ? { event: filter.event } : {}) },
          replace: true,
        })
      }
    />
  );
}
