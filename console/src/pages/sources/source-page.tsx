import { Group, Paper, SimpleGrid, Stack, Switch, Tabs, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { count, Figure } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Page } from '../../ui/page';
import { Copy, Snippet } from '../../ui/snippet';
import { snippetsOf } from './snippets';

/** One source: how to send to it, and how much it sent. */
export function SourcePage() {
  const { sourceId } = useParams({ from: '/sources/$sourceId' });
  const {
    data: source,
    error,
    refetch,
  } = api.useQuery('get', '/api/v1/sources/{id}', { params: { path: { id: sourceId } } });
  if (source === undefined)
    return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  const snippets = snippetsOf(source.writeKey, window.location.origin);
  return (
    <Page
      title={source.name}
      text={`A source of the kind ${source.kind}.`}
      up={{ label: 'Sources', to: '/sources' }}
    >
      <SourceFigures sourceId={sourceId} />
      <Paper withBorder p="md" radius="md">
        <Stack gap="sm">
          <Title order={2}>Send events</Title>
          <Group gap={4}>
            <Text size="sm" className="quiet">
              Write key
            </Text>
            <code>{source.writeKey}</code>
            <Copy text={source.writeKey} label="write key" />
          </Group>
          <Tabs defaultValue={snippets[0]?.label ?? ''} keepMounted={false}>
            <Tabs.List>
              {snippets.map(({ label }) => (
                <Tabs.Tab key={label} value={label}>
                  {label}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            {snippets.map(({ label, text }) => (
              <Tabs.Panel key={label} value={label} pt="sm">
                <Snippet text={text} label={`${label} snippet`} />
              </Tabs.Panel>
            ))}
          </Tabs>
        </Stack>
      </Paper>
      <EnabledSwitch sourceId={sourceId} enabled={source.enabled} />
    </Page>
  );
}

function SourceFigures({ sourceId }: { readonly sourceId: string }) {
  const { data } = api.useQuery('get', '/api/v1/ledger', undefined, { refetchInterval: 2_000 });
  const tally = data?.sources.find((one) => one.sourceId === sourceId);
  const refused = Object.values(tally?.rejected ?? {}).reduce((sum, one) => sum + one, 0);
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Figure label="Received" value={count(tally?.received ?? 0)} />
      <Figure label="Processed" value={count(tally?.processed ?? 0)} />
      <Figure label="Duplicates" value={count(tally?.duplicate ?? 0)} />
      <Figure label="Refused" value={count(refused)} />
    </SimpleGrid>
  );
}

function EnabledSwitch({ sourceId, enabled }: { readonly sourceId: string; readonly enabled: boolean }) {
  const queries = useQueryClient();
  const change = api.useMutation('patch', '/api/v1/sources/{id}', {
    onSuccess: () => queries.invalidateQueries({ queryKey: ['get', '/api/v1/sources'] }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['get', '/api/v1/sources/{id}'] }),
  });
  return (
    <Switch
      label="Takes events"
      description="While off, its write key is answered 401, and clients keep what they can."
      checked={change.isPending ? change.variables.body.enabled === true : enabled}
      onChange={({ currentTarget }) =>
        change.mutate({ params: { path: { id: sourceId } }, body: { enabled: currentTarget.checked } })
      }
    />
  );
}
