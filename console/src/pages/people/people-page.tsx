import { CloseButton, Group, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFilter, IconSearch } from '@tabler/icons-react';
import { keepPreviousData } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { FirstCall } from '../../ui/first-call';
import { KindIcon } from '../../ui/kind';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { nameOf } from '../../ui/person';
import { Portrait } from '../../ui/portrait';
import type { FoundPerson } from './person-types';

/** Everybody: who was seen last, and whoever is searched for. */
export function PeoplePage() {
  const asked = useSearch({ from: '/people' });
  const navigate = useNavigate({ from: '/people' });
  const { personalData } = useUser();
  const [search, setSearch] = useState(asked.q ?? '');
  const [trait, setTrait] = useState(asked.trait ?? '');
  const write = (q: string, by: string) =>
    void navigate({ search: { ...(q ? { q } : {}), ...(by ? { trait: by } : {}) }, replace: true });
  return (
    <Page title="People" text="One profile per person, made of all that your sources know.">
      <Stack gap="sm">
        <Group gap="xs" align="flex-start">
          <TextInput
            flex="2 1 260px"
            aria-label="Search people"
            placeholder={
              personalData
                ? 'E-mail, user id, phone, name… or kind:value'
                : 'A whole identifier, such as an e-mail address'
            }
            leftSection={<IconSearch size={16} aria-hidden />}
            rightSection={
              search === '' ? null : (
                <CloseButton
                  size="sm"
                  aria-label="Clear the search"
                  onClick={() => [setSearch(''), write('', trait)]}
                />
              )
            }
            value={search}
            onChange={({ currentTarget: { value } }) => [setSearch(value), write(value, trait)]}
            data-autofocus
          />
          {personalData ? (
            <TextInput
              flex="1 1 180px"
              aria-label="Only with a trait"
              placeholder="Trait, such as plan:pro"
              leftSection={<IconFilter size={16} aria-hidden />}
              rightSection={
                trait === '' ? null : (
                  <CloseButton
                    size="sm"
                    aria-label="Clear the trait"
                    onClick={() => [setTrait(''), write(search, '')]}
                  />
                )
              }
              value={trait}
              onChange={({ currentTarget: { value } }) => [setTrait(value), write(search, value)]}
            />
          ) : null}
        </Group>
        <PeopleList search={search} trait={trait} />
      </Stack>
    </Page>
  );
}

function PeopleList({ search, trait }: { readonly search: string; readonly trait: string }) {
  const navigate = useNavigate();
  const [q] = useDebouncedValue(search.trim(), 120);
  const [by] = useDebouncedValue(trait.trim(), 200);
  const query = { limit: 100, ...(q ? { search: q } : {}), ...(/^[^:]+:./.test(by) ? { trait: by } : {}) };
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/profiles',
    { params: { query } },
    { placeholderData: keepPreviousData, refetchInterval: q || by ? false : 5_000 },
  );
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading lines={10} height={30} />;
  if (data.data.length === 0) return q || by ? <NobodyFound /> : <NobodyYet />;
  return (
    <>
      <DataTable
        label={q || by ? 'People found' : 'People seen last'}
        columns={COLUMNS}
        rows={data.data}
        idOf={({ id }) => id}
        onOpen={({ id }) => void navigate({ to: '/people/$ref', params: { ref: id }, search: {} })}
      />
      <Text size="xs" className="quiet" role="status">
        {q || by
          ? `${count(data.data.length)}${data.more ? '+' : ''} ${data.data.length === 1 ? 'person' : 'people'} found${data.more ? ': type more to narrow it down' : ''}`
          : 'Those who were seen last, the newest first'}
      </Text>
    </>
  );
}

const COLUMNS: ReadonlyArray<Column<FoundPerson>> = [
  {
    head: 'Person',
    width: 'minmax(0, 1.8fr)',
    cell: (person) => {
      const name = nameOf(person);
      return (
        <Group gap={10} wrap="nowrap">
          <Portrait id={person.id} name={name} />
          <Text size="sm" fw={550} truncate span>
            {name}
          </Text>
        </Group>
      );
    },
  },
  { head: 'Known by', width: 'minmax(0, 1.8fr)', cell: (person) => <KnownBy person={person} /> },
  {
    head: 'Events',
    width: '90px',
    align: 'right',
    isExtra: true,
    cell: ({ events }) => <span className="number">{count(events)}</span>,
  },
  {
    head: 'First seen',
    width: '130px',
    align: 'right',
    isExtra: true,
    cell: ({ firstSeenAt }) => <Moment at={firstSeenAt} />,
  },
  {
    head: 'Last seen',
    width: '130px',
    align: 'right',
    isExtra: true,
    cell: ({ lastSeenAt }) => <Moment at={lastSeenAt} />,
  },
];

function KnownBy({ person: { matched, identifiers } }: { readonly person: FoundPerson }) {
  const first = matched ?? identifiers.find(({ kind }) => kind === 'email') ?? identifiers[0];
  if (first === undefined) return <span className="quiet">–</span>;
  return (
    <Group gap={6} wrap="nowrap" className="quiet">
      <KindIcon kind={first.kind} />
      <Text size="sm" truncate span title={`${first.kind}: ${first.value}`}>
        {first.value}
      </Text>
      {identifiers.length > 1 ? (
        <Text size="xs" span style={{ flexShrink: 0 }}>
          +{identifiers.length - 1}
        </Text>
      ) : null}
    </Group>
  );
}

function NobodyFound() {
  const { personalData } = useUser();
  return (
    <Empty
      title="Nobody found"
      text={
        personalData
          ? 'Search by how an identifier begins (an e-mail address, a phone number, a user id, a device), by words of a name, or by kind:value to look into one kind.'
          : 'You may not see personal data, so people are found by a whole identifier alone. An owner can give you the right.'
      }
    />
  );
}

function NobodyYet() {
  return (
    <Empty
      title="Nobody yet"
      text="People appear with their first event. Send one from a terminal, and look here again:"
    >
      <FirstCall
        path="identify"
        body={{ userId: '42', traits: { email: 'ann@example.com', firstName: 'Ann' } }}
      />
    </Empty>
  );
}
