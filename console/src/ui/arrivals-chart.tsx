import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { api } from '../api/client';
import { Chart } from './chart/chart';
import type { ChartData } from './chart/chart-data';
import { Failed } from './failed';
import { count } from './figure';
import { Loading } from './loading';

const SPANS = ['hour', 'day', 'month'] as const;
const LABELS = { hour: 'Last hour', day: 'Last day', month: '30 days' };
const FORMATS: Readonly<Record<(typeof SPANS)[number], Intl.DateTimeFormatOptions>> = {
  hour: { hour: '2-digit', minute: '2-digit' },
  day: { weekday: 'short', hour: 'numeric' },
  month: { month: 'short', day: 'numeric', timeZone: 'UTC' },
};
/** How often the newest bucket is looked at again. */
const AGAIN_MS = { hour: 5_000, day: 5_000, month: 60_000 };

/** How much came in over time, of one source or of all. */
export function ArrivalsChart({
  span: given,
  onSpan,
  sourceId,
}: {
  /** `hour`, `day` or `month`; a day where it is anything else. */
  readonly span: string | undefined;
  readonly onSpan: (span: string) => void;
  readonly sourceId?: string;
}) {
  const span = SPANS.find((one) => one === given) ?? 'day';
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/arrivals',
    { params: { query: { span, ...(sourceId === undefined ? {} : { sourceId }) } } },
    { refetchInterval: AGAIN_MS[span], placeholderData: (before) => before },
  );
  const chart = useMemo(() => {
    const format = new Intl.DateTimeFormat(undefined, FORMATS[span]);
    return {
      kind: 'bar',
      atLabel: span === 'month' ? 'Day (UTC)' : 'Time',
      at: data?.buckets.map(({ at }) => at) ?? [],
      showAt: (at) => format.format(Date.parse(at)),
      series: [{ name: 'Events', values: data?.buckets.map(({ events }) => events) ?? [] }],
    } satisfies ChartData;
  }, [data, span]);
  if (data === undefined)
    return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading lines={8} height={28} />;
  return (
    <div>
      <SegmentedControl
        size="xs"
        mb="xs"
        aria-label="Time"
        data={SPANS.map((one) => ({ value: one, label: LABELS[one] }))}
        value={span}
        onChange={onSpan}
      />
      <Chart title={`Events in: ${count(data.total)}`} data={chart} />
    </div>
  );
}
