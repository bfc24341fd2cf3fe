import { Group, Text } from '@mantine/core';
import { useMemo } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { Chart } from '../../ui/chart/chart';
import { Answered, useAskOptions, useSettled } from './answered';
import { MEASURES, partTitle, TREND_UNITS, type TrendsAsk, titleOf } from './asks';
import { bodyOf, saidTrends } from './said';

type TrendSeries =
  paths['/api/v1/insights/trends']['post']['responses'][200]['content']['application/json']['series'][number];

/** Asks how often something happens, and shows it. */
export function TrendsAnswer({ ask }: { readonly ask: TrendsAsk }) {
  const settled = useSettled(ask);
  const { said, body } = useMemo(() => {
    const whole = saidTrends(settled);
    return { said: whole, body: bodyOf(whole) };
  }, [settled]);
  const options = useAskOptions(said !== undefined);
  const query = api.useQuery('post', '/api/v1/insights/trends', { body: body as never }, options);
  return (
    <Answered
      isAsked={said !== undefined}
      missing="Choose an event to see how often it happens."
      query={query}
    >
      {({ buckets, series }) => (
        <TrendLines ask={ask} buckets={buckets} lines={linesOf(series, said?.events ?? [])} />
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
        title={`${title} ${measure.of ?? ''} ${TREND_UNITS[per]}`}
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
