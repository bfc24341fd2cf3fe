import { Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { CsvButton } from '../../ui/csv-button';
import { count } from '../../ui/figure';
import type { Simulated } from './rules-types';
import classes from './simulation.module.css';

const PARTS = [
  ['staying', 'stay as they are', 'var(--mantine-color-teal-6)'],
  ['merging', 'would go together with others', 'var(--mantine-color-river-5)'],
  ['splitting', 'would fall apart', 'var(--mantine-color-orange-6)'],
] as const;

/** What the rules would make of the history: a picture, its numbers, and some of the people. */
export function Simulation({ result }: { readonly result: Simulated }) {
  return (
    <Paper withBorder p="md" role="status" aria-label="Simulation">
      <Stack gap="md">
        <div>
          <Title order={2} fz="md">
            {count(result.profilesBefore)} people would be {count(result.profilesAfter)}
          </Title>
          <Text size="xs" className="quiet">
            Looked at {count(result.events)} events and {count(result.identifiers)} identifiers. Nothing was
            changed.
          </Text>
        </div>
        <div className={classes.bar} aria-hidden="true">
          {PARTS.map(([key, , color]) =>
            result[key] === 0 ? null : (
              <div
                key={key}
                className={classes.part}
                style={{ flex: `${result[key]} 1 0`, background: color }}
              />
            ),
          )}
        </div>
        <Figures result={result} />
        {result.samples.length === 0 ? null : <Samples samples={result.samples} />}
      </Stack>
    </Paper>
  );
}

function Figures({ result }: { readonly result: Simulated }) {
  const rows = () => [
    ['People of now', 'Number'],
    ...PARTS.map(([key, words]) => [words, result[key]]),
    ['before', result.profilesBefore],
    ['after', result.profilesAfter],
    ...result.largestBefore.map((size, index) => [`identifiers of the largest before, ${index + 1}`, size]),
    ...result.largestAfter.map((size, index) => [`identifiers of the largest after, ${index + 1}`, size]),
  ];
  return (
    <div>
      <Table maw={520}>
        <Table.Tbody>
          {PARTS.map(([key, words, color]) => (
            <Table.Tr key={key}>
              <Table.Td>
                <Group gap={8}>
                  <span
                    style={{ width: 10, height: 10, borderRadius: 3, background: color }}
                    aria-hidden="true"
                  />
                  {words}
                </Group>
              </Table.Td>
              <Table.Td ta="right" className="number">
                {count(result[key])}
              </Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr>
            <Table.Td>most identifiers of one person, before and after</Table.Td>
            <Table.Td ta="right" className="number">
              {count(result.largestBefore[0] ?? 0)} and {count(result.largestAfter[0] ?? 0)}
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <CsvButton name="simulation" rows={rows} />
    </div>
  );
}

function Samples({ samples }: { readonly samples: Simulated['samples'] }) {
  return (
    <div>
      <Title order={3} fz="sm" mb={4}>
        Some of them
      </Title>
      {samples.map(({ before, after }, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: masked samples look alike, and have their places.
        <div key={index} className={classes.sample}>
          <Groups groups={before} label="Before" />
          <IconArrowRight size={18} aria-label="become" />
          <Groups groups={after} label="After" />
        </div>
      ))}
    </div>
  );
}

function Groups({ groups, label }: { readonly groups: readonly string[][]; readonly label: string }) {
  return (
    <Stack gap={6}>
      {groups.map((group, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: masked groups look alike, and have their places.
        <div key={index} className={classes.group}>
          <Text size="xs" className="quiet">
            {label}: person {index + 1} of {groups.length}
          </Text>
          {group.join(', ')}
        </div>
      ))}
    </Stack>
  );
}
