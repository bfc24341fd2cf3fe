import { Button, Group, Kbd, Stack, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Page } from '../../ui/page';
import { PinButton } from '../dashboards/pin-button';
import classes from './query.module.css';
import { QueryResult } from './query-result';
import { SchemaList } from './schema-list';
import { SqlEditor } from './sql-editor';

const FIRST = `SELECT name, count() AS events, uniq(profile_id) AS people
FROM events_resolved
WHERE type = 'track'
GROUP BY name
ORDER BY events DESC`;

/** SQL over events, people, accounts and segments. The address holds what was asked, so a link shows it. */
export function QueryPage() {
  const { personalData } = useUser();
  return (
    <Page title="Query" text="Read-only SQL over events, people, accounts and segments.">
      {personalData ? (
        <Questions />
      ) : (
        <Empty
          title="Not for this account"
          text="SQL can show everything that is known of people. It needs the right to personal data: an owner can give it in the settings. Insights and segments work without."
        />
      )}
    </Page>
  );
}

function Questions() {
  const { sql: asked } = useSearch({ from: '/query' });
  const navigate = useNavigate();
  const [sql, setSql] = useState(asked ?? FIRST);
  const { data, error, isFetching, refetch } = api.useQuery(
    'post',
    '/api/v1/query',
    { body: { sql: asked ?? '' } },
    { enabled: asked !== undefined, retry: false, staleTime: Number.POSITIVE_INFINITY },
  );
  const run = () => {
    if (sql.trim() === '') return;
    if (sql === asked) void refetch();
    else void navigate({ to: '/query', search: { sql } });
  };
  return (
    <div className={classes.columns}>
      <Stack gap="sm" miw={0}>
        <SqlEditor sql={sql} onChange={setSql} onRun={run} />
        <Group justify="space-between">
          <Text size="xs" className="quiet">
            <Kbd size="xs">Ctrl</Kbd> <Kbd size="xs">Enter</Kbd> asks
          </Text>
          <Group gap="xs">
            <PinButton
              question={data === undefined || asked === undefined ? undefined : { kind: 'sql', sql: asked }}
            />
            <Button leftSection={<IconPlayerPlay size={15} />} loading={isFetching} onClick={run}>
              Run
            </Button>
          </Group>
        </Group>
        {error ? <Failed error={error} /> : null}
        {isFetching && data === undefined ? <Loading /> : null}
        {data === undefined || error ? null : <QueryResult answer={data} />}
      </Stack>
      <SchemaList
        onChoose={(name) => setSql((before) => `${before}${/\s$/.test(before) ? '' : ' '}${name}`)}
      />
    </div>
  );
}
