import { Alert, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { useSourceNames } from '../../api/use-source-names';
import { Awaited } from '../../ui/awaited';
import { Confirm } from '../../ui/confirm';
import { count, Figure } from '../../ui/figure';
import { Json } from '../../ui/json';
import { AnchorLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { type Import, ImportProgress, ImportStatus, isOver } from './import-status';

const AGAIN_MS = 1_000;

/** One import: how far it is, what was refused, and the mapping that it goes by. */
export function ImportPage() {
  const { importId } = useParams({ from: '/imports/$importId' });
  const nameOf = useSourceNames();
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/imports/{id}',
    { params: { path: { id: importId } } },
    { refetchInterval: ({ state }) => (state.data !== undefined && isOver(state.data) ? false : AGAIN_MS) },
  );
  if (data === undefined)
    return (
      <Awaited
        title="Import"
        up={{ label: 'Imports', to: '/imports' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return (
    <Page
      title={data.file || 'Import'}
      text={`Into ${nameOf(data.sourceId)}, as ${data.mapping.call} calls.`}
      up={{ label: 'Imports', to: '/imports' }}
      actions={isOver(data) ? undefined : <CancelButton one={data} />}
    >
      <Paper withBorder p="md" radius="md">
        <Stack gap="sm">
          <Group justify="space-between">
            <ImportStatus status={data.status} />
            <Text size="sm" className="quiet" role="status">
              {wordsOf(data)}
            </Text>
          </Group>
          <ImportProgress one={data} />
        </Stack>
      </Paper>
      {data.error === null ? null : (
        <Alert color="red" title="It could not go on" role="alert">
          {data.error}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Figure label="Rows read" value={count(data.rowsRead)} />
        <Figure
          label="Refused"
          value={count(data.rejected)}
          note={
            data.rejected === 0 ? (
              'In the quarantine'
            ) : (
              <AnchorLink to="/quality" search={{ tab: 'quarantine', receipt: data.id }} size="xs">
                See them, line by line
              </AnchorLink>
            )
          }
        />
        <Figure label="Rows a second" value={data.rowsPerSecond === null ? '–' : count(data.rowsPerSecond)} />
        <Figure
          label={data.endedAt === null ? 'Created' : 'Ended'}
          value={
            <Text fz="md" fw={550} span>
              <Moment at={data.endedAt ?? data.createdAt} />
            </Text>
          }
        />
      </SimpleGrid>
      <div>
        <Title order={2} mb="xs">
          Mapping
        </Title>
        <Json value={data.mapping} label="mapping" />
      </div>
    </Page>
  );
}

function wordsOf({ status, secondsLeft, doneShare }: Import): string {
  if (status === 'running')
    return `${Math.round(100 * doneShare)} % read${secondsLeft === null ? '' : `, about ${secondsLeft} s left`}. You may leave this page: it goes on.`;
  if (status === 'queued') return 'It takes its turn. You may leave this page.';
  if (status === 'waiting_for_file')
    return 'Its file has not come in. If the upload broke off, make another import.';
  if (status === 'done') return 'Every row has been processed.';
  return status === 'cancelled' ? 'What was read before it was cancelled stays.' : '';
}

function CancelButton({ one: { id, rowsRead } }: { readonly one: Import }) {
  const queries = useQueryClient();
  const mayCancel = useUser().role !== 'viewer';
  const cancel = api.useMutation('post', '/api/v1/imports/{id}/cancel', {
    onSettled: () => queries.invalidateQueries({ queryKey: ['get', '/api/v1/imports/{id}'] }),
  });
  return (
    <Confirm
      label="Cancel"
      title="Cancel this import?"
      text={`${count(rowsRead)} rows are read already. They stay and are processed; the others are not read.`}
      onConfirm={() => cancel.mutate({ params: { path: { id } } })}
      isPending={cancel.isPending}
      disabled={!mayCancel}
    />
  );
}
