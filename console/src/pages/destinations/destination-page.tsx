import { Group, Switch, Tabs } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Awaited } from '../../ui/awaited';
import { Page } from '../../ui/page';
import { TabList } from '../../ui/tab-list';
import { ConnectionsTab } from './connections-tab';
import { DeadLettersTab } from './dead-letters-tab';
import { DESTINATION_TABS } from './destination-tabs';
import type { Destination } from './field';
import { OverviewTab } from './overview-tab';
import { SettingsTab } from './settings-tab';
import { useKinds } from './use-kinds';

/** One destination: what goes there, and how it is doing. */
export function DestinationPage() {
  const { destinationId } = useParams({ from: '/destinations/$destinationId' });
  const { tab = 'overview', ...search } = useSearch({ from: '/destinations/$destinationId' });
  const navigate = useNavigate({ from: '/destinations/$destinationId' });
  const { titleOf } = useKinds();
  const { data, error, refetch } = api.useQuery('get', '/api/v1/destinations/{id}', {
    params: { path: { id: destinationId } },
  });
  if (data === undefined)
    return (
      <Awaited
        title="Destination"
        up={{ label: 'Destinations', to: '/destinations' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  const labels = {
    overview: 'Overview',
    connections: 'Connections',
    dead: 'Dead letters',
    settings: 'Settings',
  };
  return (
    <Page
      title={data.name}
      text={`${titleOf(data.kind)} · ${
        data.purposes.length === 0 ? 'no consent needed' : `only with consent to ${data.purposes.join(', ')}`
      }`}
      up={{ label: 'Destinations', to: '/destinations' }}
      actions={<EnabledSwitch destination={data} />}
    >
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(chosen) => {
          const found = DESTINATION_TABS.find((one) => one === chosen);
          void navigate({ search: { ...search, tab: found }, replace: true });
        }}
      >
        <TabList mb="md">
          {DESTINATION_TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {labels[one]}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value="overview">
          <OverviewTab destination={data} />
        </Tabs.Panel>
        <Tabs.Panel value="connections">
          <ConnectionsTab destination={data} />
        </Tabs.Panel>
        <Tabs.Panel value="dead">
          <DeadLettersTab destination={data} />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SettingsTab key={data.updatedAt} destination={data} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}

function EnabledSwitch({ destination: { id, enabled } }: { readonly destination: Destination }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const change = api.useMutation('patch', '/api/v1/destinations/{id}', {
    onSettled: () => {
      void queries.invalidateQueries({ queryKey: ['get', '/api/v1/destinations'] });
      return queries.invalidateQueries({ queryKey: ['get', '/api/v1/destinations/{id}'] });
    },
  });
  return (
    <Group gap="xs" mt={6}>
      <Switch
        label="Sends"
        disabled={role === 'viewer'}
        checked={change.isPending ? change.variables.body.enabled === true : enabled}
        onChange={({ currentTarget }) =>
          change.mutate({ params: { path: { id } }, body: { enabled: currentTarget.checked } })
        }
      />
    </Group>
  );
}
