import { Button, Group, Paper, Skeleton, Table, Text } from '@mantine/core';
import { useToggle } from '@mantine/hooks';
import { IconChartLine, IconDownload, IconTable } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { FrameTitle, useFrame } from '../frame';
import { saveFile } from '../save-file';
import { type ChartData, csvOf } from './chart-data';

const Picture = lazy(() => import('./picture'));
const HEIGHT = 240;

/** A picture of numbers over something, mostly time; and the numbers themselves, as a table and as CSV. */
export function Chart({
  title,
  data,
  empty = 'Nothing in this time.',
}: {
  readonly title: string;
  readonly data: ChartData;
  readonly empty?: string;
}) {
  const [shown, toggle] = useToggle(['picture', 'table'] as const);
  const frame = useFrame();
  const isEmpty = data.at.length === 0;
  return (
    <Paper {...frame} radius="md" component="figure" m={0} aria-label={title}>
      <Group justify="space-between" mb="xs" gap="xs">
        <FrameTitle order={3}>{title}</FrameTitle>
        {isEmpty ? null : (
          <Group gap={4}>
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={shown === 'picture' ? <IconTable size={14} /> : <IconChartLine size={14} />}
              onClick={() => toggle()}
            >
              {shown === 'picture' ? 'Numbers' : 'Picture'}
            </Button>
            <Button
              size="compact-xs"
              variant="subtle"
              leftSection={<IconDownload size={14} />}
              onClick={() => saveFile(`${title}.csv`, 'text/csv', csvOf(data))}
            >
              CSV
            </Button>
          </Group>
        )}
      </Group>
      {isEmpty ? (
        <Text size="sm" className="quiet">
          {empty}
        </Text>
      ) : shown === 'table' ? (
        <Numbers title={title} data={data} />
      ) : (
        <Suspense fallback={<Skeleton height={HEIGHT} />}>
          <Picture data={data} height={HEIGHT} label={title} />
        </Suspense>
      )}
    </Paper>
  );
}

function Numbers({ title, data }: { readonly title: string; readonly data: ChartData }) {
  return (
    <Table.ScrollContainer minWidth={320} mah={HEIGHT} type="native" tabIndex={0}>
      <Table aria-label={title}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{data.atLabel}</Table.Th>
            {data.series.map(({ name }) => (
              <Table.Th key={name} ta="right">
                {name}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {data.at.map((at, index) => (
            <Table.Tr key={at}>
              <Table.Td>{data.showAt?.(at) ?? at}</Table.Td>
              {data.series.map(({ name, values }) => (
                <Table.Td key={name} ta="right" className="number">
                  {values[index] ?? '–'}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
