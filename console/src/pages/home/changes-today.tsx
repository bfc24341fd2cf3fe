import { Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { deedText } from './deed-text';

const SHOWN = 6;

/** What people changed since midnight; for owners, who may read the audit log. */
export function ChangesToday() {
  const from = useMemo(() => new Date(new Date().setHours(0, 0, 0, 0)).toISOString(), []);
  const { data, error, refetch } = api.useQuery(
    'get',
    '/api/v1/audit',
    { params: { query: { from, limit: SHOWN } } },
    { refetchInterval: 15_000 },
  );
  return (
    <Paper withBorder p="md" radius="md" h="100%">
      <Group justify="space-between" mb="xs">
        <Title order={2}>Changed today</Title>
        <Anchor component={Link} to="/settings?tab=audit" size="sm">
          All
        </Anchor>
      </Group>
      {data === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading lines={4} />
        )
      ) : data.data.length === 0 ? (
        <Text size="sm" className="quiet">
          Nobody changed anything.
        </Text>
      ) : (
        <Stack gap={6}>
          {data.data.map((deed) => (
            <Group key={deed.seq} justify="space-between" wrap="nowrap" gap="sm">
              <Text size="sm" truncate>
                {deed.actor.replace(/^(user|token) /, '')} <span className="quiet">{deedText(deed)}</span>
              </Text>
              <Text size="xs" className="quiet" style={{ whiteSpace: 'nowrap' }}>
                <Moment at={deed.at} />
              </Text>
            </Group>
          ))}
        </Stack>
      )}
    </Paper>
  );
}
