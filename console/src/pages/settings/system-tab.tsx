import { Badge, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from '@mantine/core';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { Failed } from '../../ui/failed';
import { brief, count, Figure } from '../../ui/figure';
import { Loading } from '../../ui/loading';

type System = paths['/api/v1/system']['get']['responses'][200]['content']['application/json'];

const CHECKS: Readonly<Record<string, string>> = {
  postgres: 'State',
  clickhouse: 'Events',
  log: 'Log',
  disk: 'Disk',
};

/** How the engines are, what they hold, and what is kept how long. */
export function SystemTab() {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/system', undefined, {
    refetchInterval: 10_000,
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  return (
    <Stack gap="md">
      <Checks system={data} />
      <Retention system={data} />
      <Tables system={data} />
    </Stack>
  );
}

function Checks({ system: { checks, engines } }: { readonly system: System }) {
  const engineText = (name: 'postgres' | 'clickhouse') => {
    const { embedded, bytes } = engines[name];
    const where = embedded ? 'embedded' : 'a server of its own';
    return `${name === 'postgres' ? 'PostgreSQL' : 'ClickHouse'}, ${where}, ${bytesText(bytes)}`;
  };
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="sm">
      {Object.entries(checks).map(([name, { ok, ...detail }]) => (
        <Paper key={name} withBorder p="md" radius="md">
          <Group justify="space-between" wrap="nowrap">
            <Text size="sm" fw={600}>
              {CHECKS[name] ?? name}
            </Text>
            <Badge variant="light" color={ok ? 'teal' : 'red'} style={{ flex: 'none' }}>
              {ok ? 'well' : 'not well'}
            </Badge>
          </Group>
          <Text size="xs" className="quiet" mt={4}>
            {ok && (name === 'postgres' || name === 'clickhouse') ? engineText(name) : detailText(detail)}
          </Text>
        </Paper>
      ))}
    </SimpleGrid>
  );
}

function Retention({ system: { retention, version } }: { readonly system: System }) {
  const { logHours, logBytesMax, dedupeDays, quarantineDays } = retention;
  return (
    <div>
      <Title order={2} mb="xs">
        What is kept how long
      </Title>
      <SimpleGrid cols={{ base: 2, lg: 4 }} spacing="sm">
        <Figure
          label="Log"
          value={`${brief(logHours / 24)} days`}
          note={`To replay events; at most ${bytesText(logBytesMax)}.`}
        />
        <Figure label="messageIds" value={`${dedupeDays} days`} note="To tell duplicates." />
        <Figure label="Refused events" value={`${quarantineDays} days`} note="To look at and mend." />
        <Figure label="Events" value="for ever" note="In ClickHouse, until you delete them." />
      </SimpleGrid>
      <Text size="xs" className="quiet" mt={6}>
        Set by environment variables when the server starts; see docs/settings.md. Version {version}.
      </Text>
    </div>
  );
}

function Tables({ system: { engines } }: { readonly system: System }) {
  return (
    <Paper withBorder p="md" radius="md">
      <Title order={2} mb="xs">
        Stored in ClickHouse
      </Title>
      {engines.clickhouse.tables.length === 0 ? (
        <Text size="sm" className="quiet">
          Nothing yet: the first event makes the first rows.
        </Text>
      ) : (
        <Table aria-label="Stored in ClickHouse">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Table</Table.Th>
              <Table.Th ta="right">Rows</Table.Th>
              <Table.Th ta="right">On disk</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {engines.clickhouse.tables.map(({ table, rows, bytes }) => (
              <Table.Tr key={table}>
                <Table.Td>
                  <code>{table}</code>
                </Table.Td>
                <Table.Td ta="right" className="number">
                  {count(rows)}
                </Table.Td>
                <Table.Td ta="right" className="number">
                  {bytesText(bytes)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}

function detailText(detail: Readonly<Record<string, unknown>>): string {
  if (typeof detail.reason === 'string') return detail.reason;
  if (typeof detail.freeBytes === 'number') return `${bytesText(detail.freeBytes)} free`;
  if (typeof detail.backlogEvents === 'number') return `${count(detail.backlogEvents)} events wait`;
  return '';
}

function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'] as const;
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  return `${Math.round((bytes / 1024 ** power) * 10) / 10} ${units[power]}`;
}
