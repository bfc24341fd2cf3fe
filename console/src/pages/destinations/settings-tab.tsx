import { Alert, Button, Group, Paper, Stack, Text, TextInput, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Confirm } from '../../ui/confirm';
import { Exchange } from '../../ui/exchange';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { ConsentFields, type ConsentGiven, isConsentStated } from './consent-fields';
import { DELIVERY_FIELDS } from './delivery-fields';
import type { Destination, Kind, Values } from './field';
import { changesOf, filled, SettingsFields } from './settings-fields';

/** How the tool is reached, what it is used for, and whether that works. */
export function SettingsTab({ destination }: { readonly destination: Destination }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/destination-kinds/{kind}', {
    params: { path: { kind: destination.kind } },
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack gap="md" maw={720}>
      <TestConnection destination={destination} canTest={data.canTest} />
      <Form destination={destination} kind={data} />
      <Removal destination={destination} />
    </Stack>
  );
}

function TestConnection({
  destination: { id },
  canTest,
}: {
  readonly destination: Destination;
  readonly canTest: boolean;
}) {
  const { role } = useUser();
  const test = api.useMutation('post', '/api/v1/destinations/{id}/test');
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <Group justify="space-between">
          <div>
            <Title order={2}>Test</Title>
            <Text size="sm" className="quiet">
              {canTest
                ? 'Asks the tool whether it takes these settings. Changes nothing there.'
                : 'This tool has no way to be asked without changing something. A dry run of a connection shows what would be sent.'}
            </Text>
          </div>
          <Button
            variant="default"
            disabled={!canTest || role === 'viewer'}
            loading={test.isPending}
            onClick={() => test.mutate({ params: { path: { id } } })}
          >
            Test the connection
          </Button>
        </Group>
        {test.data === undefined ? null : (
          <>
            <Alert
              color={test.data.ok ? 'teal' : 'red'}
              variant="light"
              title={test.data.ok ? 'The tool takes these settings' : 'The tool does not take these settings'}
              role="status"
            >
              {test.data.failure?.message ?? 'It answered as it should.'}
            </Alert>
            {test.data.exchanges.map((exchange, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they never change their order.
              <Exchange key={index} request={exchange.request} response={exchange.response} />
            ))}
          </>
        )}
      </Stack>
    </Paper>
  );
}

function Form({ destination, kind }: { readonly destination: Destination; readonly kind: Kind }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const [name, setName] = useState(destination.name);
  const [settings, setSettings] = useState<Values>(destination.settings);
  const [consent, setConsent] = useState<ConsentGiven>(destination);
  const [delivery, setDelivery] = useState<Values>(destination.delivery);
  const save = api.useMutation('patch', '/api/v1/destinations/{id}', {
    meta: { quiet: true },
    onSuccess: () =>
      queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/destinations'),
      }),
  });
  const changed = changesOf(destination.settings, settings);
  const body = {
    ...{ name, delivery: filled(delivery) },
    purposes: [...consent.purposes],
    consentNotRequired: consent.consentNotRequired,
    ...(Object.keys(changed).length === 0 ? {} : { settings: changed }),
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ params: { path: { id: destination.id } }, body });
      }}
    >
      <Stack gap="md">
        <Paper withBorder p="md" radius="md">
          <Stack gap="sm">
            <Title order={2}>Settings</Title>
            <TextInput
              label="Name"
              required
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
            />
            <SettingsFields fields={kind.settings} values={settings} onChange={setSettings} />
          </Stack>
        </Paper>
        <Paper withBorder p="md" radius="md">
          <ConsentFields value={consent} onChange={setConsent} />
        </Paper>
        <Paper withBorder p="md" radius="md">
          <Stack gap="sm">
            <Title order={2}>How it is sent to</Title>
            <SettingsFields fields={DELIVERY_FIELDS} values={delivery} onChange={setDelivery} />
          </Stack>
        </Paper>
        {save.error ? <Failed error={save.error} /> : null}
        <Group>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={role === 'viewer' || !isConsentStated(consent)}
          >
            Save
          </Button>
          <Text size="sm" className="quiet">
            {role === 'viewer'
              ? 'Your role may look only: ask an editor.'
              : 'What waits is sent with the new settings.'}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}

function Removal({ destination: { id, name } }: { readonly destination: Destination }) {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const { role } = useUser();
  const { data } = api.useQuery('get', '/api/v1/destinations/{id}/balance', { params: { path: { id } } });
  const remove = api.useMutation('delete', '/api/v1/destinations/{id}', {
    onSuccess() {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/destinations'] });
      void navigate({ to: '/destinations' });
    },
  });
  return (
    <Paper withBorder p="md" radius="md">
      <Group justify="space-between">
        <div>
          <Title order={2}>Delete</Title>
          <Text size="sm" className="quiet">
            With its connections and secrets. Its books stay.
          </Text>
        </div>
        <Confirm
          label="Delete destination"
          title={`Delete ${name}?`}
          text={`${count(data?.pending ?? 0)} deliveries wait and will not be sent, and ${count(data?.dead ?? 0)} dead letters cannot be tried again. This cannot be undone.`}
          disabled={role === 'viewer'}
          isPending={remove.isPending}
          onConfirm={() => remove.mutate({ params: { path: { id } } })}
        />
      </Group>
    </Paper>
  );
}
