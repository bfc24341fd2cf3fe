import { Alert, Badge, Button, Group, Paper, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Failed } from '../../ui/failed';
import { count, Figure } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import type { Connection } from './definition';

/** How far the list in the tool is from the segment. */
export function AudienceState({ connection: { id, enabled } }: { readonly connection: Connection }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/connections/{id}/audience',
    { params: { path: { id } } },
    { refetchInterval: 3_000, enabled },
  );
  const compare = api.useMutation('post', '/api/v1/connections/{id}/reconcile', {
    onSuccess() {
      notifications.show({ message: 'The list is compared with its segment now.' });
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/connections/{id}/audience'] });
    },
  });
  if (!enabled)
    return (
      <Alert color="gray" variant="light">
        While the connection is off, the list in the tool stays as it is. Switched on again, it is brought up
        to date.
      </Alert>
    );
  if (data === undefined)
    return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading lines={2} />;
  const { wanted, added, confirmed, removing, drift, sync } = data;
  const isBusy = sync !== null && sync.phase !== null;
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <Group gap="xs">
            <Title order={2}>Audience</Title>
            <Badge variant="light" color={isBusy ? 'blue' : drift === 0 ? 'teal' : 'yellow'}>
              {isBusy ? `${sync.phase} now` : drift === 0 ? 'in step' : `${count(drift)} apart`}
            </Badge>
          </Group>
          <Button
            variant="default"
            size="xs"
            loading={compare.isPending}
            disabled={role === 'viewer' || isBusy}
            onClick={() => compare.mutate({ params: { path: { id } } })}
          >
            Compare now
          </Button>
        </Group>
        <SimpleGrid cols={{ base: 2, md: 5 }} spacing="sm">
          <Figure
            label="In the segment"
            value={count(wanted)}
            note="Without consent or an address they are not added."
          />
          <Figure label="Added" value={count(added)} note="The tool was told to have them." />
          <Figure label="Confirmed" value={count(confirmed)} note="Of those, the tool took." />
          <Figure label="Being removed" value={count(removing)} note="Told off, not confirmed yet." />
          <Figure label="Drift" value={count(drift)} note="0: the tool has taken all." />
        </SimpleGrid>
        {sync === null ? null : (
          <Text size="sm" className="quiet">
            Last comparison <Moment at={sync.finishedAt} />: {count(sync.added)} added, {count(sync.removed)}{' '}
            removed. The next one is <Moment at={sync.nextAt} />.
          </Text>
        )}
      </Stack>
    </Paper>
  );
}
