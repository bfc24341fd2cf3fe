import { Divider, Group, Paper, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { Chart } from '../../ui/chart/chart';
import { put } from '../segments/builder/definition';
import { useKnownNames } from '../segments/builder/use-known-names';
import { NameInput, WordSelect } from '../segments/builder/words';
import { Answered, askOptions, useSettled } from './answered';
import { isSaid, partTitle, periodOf, type TrendsAsk, titleOf } from './asks';
import { EventList } from './event-list';
import { ByInput, Scope, saidBy } from './question';

const MEASURES = {
  ...{ count: 'Number of events', people: 'People', sum: 'Sum of', avg: 'Average of' },
  ...{ min: 'Smallest', max: 'Largest', distinct: 'Different values of' },
} as const;
type TrendSeries =
  paths['/api/v1/insights/trends']['post']['responses'][200]['content']['application/json']['series'][number];

const UNITS = { hour: 'per hour', day: 'per day', week: 'per week', month: 'per month' } as const;

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
  const settled = useSettled(ask);
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
  const query = api.useQuery('post', '/api/v1/insights/trends', { body: body as never }, askOptions(isAsked));
  return (
    <Answered isAsked={isAsked} missing="Choose an event to see how often it happens." query={query}>
      {({ buckets, series }) => (
        <TrendLines ask={ask} buckets={buckets} lines={linesOf(series, body.events)} />
      )}
    </Answered>
  );
}

interface Line {
  readonly name: string;
  readonly values: ReadonlyArray<number | null>;
  readonly total: number | null;
}

/** The series that were answered, each under what tells it from the others. */
function linesOf(series: readonly TrendSeries[], events: TrendsAsk['events']): Line[] {
  return series.map((one) => ({
    name: [
      ...(events.length > 1 || one.value === undefined ? [titleOf(events[one.event] ?? {})] : []),
      ...(one.value === undefined && one.other !== true ? [] : [partTitle(one)]),
    ].join(' · '),
    values: one.values,
    total: one.total,
  }));
}

function TrendLines({
  ask: { measure, per },
  buckets,
  lines,
}: {
  readonly ask: TrendsAsk;
  readonly buckets: readonly string[];
  readonly lines: readonly Line[];
}) {
  const title = MEASURES[measure.kind as keyof typeof MEASURES] ?? measure.kind;
  return (
    <>
      <Chart
        title={`${title} ${measure.of ?? ''} ${UNITS[per]}`}
        data={{ kind: 'line', atLabel: per, at: buckets, showAt: nameOfBucket(per), series: lines }}
      />
      <Group gap="lg" mt="sm">
        {lines.map(({ name, total }) => (
          <Text key={name} size="sm">
            <span className="quiet">{name}</span>{' '}
            <b className="number">{total === null ? '–' : figure.format(total)}</b>
          </Text>
        ))}
      </Group>
    </>
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
