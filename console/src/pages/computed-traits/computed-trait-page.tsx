import { Progress, Stack, Text, Title } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { Awaited } from '../../ui/awaited';
import { Confirm } from '../../ui/confirm';
import { type Column, DataTable } from '../../ui/data-table';
import { EditorsOnly } from '../../ui/editors-only';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { ButtonLink } from '../../ui/links';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Meaning } from '../segments/meaning';
import { SegmentStatus } from '../segments/segment-status';
import { type Trait, useTrait } from './trait';

type Segment =
  paths['/api/v1/segments']['get']['responses'][200]['content']['application/json']['data'][number];

/** One computed trait: what it means, and what asks for it. */
export function ComputedTraitPage() {
  const { name } = useParams({ from: '/computed-traits/$name' });
  const { data: trait, error, refetch } = useTrait(name);
  if (trait === undefined)
    return (
      <Awaited
        title="Computed trait"
        up={{ label: 'Computed traits', to: '/computed-traits' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return (
    <Page
      title={trait.name}
      text={trait.description === '' ? undefined : trait.description}
      up={{ label: 'Computed traits', to: '/computed-traits' }}
      actions={<Actions trait={trait} />}
    >
      <Meaning title="What it is" english={trait.english} text={trait.text}>
        <Text size="xs" className="quiet">
          Worked out whenever it is asked for, so there is nothing to wait for. It goes before a trait of that
          name. Made <Moment at={trait.createdAt} />.
        </Text>
      </Meaning>
      <AskedForBy trait={trait} />
    </Page>
  );
}

function Actions({ trait: { name, usedBy } }: { readonly trait: Trait }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const remove = api.useMutation('delete', '/api/v1/computed-traits/{name}', {
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/computed-traits'] });
      void navigate({ to: '/computed-traits' });
    },
  });
  return (
    <EditorsOnly>
      <ButtonLink
        variant="default"
        to="/computed-traits/$name/edit"
        params={{ name }}
        leftSection={<IconPencil size={16} />}
      >
        Edit
      </ButtonLink>
      <Confirm
        label="Delete"
        title={`Delete ${name}?`}
        text="Nobody has it from then on; a trait of that name that was sent shows again. Mappings that send it send nothing in its place. This cannot be undone."
        disabled={usedBy.segments.length > 0}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate({ params: { path: { name } } })}
      />
    </EditorsOnly>
  );
}

const COLUMNS: ReadonlyArray<Column<Segment>> = [
  { head: 'Segment', width: 'minmax(0, 2fr)', cell: ({ name }) => name },
  { head: 'Version', width: '80px', align: 'right', isExtra: true, cell: ({ version }) => version },
  {
    head: 'Status',
    width: '140px',
    cell: ({ status, error }) => <SegmentStatus status={status} error={error} />,
  },
  {
    head: 'Gone through',
    width: 'minmax(0, 1fr)',
    isExtra: true,
    cell: ({ name, status, progress }) =>
      status === 'backfilling' ? (
        <Progress
          aria-label={`Backfill of ${name}`}
          value={progress === null ? 0 : (progress.done / Math.max(1, progress.total)) * 100}
        />
      ) : (
        <span className="quiet">{status === 'live' ? 'everybody' : '–'}</span>
      ),
  },
  {
    head: 'People',
    width: '90px',
    align: 'right',
    cell: ({ size }) => <span className="number">{count(size)}</span>,
  },
];

function AskedForBy({ trait: { usedBy } }: { readonly trait: Trait }) {
  const navigate = useNavigate();
  const isUsed = usedBy.segments.length > 0;
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/segments',
    { params: { query: { limit: 500 } } },
    { enabled: isUsed, refetchInterval: 5_000 },
  );
  return (
    <Stack gap="xs">
      <Title order={2}>Segments that ask for it</Title>
      {!isUsed ? (
        <Text size="sm" className="quiet">
          None yet. A segment asks for it as for any trait.
        </Text>
      ) : data === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading lines={3} />
        )
      ) : (
        <>
          <DataTable
            label="Segments that ask for it"
            columns={COLUMNS}
            rows={data.data.filter(({ id }) => usedBy.segments.includes(id))}
            idOf={({ id }) => id}
            onOpen={({ id }) => void navigate({ to: '/segments/$segmentId', params: { segmentId: id } })}
          />
          <Text size="xs" className="quiet">
            While they do it cannot be deleted. When it changes, each gets a new version.
          </Text>
        </>
      )}
    </Stack>
  );
}
