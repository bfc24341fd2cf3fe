import { Group, Paper, Stack, Table } from '@mantine/core';
import { Chart } from '../../ui/chart/chart';
import { CsvButton } from '../../ui/csv-button';
import { count } from '../../ui/figure';
import { FrameTitle, useFrame } from '../../ui/frame';
import { percent } from './funnel-picture';
import classes from './insights.module.css';

interface Cohort {
  readonly from: string;
  readonly people: number;
  readonly returned: ReadonlyArray<number | null>;
}
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });

/** A row for each cohort: which share came back after how many periods; and the curve of all of them together. */
export function RetentionTable({
  cohorts,
  per,
}: {
  readonly cohorts: readonly Cohort[];
  readonly per: string;
}) {
  const frame = useFrame();
  const places = cohorts[0]?.returned.map((_, index) => index) ?? [];
  return (
    <Stack gap="sm">
      <Chart
        title="Share that came back, of all cohorts"
        data={{
          ...{ kind: 'line', atLabel: `${per}s later`, at: places.map(String), unit: '%' },
          series: [{ name: 'Came back', values: places.map((place) => shareOfAll(cohorts, place)) }],
        }}
      />
      <Paper {...frame}>
        <Group justify="space-between" mb="xs">
          <FrameTitle order={2}>Cohorts</FrameTitle>
          <CsvButton
            name="retention"
            rows={() => [
              ['from', 'people', ...places],
              ...cohorts.map(({ from, people, returned }) => [from, people, ...returned]),
            ]}
          />
        </Group>
        <Table.ScrollContainer minWidth={200 + places.length * 62} type="native" tabIndex={0}>
          <Table aria-label="Cohorts" verticalSpacing={5}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>From</Table.Th>
                <Table.Th ta="right">People</Table.Th>
                {places.map((place) => (
                  <Table.Th key={place} ta="right">
                    {per} {place}
                  </Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {cohorts.map(({ from, people, returned }) => (
                <Table.Tr key={from}>
                  <Table.Th scope="row" style={{ whiteSpace: 'nowrap' }}>
                    {day.format(new Date(from))}
                  </Table.Th>
                  <Table.Td ta="right" className="number">
                    {count(people)}
                  </Table.Td>
                  {returned.map((came, place) => (
                    <Table.Td
                      // biome-ignore lint/suspicious/noArrayIndexKey: a place is the number of a period.
                      key={place}
                      ta="right"
                      className={`number ${classes.heat}`}
                      style={{ '--share': came === null || people === 0 ? 0 : came / people } as object}
                      title={came === null ? 'not begun yet' : `${count(came)} people`}
                    >
                      {came === null || people === 0 ? '' : percent(came / people)}
                    </Table.Td>
                  ))}
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Paper>
    </Stack>
  );
}

/** In percent, of the cohorts whose period has begun. */
function shareOfAll(cohorts: readonly Cohort[], place: number): number | null {
  const begun = cohorts.filter(({ returned }) => typeof returned[place] === 'number');
  const people = begun.reduce((sum, one) => sum + one.people, 0);
  const came = begun.reduce((sum, one) => sum + (one.returned[place] ?? 0), 0);
  return people === 0 ? null : Math.round((came / people) * 1_000) / 10;
}
