import { Alert, Anchor, Group, List, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/client';
import { problemText } from '../../api/problem';
import { counted } from '../../ui/figure';
import { Moment } from '../../ui/moment';

/** One thing that is not as it should be, and where to look. */
interface Trouble {
  readonly key: string;
  readonly text: ReactNode;
  readonly to: string;
  readonly look: string;
}

const ENGINES: Readonly<Record<string, string>> = {
  postgres: 'PostgreSQL does not answer',
  clickhouse: 'ClickHouse does not answer',
  log: 'More events wait than may: clients are asked to come again later',
  disk: 'The disk is nearly full: nothing is taken any more',
};

/** One sentence when all is well; else what is not. */
export function IsWell() {
  const again = { refetchInterval: 10_000 };
  const system = api.useQuery('get', '/api/v1/system', undefined, again);
  const alerts = api.useQuery('get', '/api/v1/alert-rules', undefined, again);
  const deliveries = api.useQuery('get', '/api/v1/deliveries/balance', undefined, again);
  const error = system.error ?? alerts.error ?? deliveries.error;
  if (error) {
    const { title, detail } = problemText(error);
    return (
      <Notice
        troubles={[
          { key: 'error', text: `${title}: ${detail}`, to: '/settings?tab=system', look: 'Engines' },
        ]}
      />
    );
  }
  if (system.data === undefined || alerts.data === undefined || deliveries.data === undefined) return null;
  const dead = deliveries.data.total.dead - deliveries.data.total.dropped;
  const troubles: Trouble[] = [
    ...Object.entries(system.data.checks)
      .filter(([, { ok }]) => !ok)
      .map(([name]) => ({
        key: name,
        text: ENGINES[name] ?? name,
        to: '/settings?tab=system',
        look: 'Engines',
      })),
    ...alerts.data.data
      .filter(({ firingSince }) => firingSince !== null)
      .map(({ id, name, firingSince, source }) => ({
        key: id,
        text: (
          <>
            The alert {name} fires, since <Moment at={firingSince} />
          </>
        ),
        ...(source === undefined
          ? { to: '/deliveries', look: 'Deliveries' }
          : { to: `/sources/${source}`, look: 'Its source' }),
      })),
    ...(dead > 0
      ? [
          {
            key: 'dead',
            text: `${counted(dead, 'delivery', 'deliveries')} ${dead === 1 ? 'was' : 'were'} given up, and can be sent again`,
            to: '/deliveries?status=dead',
            look: 'Look at them',
          },
        ]
      : []),
  ];
  return <Notice troubles={troubles} />;
}

function Notice({ troubles }: { readonly troubles: readonly Trouble[] }) {
  if (troubles.length === 0)
    return (
      <Group gap={8} role="status">
        <IconCircleCheck size={20} color="var(--mantine-color-teal-6)" aria-hidden />
        <Text size="sm" fw={600}>
          Everything is well
        </Text>
        <Text size="sm" className="quiet" visibleFrom="xs">
          The stores answer, no alert fires, and nothing that was to be sent was given up.
        </Text>
      </Group>
    );
  return (
    <Alert
      color="orange"
      variant="light"
      title={troubles.length === 1 ? 'One thing needs a look' : `${troubles.length} things need a look`}
      icon={<IconAlertTriangle size={18} />}
      role="alert"
    >
      <List size="sm" listStyleType="none">
        {troubles.map(({ key, text, to, look }) => (
          <List.Item key={key}>
            {text}.{' '}
            <Anchor component={Link} to={to} size="sm" c="inherit">
              {look}
            </Anchor>
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}
