import { Button, Grid, Group, Paper, Stack, Switch, Table, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Awaited } from '../../ui/awaited';
import { Confirm } from '../../ui/confirm';
import { Failed } from '../../ui/failed';
import { AnchorLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import type { Destination, Kind } from '../destinations/field';
import { AudienceState } from './audience-state';
import { asBody, type Connection, definitionOf, fromText, keepsAudience, snapshotPlanOf } from './definition';
import { DefinitionForm } from './definition-form';
import { DryRun } from './dry-run';
import { SnapshotState } from './snapshot-state';

/** One connection: what it sends, and the list that it keeps, if it does. */
export function ConnectionPage() {
  const { connectionId } = useParams({ from: '/connections/$connectionId' });
  const asked = api.useQuery('get', '/api/v1/connections/{id}', { params: { path: { id: connectionId } } });
  const connection = asked.data;
  const destinationAsked = api.useQuery(
    'get',
    '/api/v1/destinations/{id}',
    { params: { path: { id: connection?.destinationId ?? '' } } },
    { enabled: connection !== undefined },
  );
  const destination = destinationAsked.data;
  const kindAsked = api.useQuery(
    'get',
    '/api/v1/destination-kinds/{kind}',
    { params: { path: { kind: destination?.kind ?? '' } } },
    { enabled: destination !== undefined },
  );
  const kind = kindAsked.data;
  const error = asked.error ?? destinationAsked.error ?? kindAsked.error;
  if (connection === undefined || destination === undefined || kind === undefined)
    return (
      <Awaited
        title="Connection"
        up={{ label: 'Destinations', to: '/destinations' }}
        error={error}
        retry={() => void asked.refetch()}
      />
    );
  return <Shown connection={connection} destination={destination} kind={kind} />;
}

function Shown({
  connection,
  destination,
  kind,
}: {
  readonly connection: Connection;
  readonly destination: Destination;
  readonly kind: Kind;
}) {
  const definition = definitionOf(connection.newest);
  const plan = snapshotPlanOf(definition);
  return (
    <Page
      title={connection.name}
      text={
        <>
          {fromText(connection.newest)} to {destination.name}.{' '}
          <AnchorLink to="/deliveries" search={{ connection: connection.id }} size="sm">
            Its deliveries
          </AnchorLink>
        </>
      }
      up={{ label: destination.name, to: `/destinations/${destination.id}?tab=connections` }}
      actions={<Actions connection={connection} />}
    >
      {keepsAudience(definition) ? <AudienceState connection={connection} /> : null}
      {plan === undefined ? null : <SnapshotState connection={connection} plan={plan} />}
      <Editor key={connection.newest.version} connection={connection} kind={kind} />
      <Versions connection={connection} />
    </Page>
  );
}

function Actions({ connection: { id, name, enabled, destinationId } }: { readonly connection: Connection }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const { role } = useUser();
  const renew = () =>
    queries.invalidateQueries({
      predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/connections'),
    });
  const change = api.useMutation('patch', '/api/v1/connections/{id}', { onSettled: renew });
  const remove = api.useMutation('delete', '/api/v1/connections/{id}', {
    onSuccess() {
      void navigate({
        to: '/destinations/$destinationId',
        params: { destinationId },
        search: { tab: 'connections' },
      });
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/connections'] });
    },
  });
  return (
    <Group gap="md" mt={4}>
      <Switch
        label="Sends"
        disabled={role === 'viewer'}
        checked={change.isPending ? change.variables.body.enabled === true : enabled}
        onChange={({ currentTarget }) =>
          change.mutate({ params: { path: { id } }, body: { enabled: currentTarget.checked } })
        }
      />
      <Confirm
        label="Delete"
        size="xs"
        title={`Delete ${name}?`}
        text="What waits of it is not sent any more. A list of people in the tool stays there as it is."
        disabled={role === 'viewer'}
        isPending={remove.isPending}
        onConfirm={() => remove.mutate({ params: { path: { id } } })}
      />
    </Group>
  );
}

function Editor({ connection, kind }: { readonly connection: Connection; readonly kind: Kind }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const [definition, setDefinition] = useState(() => definitionOf(connection.newest));
  const isChanged = JSON.stringify(definition) !== JSON.stringify(definitionOf(connection.newest));
  const save = api.useMutation('patch', '/api/v1/connections/{id}', {
    meta: { quiet: true },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['get', '/api/v1/connections/{id}'] }),
  });
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, lg: 7 }}>
        <Stack gap="md">
          <DefinitionForm kind={kind} definition={definition} onChange={setDefinition} />
          {save.error ? <Failed error={save.error} /> : null}
          <Group>
            <Button
              loading={save.isPending}
              disabled={!isChanged || role === 'viewer'}
              onClick={() =>
                save.mutate({
                  params: { path: { id: connection.id } },
                  body: { definition: asBody(definition) },
                })
              }
            >
              Save as version {connection.newest.version + 1}
            </Button>
            <Text size="sm" className="quiet">
              {role === 'viewer'
                ? 'Your role may look only: ask an editor.'
                : 'For what is decided from then on. What waits is sent as it was decided.'}
            </Text>
          </Group>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, lg: 5 }}>
        <div style={{ position: 'sticky', top: 72 }}>
          <DryRun destinationId={connection.destinationId} definition={definition} />
        </div>
      </Grid.Col>
    </Grid>
  );
}

function Versions({ connection: { versions } }: { readonly connection: Connection }) {
  return (
    <Paper withBorder p="md" radius="md">
      <Title order={2} mb="xs">
        Versions
      </Title>
      <Table aria-label="Versions">
        <Table.Tbody>
          {versions.map((version) => (
            <Table.Tr key={version.version}>
              <Table.Td w={40} className="number">
                {version.version}
              </Table.Td>
              <Table.Td>{fromText(version)}</Table.Td>
              <Table.Td>{version.actor}</Table.Td>
              <Table.Td ta="right">
                <Moment at={version.createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
