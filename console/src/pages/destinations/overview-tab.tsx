import {
  Alert,
  Badge,
  Group,
  Paper,
  SegmentedControl,
  SimpleGrid,
  Stack,
  Table,
  Text,
  Title,
} from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { Chart } from '../../ui/chart/chart';
import type { ChartData } from '../../ui/chart/chart-data';
import { Failed } from '../../ui/failed';
import { count, Figure } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { reasonText } from '../deliveries/reasons';
import { Balance } from './balance';
import { SPANS } from './destination-tabs';
import type { Destination } from './field';

type Figures =
  paths['/api/v1/destinations/{id}/figures']['get']['responses'][200]['content']['application/json'];

const HOURS = { hour: 1, day: 24, week: 24 * 7 } as const;
const HOUR_MS = 3_600_000;
const LABELS = { hour: 'Last hour', day: 'Last day', week: 'Last week' };

/** The books of a destination, and how it does: queue, breaker, latency, failures. */
export function OverviewTab({ destination: { id } }: { readonly destination: Destination }) {
  const { span = 'hour', ...search } = useSearch({ from: '/destinations/$destinationId' });
  const navigate = useNavigate({ from: '/destinations/$destinationId' });
  // Starts of whole minutes, so that the same question is not a new one with each look.
  const from = new Date(Math.floor(Date.now() / 60_000) * 60_000 - HOURS[span] * HOUR_MS).toISOString();
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/destinations/{id}/figures',
    { params: { path: { id }, query: { from, by: span === 'hour' ? 'minute' : 'hour' } } },
    { refetchInterval: 5_000, placeholderData: (before) => before },
  );
  return (
    <Stack gap="md">
      <Balance destinationId={id} />
      {data === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : (
        <>
          <Queue figures={data} />
          <SegmentedControl
            size="xs"
            aria-label="Time"
            style={{ alignSelf: 'flex-start' }}
            data={SPANS.map((one) => ({ value: one, label: LABELS[one] }))}
            value={span}
            onChange={(chosen) => {
              const found = SPANS.find((one) => one === chosen);
              void navigate({ search: { ...search, span: found }, replace: true });
            }}
          />
          <Pictures figures={data} isShort={span === 'hour'} />
          <Failures failures={data.failures} />
        </>
      )}
    </Stack>
  );
}

function Queue({ figures: { queue, successRate } }: { readonly figures: Figures }) {
  const { pending, ageSeconds, breaker, calls, held, pausedUntil, fault } = queue;
  const words = {
    closed: { text: 'closed', color: 'teal', note: 'The tool answers: everything is sent.' },
    open: { text: 'open', color: 'red', note: 'The tool keeps failing and is spared for a while.' },
    half_open: { text: 'half open', color: 'yellow', note: 'One call at a time tries whether it is back.' },
  } as const;
  const state = breaker === null ? undefined : words[breaker as keyof typeof words];
  return (
    <>
      {fault === null ? null : (
        <Alert color="red" icon={<IconPlugConnectedX size={18} />} title="Nothing can be sent" role="alert">
          {fault}
        </Alert>
      )}
      <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
        <Figure
          label="Queue"
          value={count(pending)}
          note={ageSeconds === null ? 'Nothing waits.' : `The oldest waits ${duration(ageSeconds * 1_000)}.`}
        />
        <Figure
          label="Circuit breaker"
          value={
            <Badge size="lg" variant="light" color={state?.color ?? 'gray'}>
              {state?.text ?? 'at rest'}
            </Badge>
          }
          note={
            pausedUntil === null ? (
              (state?.note ?? 'Nothing was sent since the start.')
            ) : (
              <>
                Tried again <Moment at={pausedUntil} />.
              </>
            )
          }
        />
        <Figure label="Calls out now" value={count(calls)} note={`${count(held)} deliveries in memory`} />
        <Figure
          label="Attempts that delivered"
          value={successRate === null ? '–' : `${Math.floor(successRate * 1_000) / 10} %`}
          note="In the time chosen below."
        />
      </SimpleGrid>
    </>
  );
}

function Pictures({ figures, isShort }: { readonly figures: Figures; readonly isShort: boolean }) {
  const [attempts, latency] = useMemo(() => {
    const { buckets } = figures;
    const format = new Intl.DateTimeFormat(undefined, {
      ...(isShort ? {} : { weekday: 'short' }),
      hour: '2-digit',
      minute: '2-digit',
    });
    const axis = {
      atLabel: 'Time',
      at: buckets.map(({ at }) => at),
      showAt: (at: string) => format.format(Date.parse(at)),
    };
    const series = (name: string, of: (bucket: Figures['buckets'][number]) => number | null) => ({
      name,
      values: buckets.map(of),
    });
    const outcomes: ChartData = {
      ...{ ...axis, kind: 'bar' },
      series: [
        series('delivered', ({ delivered }) => delivered),
        series('retried', ({ retried }) => retried),
        series('given up', ({ dead }) => dead),
        series('filtered', ({ filtered }) => filtered),
      ],
    };
    const times: ChartData = {
      ...{ ...axis, kind: 'line', unit: 'ms' },
      series: [
        series('median', ({ p50Ms }) => p50Ms && Math.round(p50Ms)),
        series('95 of 100', ({ p95Ms }) => p95Ms && Math.round(p95Ms)),
        series('99 of 100', ({ p99Ms }) => p99Ms && Math.round(p99Ms)),
      ],
    };
    return [outcomes, times];
  }, [figures, isShort]);
  return (
    <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="sm">
      <Chart title="Attempts by outcome" data={attempts} empty="Nothing was tried in this time." />
      <Chart
        title="From receipt to delivery, ms"
        data={latency}
        empty="Nothing was delivered in this time."
      />
    </SimpleGrid>
  );
}

function Failures({ failures }: { readonly failures: Figures['failures'] }) {
  return (
    <Paper withBorder p="md" radius="md">
      <Group justify="space-between" mb={failures.length === 0 ? 0 : 'xs'}>
        <Title order={2}>Failures by reason</Title>
        {failures.length === 0 ? (
          <Text size="sm" className="quiet">
            None in this time.
          </Text>
        ) : null}
      </Group>
      {failures.length === 0 ? null : (
        <Table.ScrollContainer minWidth={480} type="native" tabIndex={0}>
          <Table aria-label="Failures by reason">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Reason</Table.Th>
                <Table.Th>Last said</Table.Th>
                <Table.Th ta="right">Attempts</Table.Th>
                <Table.Th ta="right">Last</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {failures.map(({ reason, attempts, error, lastAt }) => (
                <Table.Tr key={reason}>
                  <Table.Td style={{ whiteSpace: 'nowrap' }}>{reasonText(reason)}</Table.Td>
                  <Table.Td>{error}</Table.Td>
                  <Table.Td ta="right" className="number">
                    {count(attempts)}
                  </Table.Td>
                  <Table.Td ta="right" style={{ whiteSpace: 'nowrap' }}>
                    <Moment at={lastAt} />
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Paper>
  );
}

/** A length of time in its largest unit. */
function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  if (ms < HOUR_MS) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / HOUR_MS)} h`;
}
