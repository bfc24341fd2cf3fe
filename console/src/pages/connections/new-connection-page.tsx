import { Button, Grid, Group, Paper, Stack, Switch, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Awaited } from '../../ui/awaited';
import { Failed } from '../../ui/failed';
import { Page } from '../../ui/page';
import type { Kind } from '../destinations/field';
import { asBody, firstDefinition } from './definition';
import { DefinitionForm } from './definition-form';
import { DryRun } from './dry-run';

/** Connects sources or a segment with a destination. */
export function NewConnectionPage() {
  const { destinationId } = useParams({ from: '/destinations/$destinationId/connect' });
  const {
    data: destination,
    error,
    refetch,
  } = api.useQuery('get', '/api/v1/destinations/{id}', {
    params: { path: { id: destinationId } },
  });
  const kindAsked = api.useQuery(
    'get',
    '/api/v1/destination-kinds/{kind}',
    { params: { path: { kind: destination?.kind ?? '' } } },
    { enabled: destination !== undefined },
  );
  const kind = kindAsked.data;
  if (destination === undefined || kind === undefined)
    return (
      <Awaited
        title="New connection"
        up={{ label: 'Destinations', to: '/destinations' }}
        error={error ?? kindAsked.error}
        retry={() => void (error ? refetch() : kindAsked.refetch())}
      />
    );
  return (
    <Page
      title="New connection"
      text={`What goes to ${destination.name}, and how its fields are filled.`}
      up={{ label: destination.name, to: `/destinations/${destinationId}` }}
    >
      <Editor kind={kind} destinationId={destinationId} />
    </Page>
  );
}

function Editor({ kind, destinationId }: { readonly kind: Kind; readonly destinationId: string }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { role } = useUser();
  const [name, setName] = useState(kind.presets[0]?.name ?? 'Events');
  const [enabled, setEnabled] = useState(true);
  const [definition, setDefinition] = useState(() => firstDefinition(kind));
  const create = api.useMutation('post', '/api/v1/connections', {
    meta: { quiet: true },
    onSuccess({ id }) {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/connections'] });
      void navigate({ to: '/connections/$connectionId', params: { connectionId: id } });
    },
  });
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Stack gap="md">
          <Paper withBorder p="md" radius="md">
            <TextInput
              label="Name"
              required
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
          </Paper>
          <DefinitionForm kind={kind} definition={definition} onChange={setDefinition} />
          {create.error ? <Failed error={create.error} /> : null}
          <Group>
            <Button
              loading={create.isPending}
              disabled={role === 'viewer' || name.trim() === ''}
              onClick={() =>
                create.mutate({ body: { name, destinationId, enabled, definition: asBody(definition) } })
              }
            >
              Create connection
            </Button>
            <Switch
              label="Sends from then on"
              checked={enabled}
              onChange={({ currentTarget }) => setEnabled(currentTarget.checked)}
            />
          </Group>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <div style={{ position: 'sticky', top: 72 }}>
          <DryRun destinationId={destinationId} definition={definition} />
        </div>
      </Grid.Col>
    </Grid>
  );
}
