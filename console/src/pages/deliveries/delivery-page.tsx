import { Alert, Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { useUser } from '../../api/use-session';
import { Awaited } from '../../ui/awaited';
import { Exchange } from '../../ui/exchange';
import { Json } from '../../ui/json';
import { AnchorLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { PersonLink } from '../../ui/person-link';
import { Copy } from '../../ui/snippet';
import { DeliveryStatus } from './delivery-status';
import { reasonText } from './reasons';
import { Trace } from './trace';
import { useNames } from './use-names';

type Delivery = paths['/api/v1/deliveries/{key}']['get']['responses'][200]['content']['application/json'];

/** One delivery: where it is, why, and every attempt. */
export function DeliveryPage() {
  const { key } = useParams({ from: '/deliveries/$key' });
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/deliveries/{key}',
    { params: { path: { key } } },
    { refetchInterval: 5_000 },
  );
  if (data === undefined)
    return (
      <Awaited
        title="Delivery"
        up={{ label: 'Deliveries', to: '/deliveries' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return (
    <Page
      title="Delivery"
      text={
        <Group gap={4}>
          <code>{key}</code>
          <Copy text={key} label="key" />
        </Group>
      }
      up={{ label: 'Deliveries', to: '/deliveries' }}
      actions={<Retry delivery={data} />}
    >
      <Facts delivery={data} />
      <Attempts attempts={data.attemptsMade} />
      {data.payload === null ? null : (
        <Paper withBorder p="md" radius="md">
          <Title order={2} mb="xs">
            What is sent
          </Title>
          <Json value={data.payload} label="payload" />
        </Paper>
      )}
      {data.messageId === null ? null : <Trace messageId={data.messageId} thisKey={key} />}
    </Page>
  );
}

function Retry({ delivery: { key, status } }: { readonly delivery: Delivery }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const retry = api.useMutation('post', '/api/v1/deliveries/retry', {
    onSettled: () =>
      queries.invalidateQueries({ predicate: ({ queryKey }) => /deliveries/.test(String(queryKey[1])) }),
  });
  if (status !== 'dead' && status !== 'retried') return null;
  return (
    <Button
      onClick={() => retry.mutate({ body: { key } })}
      loading={retry.isPending}
      disabled={role === 'viewer'}
    >
      Try again now
    </Button>
  );
}

function Facts({ delivery }: { readonly delivery: Delivery }) {
  const nameOf = useNames();
  const { destinationId, connectionId, connectionVersion, profileId, messageId, reason } = delivery;
  const facts: Array<[string, ReactNode]> = [
    ['State', <DeliveryStatus key="state" status={delivery.status} />],
    [
      'Destination',
      <AnchorLink key="destination" size="sm" to="/destinations/$destinationId" params={{ destinationId }}>
        {nameOf(destinationId) ?? destinationId}
      </AnchorLink>,
    ],
    [
      'Connection',
      <span key="connection">
        <AnchorLink size="sm" to="/connections/$connectionId" params={{ connectionId }}>
          {nameOf(connectionId) ?? connectionId}
        </AnchorLink>{' '}
        <span className="quiet">version {connectionVersion}</span>
      </span>,
    ],
    ['About', delivery.kind],
    ['Person', <PersonLink key="person" id={profileId} />],
    ...(messageId === null ? [] : [['Event', <code key="event">{messageId}</code>] as [string, ReactNode]]),
    ['Received', <Moment key="received" at={delivery.receivedAt} />],
    delivery.nextAttemptAt === null
      ? ['Ended', <Moment key="ended" at={delivery.endedAt} />]
      : ['Next try', <Moment key="next" at={delivery.nextAttemptAt} />],
  ];
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        {reason === null ? null : (
          <Alert
            color={delivery.status === 'filtered' ? 'gray' : 'red'}
            variant="light"
            title={reasonText(reason)}
          >
            {delivery.error}
          </Alert>
        )}
        <Table variant="vertical" withRowBorders={false} layout="fixed">
          <Table.Tbody>
            {facts.map(([name, value]) => (
              <Table.Tr key={name}>
                <Table.Th w={130} bg="none" fw={400} className="quiet">
                  {name}
                </Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Stack>
    </Paper>
  );
}

function Attempts({ attempts }: { readonly attempts: Delivery['attemptsMade'] }) {
  return (
    <Paper withBorder p="md" radius="md">
      <Title order={2} mb="xs">
        Attempts
      </Title>
      {attempts.length === 0 ? (
        <Text size="sm" className="quiet">
          None yet.
        </Text>
      ) : null}
      <Stack gap="lg">
        {[...attempts]
          .reverse()
          .map(({ attempt, at, tookMs, outcome, reason, error, requests, responses }) => (
            <Stack key={attempt} gap="xs">
              <Group gap="sm">
                <Text fw={600}>{attempt === 0 ? 'Not tried' : `Attempt ${attempt}`}</Text>
                <DeliveryStatus status={outcome} />
                <Text size="sm" className="quiet">
                  <Moment at={at} /> · {tookMs} ms
                </Text>
              </Group>
              {reason === null ? null : (
                <Text size="sm">
                  {reasonText(reason)}
                  {error === null ? '' : `: ${error}`}
                </Text>
              )}
              {requests.map((request, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: they never change their order.
                <Exchange key={index} request={request} response={responses[index]} />
              ))}
            </Stack>
          ))}
      </Stack>
    </Paper>
  );
}
