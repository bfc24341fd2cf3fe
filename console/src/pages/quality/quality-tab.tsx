import { Group, Select, Stack, Text } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useSourceNames } from '../../api/use-source-names';
import { mergeSearch, type SearchChange } from '../../merge-search';
import { Chart } from '../../ui/chart/chart';
import type { ChartData } from '../../ui/chart/chart-data';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { ButtonLink } from '../../ui/links';
import { Loading } from '../../ui/loading';
import { completenessOf, FAULTS, type Measure, type QualityDay, sumOf } from './quality-figures';
import { CompletenessTable, FaultsTable } from './quality-tables';

const DAY_MS = 86_400_000;
const SPANS = ['7', '30', '90'];
/** Lines that can still be told apart. */
const LINES_MAX = 6;

/** Completeness and validity by source, together and over time. */
export function QualityTab() {
  const search = useSearch({ from: '/quality' });
  const navigate = useNavigate({ from: '/quality' });
  const change = (changed: SearchChange<typeof search>) =>
    void navigate({ search: (now) => mergeSearch(now, changed), replace: true });
  const span = SPANS.find((one) => one === search.span) ?? '30';
  const from = new Date(Date.now() - (Number(span) - 1) * DAY_MS).toISOString().slice(0, 10);
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/quality', { params: { query: { from, limit: 500 } } }, pageOptions),
  );
  useEffect(() => {
    if (more.has && !more.isLoading) more.load();
  }, [more]);
  const traits = useMemo(() => Object.keys(rows?.[0]?.completeness ?? {}), [rows]);
  const measures = [...FAULTS, ...traits.map(completenessOf)];
  const measure = measures.find(({ id }) => id === search.measure) ?? (FAULTS[0] as Measure);
  return (
    <Stack gap="md">
      <Group gap="xs" className="filters">
        <Select
          w={150}
          aria-label="Time"
          allowDeselect={false}
          data={SPANS.map((days) => ({ value: days, label: `Last ${days} days` }))}
          value={span}
          onChange={(chosen) => change({ span: chosen ?? undefined })}
        />
        <Select
          w={210}
          aria-label="Measure of the picture"
          allowDeselect={false}
          data={measures.map(({ id, label }) => ({ value: id, label }))}
          value={rows === undefined ? (search.measure ?? measure.id) : measure.id}
          onChange={(chosen) => change({ measure: chosen ?? undefined })}
        />
      </Group>
      {rows === undefined ? (
        error ? (
          <Failed error={error} retry={refetch} />
        ) : (
          <Loading lines={9} />
        )
      ) : rows.length === 0 ? (
        <Empty
          title={`Nothing came in during the last ${span} days`}
          text="Figures of quality are counted with each event: how many carried what you expect to know of people, and how many e-mail addresses and telephone numbers are valid."
        >
          <ButtonLink to="/sources">Go to the sources</ButtonLink>
        </Empty>
      ) : (
        <Figures rows={rows} measure={measure} traits={traits} />
      )}
    </Stack>
  );
}

function Figures({
  rows,
  measure,
  traits,
}: {
  readonly rows: readonly QualityDay[];
  readonly measure: Measure;
  readonly traits: readonly string[];
}) {
  const sources = bySource(rows);
  return (
    <>
      <Picture sources={sources} measure={measure} />
      <FaultsTable sources={sources} />
      <CompletenessTable sources={sources} traits={traits} />
      <Text size="xs" className="quiet">
        Days are UTC, by receipt. Shares are of the counts of all days together.
      </Text>
    </>
  );
}

function Picture({
  sources,
  measure,
}: {
  readonly sources: ReadonlyMap<string, readonly QualityDay[]>;
  readonly measure: Measure;
}) {
  const nameOf = useSourceNames();
  const busiest = [...sources].sort(([, a], [, b]) => events(b) - events(a)).slice(0, LINES_MAX);
  const days = [...new Set(busiest.flatMap(([, list]) => list.map(({ day }) => day)))].sort();
  const data: ChartData = {
    kind: 'line',
    atLabel: 'Day (UTC)',
    at: days,
    unit: measure.unit ?? '',
    series: busiest.map(([sourceId, list]) => {
      const byDay = new Map(list.map((one) => [one.day, one.figures]));
      return {
        name: nameOf(sourceId),
        values: days.map((day) => {
          const value = measure.of(byDay.get(day) ?? {});
          return value === null ? null : Math.round(value * 10) / 10;
        }),
      };
    }),
  };
  const rest = sources.size - busiest.length;
  return (
    <div>
      <Chart title={`${measure.label}, by source (%)`} data={data} />
      {rest > 0 ? (
        <Text size="xs" className="quiet" mt={4}>
          The {LINES_MAX} busiest sources; {rest} more are in the tables.
        </Text>
      ) : null}
    </div>
  );
}

function events(days: readonly QualityDay[]): number {
  const { events: processed = 0, rejected = 0 } = sumOf(days);
  return processed + rejected;
}

function bySource(rows: readonly QualityDay[]): Map<string, QualityDay[]> {
  const sources = new Map<string, QualityDay[]>();
  for (const row of rows) sources.set(row.sourceId, [...(sources.get(row.sourceId) ?? []), row]);
  return sources;
}
