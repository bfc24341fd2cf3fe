import { Alert, Badge, Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { useUser } from '../../api/use-session';
import { CsvButton } from '../../ui/csv-button';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import type { Connection, SnapshotPlan } from './definition';

type Snapshot =
  paths['/api/v1/connections/{id}/snapshots']['get']['responses'][200]['content']['application/json']['data'][number];

const COLOURS: Readonly<Record<Snapshot['state'], string>> = {
  exporting: 'blue',
  sending: 'blue',
  closing: 'blue',
  complete: 'teal',
  incomplete: 'red',
  abandoned: 'gray',
};
const SHOWN = 20;

/** When a segment is written out, what became of it, and a way to have it now. */
export function SnapshotState({
  connection: { id, enabled },
  plan,
}: {
  readonly connection: Connection;
  readonly plan: SnapshotPlan;
}) {
  const queries = useQueryClient();
  const { role } = useUser();
  const params = { path: { id }, query: { limit: SHOWN } };
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/connections/{id}/snapshots',
    { params },
    { refetchInterval: 3_000 },
  );
  const take = api.useMutation('post', '/api/v1/connections/{id}/snapshots', {
    onSuccess() {
      notifications.show({ message: 'A snapshot is taken now.' });
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/connections/{id}/snapshots'] });
    },
  });
  if (data === undefined)
    return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading lines={2} />;
  const isBusy = data.data.some(({ outcome, state }) => outcome === null && COLOURS[state] === 'blue');
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>Snapshots</Title>
          <Group gap="xs">
            {data.data.length === 0 ? null : <CsvButton name="snapshots" rows={() => rowsOf(data.data)} />}
            <Button
              variant="default"
              size="xs"
              loading={take.isPending}
              disabled={role === 'viewer' || isBusy || !enabled}
              onClick={() => take.mutate({ params: { path: { id } } })}
            >
              Take one now
            </Button>
          </Group>
        </Group>
        <Text size="sm" className="quiet">
          {plan.cron === undefined ? (
            'No plan: one is taken when somebody asks.'
          ) : (
            <>
              By the plan <code>{plan.cron}</code> in {plan.zone}.{' '}
              {data.nextAt === null ? null : (
                <>
                  The next one is due <Moment at={data.nextAt} />.
                </>
              )}
            </>
          )}
        </Text>
        {enabled ? null : (
          <Alert color="gray" variant="light">
            While the connection is off, none is taken.
          </Alert>
        )}
        {data.data.length === 0 ? <Text size="sm">None was taken yet.</Text> : <Runs snapshots={data.data} />}
        {data.nextCursor === null ? null : (
          <Text size="xs" className="quiet">
            The newest {SHOWN}; the API lists all.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

const HEADS = ['Began', 'State', 'Rows', 'People', 'Written', 'Unchanged', 'Filtered', 'Dead', 'Id'] as const;

function Runs({ snapshots }: { readonly snapshots: readonly Snapshot[] }) {
  return (
    <Table.ScrollContainer minWidth={720} type="native">
      <Table aria-label="Snapshots">
        <Table.Thead>
          <Table.Tr>
            {HEADS.map((head, at) => (
              <Table.Th key={head} ta={at >= 3 && at <= 7 ? 'right' : 'left'}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {snapshots.map((one) => (
            <Table.Tr key={one.id}>
              <Table.Td>
                <Moment at={one.startedAt} />
              </Table.Td>
              <Table.Td>
                <Badge variant="light" color={COLOURS[one.state]} style={{ minWidth: 'max-content' }}>
                  {one.state}
                </Badge>
              </Table.Td>
              <Table.Td>{one.rows}</Table.Td>
              {figuresOf(one).map((figure, at) => (
                <Table.Td key={HEADS[at + 3]} ta="right" className="number">
                  {figure === undefined ? '–' : count(figure)}
                </Table.Td>
              ))}
              <Table.Td>
                <code>{one.id}</code>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

/** People, written, unchanged, filtered and dead; what is not known before its end is missing. */
function figuresOf({ people, unchanged, outcome, state }: Snapshot): Array<number | undefined> {
  const ended = state === 'abandoned' ? null : outcome;
  const filtered = ended && Object.values(ended.filtered).reduce((sum, one) => sum + one, 0);
  return [people, ended?.delivered, unchanged, filtered ?? undefined, ended?.dead];
}

function rowsOf(snapshots: readonly Snapshot[]): unknown[][] {
  return [
    [...HEADS],
    ...snapshots.map((one) => [one.startedAt, one.state, one.rows, ...figuresOf(one), one.id]),
  ];
}
