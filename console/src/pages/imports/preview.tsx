import { Badge, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import type { Mapping } from './mapping-of';
import type { Sample } from './sample';

const WAIT_MS = 400;
const SHOWN = 8;
const WRONG = 'light-dark(var(--mantine-color-red-9), var(--mantine-color-red-3))';

/** What the server makes of the first rows, by the very code that imports. */
export function Preview({ mapping, sample }: { readonly mapping: Mapping; readonly sample: Sample }) {
  const [text] = useDebouncedValue(JSON.stringify(mapping), WAIT_MS);
  const { data, error, refetch, isFetching } = api.useQuery(
    'post',
    '/api/v1/imports/preview',
    { body: { mapping: JSON.parse(text) as unknown, sample: sample.text } },
    { placeholderData: (before) => before, staleTime: 60_000 },
  );
  const refused = data?.rows.filter((row) => row.refused !== null).length ?? 0;
  return (
    <Paper withBorder p="md" radius="md" aria-busy={isFetching}>
      <Stack gap="sm">
        <Group justify="space-between">
          <Title order={2}>3. What becomes of it</Title>
          {data === undefined || error ? null : (
            <Badge variant="dot" color={refused === 0 ? 'teal' : 'red'} fw={550} role="status">
              {refused === 0
                ? `The first ${count(data.rows.length)} rows are taken`
                : `${count(refused)} of the first ${count(data.rows.length)} rows would be refused`}
            </Badge>
          )}
        </Group>
        {error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : data === undefined ? (
          <Loading lines={4} />
        ) : (
          <Table.ScrollContainer minWidth={640} type="native" tabIndex={0}>
            <Table aria-label="First rows">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Line</Table.Th>
                  <Table.Th>Who</Table.Th>
                  <Table.Th>Call</Table.Th>
                  <Table.Th>Values</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {[...data.rows]
                  .sort((a, b) => Number(a.refused === null) - Number(b.refused === null))
                  .slice(0, SHOWN)
                  .map(({ call, refused: why }) => (
                    <Table.Tr key={String(call.messageId)}>
                      <Table.Td className="number">{String(call.line)}</Table.Td>
                      <Table.Td>
                        {textOf(call.userId) || textOf(call.anonymousId) || textOf(call.groupId) || '–'}
                      </Table.Td>
                      <Table.Td>
                        {textOf(call.event) || textOf(call.type).replace('row_error', 'none')}
                      </Table.Td>
                      <Table.Td>
                        <Text size="xs" c={why === null ? 'var(--mantine-color-text)' : WRONG} lineClamp={2}>
                          {why ?? valuesOf(call)}
                        </Text>
                      </Table.Td>
                    </Table.Tr>
                  ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        )}
      </Stack>
    </Paper>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function valuesOf({ traits, properties, context, timestamp }: Readonly<Record<string, unknown>>): string {
  const { traits: contact } = (context ?? {}) as { traits?: object };
  const values = {
    ...(timestamp === undefined ? {} : { timestamp }),
    ...contact,
    ...(traits ?? properties ?? {}),
  };
  return Object.entries(values)
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' · ');
}
