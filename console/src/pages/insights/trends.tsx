import { Divider, Group, Paper, Stack, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../../api/client';
import { Chart } from '../../ui/chart/chart';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { put } from '../segments/builder/definition';
import { useKnownNames } from '../segments/builder/use-known-names';
import { NameInput, WordSelect } from '../segments/builder/words';
import { isSaid, partTitle, periodOf, type TrendsAsk, titleOf } from './asks';
import { EventList } from './event-list';
import { NotAsked } from './not-asked';
import { ByInput, Scope, saidBy } from './question';

const MEASURES = {
  ...{ count: 'Number of events', people: 'People', sum: 'Sum of', avg: 'Average of' },
  ...{ min: 'Smallest', max: 'Largest', distinct: 'Different values of' },
} as const;
const UNITS = { hour: 'per hour', day: 'per day', week: 'per week', month: 'per month' } as const;
const PAUSE_MS = 350;

/** How often something happens, over time. */
export function Trends({
  ask,
  onChange,
}: {
  readonly ask: TrendsAsk;
  readonly onChange: (ask: TrendsAsk) => void;
}) {
  const { events, per, measure, days, by, among } = ask;
  const known = useKnownNames();
  const needsField = measure.kind !== 'count' && measure.kind !== 'people';
  return (
    <Stack gap="md">
      <Paper withBorder p="md">
        <EventList
          events={events}
          label="Event"
          min={1}
          max={10}
          onChange={(next) => onChange({ ...ask, events: next })}
        />
        <Divider my="sm" />
        <Group gap="xs">
          <WordSelect
            label="Measure"
            value={measure.kind as keyof typeof MEASURES}
            words={MEASURES}
            width={150}
            onChange={(kind) => onChange({ ...ask, measure: { ...measure, kind } })}
          />
          {needsField ? (
            <NameInput
              label="Field that is measured"
              placeholder="properties.total"
              value={measure.of ?? ''}
              known={known.fieldsOf(events[0] ?? {})}
              onChange={(of) => onChange({ ...ask, measure: { ...measure, of } })}
            />
          ) : null}
          <WordSelect
            label="Unit of time"
            value={per}
            words={UNITS}
            width={104}
            onChange={(next) => onChange({ ...ask, per: next })}
          />
          <ByInput by={by} of={events[0] ?? {}} onChange={(next) => onChange(put(ask, 'by', next))} />
          <Scope
            days={days}
            among={among}
            onDays={(next) => onChange({ ...ask, days: next })}
            onAmong={(next) => onChange(put(ask, 'among', next))}
          />
        </Group>
      </Paper>
      <TrendsAnswer ask={ask} />
    </Stack>
  );
}

function TrendsAnswer({ ask }: { readonly ask: TrendsAsk }) {
  const [settled] = useDebouncedValue(ask, PAUSE_MS);
  const body = useMemo(() => {
    const { events, per, measure, days, by, among } = settled;
    const { kind, of } = measure;
    const measured = kind === 'count' || kind === 'people' ? { kind } : { kind, of };
    return {
      ...{ events: events.filter(isSaid), per, measure: measured, ...periodOf(days), ...saidBy(by) },
      ...(among === undefined ? {} : { among }),
    };
  }, [settled]);
  const isAsked = body.events.length > 0 && !('of' in body.measure && !body.measure.of);
  const { data, error, refetch, isFetching } = api.useQuery(
    'post',
    '/api/v1/insights/trends',
    { body: body as never },
    { enabled: isAsked, retry: false, staleTime: 60_000, placeholderData: keepPreviousData },
  );
  if (!isAsked) return <NotAsked text="Choose an event to see how often it happens." />;
  if (error) return <Failed error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading lines={8} />;
  const series = data.series.map((one) => ({
    name: [
      ...(body.events.length > 1 || one.value === undefined ? [titleOf(body.events[one.event] ?? {})] : []),
      ...(one.value === undefined && one.other !== true ? [] : [partTitle(one)]),
    ].join(' · '),
    values: one.values,
    total: one.total,
  }));
  return (
    <div style={{ opacity: isFetching ? 0.6 : 1 }}>
      <Chart
        title={`${MEASURES[ask.measure.kind as keyof typeof MEASURES] ?? ask.measure.kind} ${ask.measure.of ?? ''} ${UNITS[ask.per]}`}
        data={{ kind: 'line', atLabel: ask.per, at: data.buckets, showAt: nameOfBucket(ask.per), series }}
      />
      <Group gap="lg" mt="sm">
        {series.map(({ name, total }) => (
          <Text key={name} size="sm">
            <span className="quiet">{name}</span>{' '}
            <b className="number">{total === null ? '–' : figure.format(total)}</b>
          </Text>
        ))}
      </Group>
    </div>
  );
}

const figure = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });

function nameOfBucket(per: TrendsAsk['per']): (at: string) => string {
  const format = new Intl.DateTimeFormat('en', {
    ...(per === 'month' ? { month: 'short', year: 'numeric' } : { day: 'numeric', month: 'short' }),
    ...(per === 'hour' ? { hour: '2-digit', hour12: false } : {}),
  });
  return (at) => format.format(new Date(at));
}
