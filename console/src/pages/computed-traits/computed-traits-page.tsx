import { Group } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import type { paths } from '../../api/schema';
import { useUser } from '../../api/use-session';
import type { Column } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { ButtonLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { SearchedList } from '../../ui/searched-list';
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
  const { q } = useSearch({ from: '/computed-traits' });
  const pages = useTraits();
  if (pages.rows?.length === 0) return <NoTraits />;
  return (
    <SearchedList
      label="Computed traits"
      find="Find a computed trait"
      placeholder="Find by name or words"
      asked={q}
      onAsk={(search) => void navigate({ to: '/computed-traits', search, replace: true })}
      textOf={({ name, english, description }) => `${name} ${english} ${description}`}
      nothing={{ title: 'No such computed trait', text: 'None has that in its name or in its words.' }}
      columns={COLUMNS}
      idOf={({ name }) => name}
      onOpen={({ name }) => void navigate({ to: '/computed-traits/$name', params: { name } })}
      pages={pages}
    />
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
