import { Group, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { paths } from '../../api/schema';
import { useUser } from '../../api/use-session';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { ButtonLink } from '../../ui/links';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Snippet } from '../../ui/snippet';
import { NewComputedTrait } from './new-computed-trait';
import { useTraits } from './trait';

type Row =
  paths['/api/v1/computed-traits']['get']['responses'][200]['content']['application/json']['data'][number];

const EXAMPLE = 'sum of properties.total of "Order Completed" in the last 365 days';
const COLUMNS: ReadonlyArray<Column<Row>> = [
  { head: 'Name', width: 'minmax(0, 1fr)', cell: ({ name }) => <code>{name}</code> },
  {
    head: 'In words',
    width: 'minmax(0, 2fr)',
    cell: ({ english }) => <span title={english}>{english}</span>,
  },
  {
    head: 'About',
    width: 'minmax(0, 1.2fr)',
    isExtra: true,
    cell: ({ description }) => <span className="quiet">{description}</span>,
  },
  {
    head: 'Made',
    width: '130px',
    align: 'right',
    isExtra: true,
    cell: ({ createdAt }) => <Moment at={createdAt} />,
  },
];

/** Figures of people's events under a name. */
export function ComputedTraitsPage() {
  const { form } = useSearch({ from: '/computed-traits' });
  const mayChange = useUser().role !== 'viewer';
  if (form === 'new') return <NewComputedTrait />;
  return (
    <Page
      title="Computed traits"
      text="Figures of what people did, under a name: on every profile, in segments, and in what is sent."
      actions={
        mayChange ? (
          <ButtonLink to="/computed-traits" search={{ form: 'new' }} leftSection={<IconPlus size={16} />}>
            New computed trait
          </ButtonLink>
        ) : null
      }
    >
      <TraitList />
    </Page>
  );
}

function TraitList() {
  const navigate = useNavigate();
  const asked = useSearch({ from: '/computed-traits' });
  const [q, setQ] = useState(asked.q ?? '');
  const { rows, error, refetch, more } = useTraits();
  if (rows?.length === 0) return <NoTraits />;
  const wanted = q.toLowerCase();
  const shown = rows?.filter(({ name, english, description }) =>
    `${name} ${english} ${description}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <TextInput
        aria-label="Find a computed trait"
        placeholder="Find by name or words"
        leftSection={<IconSearch size={16} aria-hidden />}
        maw={320}
        value={q}
        onChange={({ currentTarget: { value } }) => {
          setQ(value);
          void navigate({ to: '/computed-traits', search: value === '' ? {} : { q: value }, replace: true });
        }}
      />
      {shown === undefined ? (
        error ? (
          <Failed error={error} retry={refetch} />
        ) : (
          <Loading />
        )
      ) : shown.length === 0 && !more.has ? (
        <Empty title="No such computed trait" text="None has that in its name or in its words." />
      ) : (
        <DataTable
          label="Computed traits"
          columns={COLUMNS}
          rows={shown}
          idOf={({ name }) => name}
          onOpen={({ name }) => void navigate({ to: '/computed-traits/$name', params: { name } })}
          more={more}
        />
      )}
    </>
  );
}

function NoTraits() {
  const mayChange = useUser().role !== 'viewer';
  return (
    <Empty
      title="No computed traits yet"
      text="Count, add up or pick from what people did, and give it a name. Everybody has it at once, with nothing to wait for."
    >
      <Snippet text={EXAMPLE} label="an example of a computed trait" />
      {mayChange ? (
        <Group gap="xs">
          <ButtonLink to="/computed-traits" search={{ form: 'new' }}>
            New computed trait
          </ButtonLink>
          <ButtonLink to="/computed-traits" search={{ form: 'new', text: EXAMPLE }} variant="default">
            Begin with this example
          </ButtonLink>
        </Group>
      ) : null}
    </Empty>
  );
}
