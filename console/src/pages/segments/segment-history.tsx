import { Group, SegmentedControl, SimpleGrid } from '@mantine/core';
import { useMemo, useState } from 'react';
import { api } from '../../api/client';
import { Chart } from '../../ui/chart/chart';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';

const HOUR = 3_600_000;
const SPANS = {
  '2 days': { ms: 48 * HOUR, interval: 'hour' },
  '30 days': { ms: 30 * 24 * HOUR, interval: 'day' },
  'a year': { ms: 365 * 24 * HOUR, interval: 'day' },
} as const;
type Span = keyof typeof SPANS;
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const hour = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  hour12: false,
});

/** How the size of a segment changed, and who came and went. */
export function SegmentHistory({ segmentId }: { readonly segmentId: string }) {
  const [span, setSpan] = useState<Span>('30 days');
  const { ms, interval } = SPANS[span];
  const query = useMemo(() => {
    // Whole hours: the same question is asked once.
    const to = Math.ceil(Date.now() / HOUR) * HOUR;
    return { from: new Date(to - ms).toISOString(), to: new Date(to).toISOString(), interval };
  }, [ms, interval]);
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/segments/{id}/history',
    { params: { path: { id: segmentId }, query } },
    { refetchInterval: 10_000 },
  );
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  const at = data.data.map(({ from }) => from);
  const showAt = (from: string) => (interval === 'day' ? day : hour).format(new Date(from));
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <SegmentedControl
          size="xs"
          aria-label="Period"
          data={Object.keys(SPANS)}
          value={span}
          onChange={(next) => setSpan(next as Span)}
        />
      </Group>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="sm">
        <Chart
          title="People in it"
          data={{
            ...{ kind: 'line', atLabel: interval, at, showAt, unit: 'people' },
            series: [{ name: 'People', values: data.data.map(({ size }) => size) }],
          }}
        />
        <Chart
          title="Enters and leaves"
          data={{
            ...{ kind: 'bar', atLabel: interval, at, showAt, unit: 'people' },
            series: [
              { name: 'Entered', values: data.data.map(({ entered }) => entered) },
              { name: 'Left', values: data.data.map(({ left }) => (left === 0 ? 0 : -left)) },
            ],
          }}
        />
      </SimpleGrid>
    </>
  );
}
