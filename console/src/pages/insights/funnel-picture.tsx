import { Group, Paper, Stack, Table } from '@mantine/core';
import type { paths } from '../../api/schema';
import { CsvButton } from '../../ui/csv-button';
import { count } from '../../ui/figure';
import { FrameTitle, useFrame } from '../../ui/frame';
import { partTitle } from './asks';
import classes from './insights.module.css';

type Part =
  paths['/api/v1/insights/funnels']['post']['responses'][200]['content']['application/json']['parts'][number];

/** A funnel for each part: a bar for each step beside its numbers. */
export function FunnelPicture({
  names,
  parts,
}: {
  readonly names: readonly string[];
  readonly parts: readonly Part[];
}) {
  const frame = useFrame();
  const rows = () => [
    ['part', 'step', 'people', 'rate from previous', 'rate from first', 'median ms from previous'],
    ...parts.flatMap((part) =>
      part.steps.map((step, index) => [
        ...[parts.length === 1 ? '' : partTitle(part), names[index], step.people],
        ...[step.rateFromPrevious, step.rateFromFirst, step.timeFromPrevious?.median],
      ]),
    ),
  ];
  return (
    <Stack gap="sm">
      {parts.map((part, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: parts come in their order.
        <Paper key={place} {...frame}>
          <Group justify="space-between" mb="xs">
            <FrameTitle order={2}>
              {parts.length === 1 && !('value' in part) ? 'Funnel' : partTitle(part)}
            </FrameTitle>
            {place === 0 ? <CsvButton name="funnel" rows={rows} /> : null}
          </Group>
          <Steps names={names} part={part} />
        </Paper>
      ))}
    </Stack>
  );
}

function Steps({ names, part }: { readonly names: readonly string[]; readonly part: Part }) {
  const most = Math.max(1, ...part.steps.map(({ people }) => people));
  return (
    <Table.ScrollContainer minWidth={560} type="native" tabIndex={0}>
      <Table aria-label="Steps">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Step</Table.Th>
            <Table.Th w="38%">People</Table.Th>
            <Table.Th ta="right">From the step before</Table.Th>
            <Table.Th ta="right">From the first</Table.Th>
            <Table.Th ta="right">Median time</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {part.steps.map((step, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same event may be several steps.
            <Table.Tr key={index}>
              <Table.Th scope="row">
                {index + 1}. {names[index]}
              </Table.Th>
              <Table.Td>
                <div className={classes.bar} style={{ '--share': step.people / most } as object}>
                  <span className="number">{count(step.people)}</span>
                </div>
              </Table.Td>
              <Table.Td ta="right" className="number">
                {percent(step.rateFromPrevious)}
              </Table.Td>
              <Table.Td ta="right" className="number">
                {percent(step.rateFromFirst)}
              </Table.Td>
              <Table.Td ta="right" className="number">
                {lengthOf(step.timeFromPrevious?.median)}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

const percents = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

/** A share in percent; a dash where there is none. */
export function percent(share: number | null): string {
  return share === null ? '–' : percents.format(share);
}

function lengthOf(ms: number | undefined): string {
  if (ms === undefined) return '–';
  const [size, unit] = (
    [
      [86_400_000, 'd'],
      [3_600_000, 'h'],
      [60_000, 'min'],
      [1_000, 's'],
    ] as const
  ).find(([one]) => ms >= one) ?? [1, 'ms'];
  return `${(ms / size).toFixed(ms / size < 10 && size > 1_000 ? 1 : 0)} ${unit}`;
}
