import { Alert, Badge, Code, Group, Paper, SegmentedControl, Stack, Tabs, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { api } from '../../api/client';
import { problemText } from '../../api/problem';
import type { paths } from '../../api/schema';
import { Exchange } from '../../ui/exchange';
import { Json } from '../../ui/json';
import { Loading } from '../../ui/loading';
import { PersonName } from '../../ui/person-link';
import { TabList } from '../../ui/tab-list';
import { asBody, type Definition } from './definition';

type Rehearsed =
  paths['/api/v1/connections/dry-run']['post']['responses'][200]['content']['application/json']['data'][number];

const TYPED_MS = 400;
const EVENTS = 5;

/** What would be sent of recent events or people, while the definition is being written. Nothing leaves. */
export function DryRun({
  destinationId,
  definition,
}: {
  readonly destinationId: string;
  readonly definition: Definition;
}) {
  const [settled] = useDebouncedValue(definition, TYPED_MS);
  const [at, setAt] = useState('0');
  const isWaiting = 'segment' in settled.from && settled.from.segment === '';
  const { data, error, isFetching } = api.useQuery(
    'post',
    '/api/v1/connections/dry-run',
    { body: { destinationId, definition: asBody(settled), limit: EVENTS } },
    { retry: false, staleTime: 0, enabled: !isWaiting, placeholderData: (before) => before },
  );
  const isBusy = isFetching || settled !== definition;
  const shown = error ? undefined : (data?.data[Number(at)] ?? data?.data[0]);
  return (
    <Paper withBorder p="md" radius="md" component="section" aria-label="Dry run" aria-busy={isBusy}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>Dry run</Title>
          <Badge variant="light" color={isBusy ? 'gray' : 'teal'}>
            {isBusy ? 'asking' : 'nothing is sent'}
          </Badge>
        </Group>
        {isWaiting ? (
          <Text size="sm" className="quiet">
            Choose a segment to see what would be sent of its people.
          </Text>
        ) : error ? (
          <Alert color="yellow" variant="light" title="Not complete yet" role="status">
            {problemText(error).detail}
          </Alert>
        ) : data === undefined ? (
          <Loading lines={4} />
        ) : shown === undefined ? (
          <Alert color="gray" variant="light" title="Nothing recent to try it with">
            No stored event is of this kind. Send one, or ask for other events; the connection can be made all
            the same.
          </Alert>
        ) : (
          <>
            {data.data.length > 1 ? (
              <SegmentedControl
                size="xs"
                aria-label="Which one"
                data={data.data.map((one, index) => ({
                  value: String(index),
                  label: one.event === undefined ? `Person ${index + 1}` : `${index + 1}`,
                }))}
                value={data.data[Number(at)] === undefined ? '0' : at}
                onChange={setAt}
              />
            ) : null}
            <Result one={shown} />
          </>
        )}
      </Stack>
    </Paper>
  );
}

function Result({ one }: { readonly one: Rehearsed }) {
  const { event, matched, why, consent, payload, exchanges, failure, profileId } = one;
  return (
    <Stack gap="sm">
      <Text size="sm" className="quiet" style={{ overflowWrap: 'anywhere' }}>
        {event === undefined ? (
          <PersonName id={profileId} />
        ) : (
          <>
            {[event.type, event.name && `“${event.name}”`].filter(Boolean).join(' ')} ·{' '}
            <Code>{event.messageId}</Code>
          </>
        )}
      </Text>
      <Group gap="xs">
        <Badge variant="light" color={matched ? 'teal' : 'gray'}>
          {matched ? 'is taken' : 'is not taken'}
        </Badge>
        {consent === undefined ? null : (
          <Badge variant="light" color={consent.allowed ? 'teal' : 'orange'}>
            {consent.allowed
              ? 'consent: yes'
              : `held back: ${(consent.purposes ?? []).join(', ')} ${consent.reason === 'consent_refused' ? 'refused' : 'never asked'}`}
          </Badge>
        )}
      </Group>
      {why === undefined || consent?.allowed === false ? null : <Text size="sm">{why}</Text>}
      {failure === undefined ? null : (
        <Alert color="red" variant="light" title="It would fail">
          {failure.message}
        </Alert>
      )}
      <Tabs defaultValue="request" keepMounted={false}>
        <TabList>
          <Tabs.Tab value="request">Request</Tabs.Tab>
          <Tabs.Tab value="payload">Mapped fields</Tabs.Tab>
        </TabList>
        <Tabs.Panel value="request" pt="sm">
          {exchanges.length === 0 ? (
            <Text size="sm" className="quiet">
              No request would be made.
            </Text>
          ) : (
            exchanges.map((exchange, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: they never change their order.
              <Exchange key={index} request={exchange.request} />
            ))
          )}
        </Tabs.Panel>
        <Tabs.Panel value="payload" pt="sm">
          {payload === undefined ? (
            <Text size="sm" className="quiet">
              None.
            </Text>
          ) : (
            <Json value={payload} label="mapped fields" />
          )}
        </Tabs.Panel>
      </Tabs>
    </Stack>
  );
}
