import { Paper, SimpleGrid, Stack, Tabs, Text } from '@mantine/core';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useRef } from 'react';
import { api } from '../../api/client';
import { ArrivalsChart } from '../../ui/arrivals-chart';
import { Awaited } from '../../ui/awaited';
import { count, Figure } from '../../ui/figure';
import { ButtonLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { TabList } from '../../ui/tab-list';
import { RefusedByCode } from './refused-by-code';
import { SendEvents } from './send-events';
import { SourceSettings } from './source-settings';

const TABS = ['overview', 'send', 'settings'] as const;
const LABELS = { overview: 'Overview', send: 'Send events', settings: 'Settings' };

/** One source: how much it sends and what of that is refused, how to send to it, its name. */
export function SourcePage() {
  const { sourceId } = useParams({ from: '/sources/$sourceId' });
  const search = useSearch({ from: '/sources/$sourceId' });
  const navigate = useNavigate({ from: '/sources/$sourceId' });
  const began = useRef<{ readonly sourceId: string; readonly tab: (typeof TABS)[number] }>(null);
  const again = { refetchInterval: 2_000 };
  const source = api.useQuery('get', '/api/v1/sources/{id}', { params: { path: { id: sourceId } } }, again);
  const ledger = api.useQuery('get', '/api/v1/ledger', undefined, again);
  const error = source.error ?? ledger.error;
  if (source.data === undefined || ledger.data === undefined)
    return (
      <Awaited
        title="Source"
        up={{ label: 'Sources', to: '/sources' }}
        error={error}
        retry={() => {
          void source.refetch();
          void ledger.refetch();
        }}
      />
    );
  const tally = ledger.data.sources.find((one) => one.sourceId === sourceId);
  // Whoever has just made a source wants to know how to send to it, also when the first event comes in meanwhile.
  if (began.current?.sourceId !== sourceId)
    began.current = { sourceId, tab: tally === undefined ? 'send' : 'overview' };
  const tab = TABS.find((one) => one === search.tab) ?? began.current.tab;
  const { lastReceivedAt } = source.data;
  const refused = Object.values(tally?.rejected ?? {}).reduce((sum, one) => sum + one, 0);
  return (
    <Page
      title={source.data.name}
      text={`A source of the kind ${source.data.kind}${source.data.enabled ? '' : ', switched off'}.`}
      up={{ label: 'Sources', to: '/sources' }}
      actions={
        <ButtonLink to="/live" search={{ source: sourceId }} variant="default">
          Watch it live
        </ButtonLink>
      }
    >
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Figure
          label="Received"
          value={count(tally?.received ?? 0)}
          note={
            lastReceivedAt === null ? undefined : (
              <>
                last one <Moment at={lastReceivedAt} />
              </>
            )
          }
        />
        <Figure label="Processed" value={count(tally?.processed ?? 0)} />
        <Figure label="Duplicates" value={count(tally?.duplicate ?? 0)} />
        <Figure label="Refused" value={count(refused)} />
      </SimpleGrid>
      <Tabs
        value={tab}
        keepMounted={false}
        onChange={(chosen) =>
          void navigate({ search: { ...search, tab: chosen ?? 'overview' }, replace: true })
        }
      >
        <TabList mb="md">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {LABELS[one]}
            </Tabs.Tab>
          ))}
        </TabList>
        <Tabs.Panel value="overview">
          <Stack gap="md">
            <ArrivalsChart
              span={search.span}
              onSpan={(span) => void navigate({ search: { ...search, span }, replace: true })}
              sourceId={sourceId}
            />
            <RefusedByCode sourceId={sourceId} rejected={tally?.rejected ?? {}} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="send">
          <Stack gap="md">
            {tally === undefined ? (
              <Paper withBorder p="sm" radius="md" role="status">
                <Text size="sm">
                  Waiting for the first event of this source. The figures above move the moment it is here.
                </Text>
              </Paper>
            ) : null}
            <SendEvents writeKey={source.data.writeKey} kind={source.data.kind} />
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <SourceSettings key={sourceId} source={source.data} />
        </Tabs.Panel>
      </Tabs>
    </Page>
  );
}
