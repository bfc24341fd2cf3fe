import { Alert, Badge, Button, Group, JsonInput, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { problemText } from '../../api/problem';
import type { paths } from '../../api/schema';
import { useUser } from '../../api/use-session';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Snippet } from '../../ui/snippet';

type Version = paths['/api/v1/consent/rules']['get']['responses'][200]['content']['application/json'];

const EXAMPLE = {
  purposes: {
    advertising: {
      categories: ['ads'],
      tcf: { purposes: [1, 3, 4] },
      gpp: { optOuts: ['targeted_advertising'] },
    },
  },
};

/** Which signals of an event say something of which purpose. */
export function ConsentRulesPage() {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/consent/rules');
  return (
    <Page
      title="Consent"
      text="What people agree to is folded from their events: categories of your consent banner, TC and GPP strings. These rules say which signal means which purpose; destinations name the purposes that they serve."
    >
      {data === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : (
        <>
          <Purposes rules={data.rules} />
          <RulesEditor key={data.version} version={data} />
        </>
      )}
      <Versions />
    </Page>
  );
}

function Purposes({ rules: { purposes } }: { readonly rules: Version['rules'] }) {
  const entries = Object.entries(purposes);
  if (entries.length === 0)
    return (
      <Alert color="river" variant="light" title="The built-in rule holds">
        A category of consent is the purpose of the same name: a banner that sends{' '}
        <code>{'context.consent.categoryPreferences: { advertising: true }'}</code> gives <b>advertising</b>.
        Nothing else says anything.
      </Alert>
    );
  return (
    <Paper withBorder p="md" radius="md">
      <Table.ScrollContainer minWidth={520} type="native" tabIndex={0}>
        <Table aria-label="Purposes">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Purpose</Table.Th>
              <Table.Th>Categories</Table.Th>
              <Table.Th>TCF purposes</Table.Th>
              <Table.Th>GPP opt-outs that refuse it</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {entries.map(([name, { categories, tcf, gpp }]) => (
              <Table.Tr key={name}>
                <Table.Td fw={600}>{name}</Table.Td>
                <Table.Td>{(categories ?? [name]).join(', ')}</Table.Td>
                <Table.Td>{tcf === undefined ? '–' : tcf.purposes.join(', ')}</Table.Td>
                <Table.Td>{gpp === undefined ? '–' : gpp.optOuts.join(', ').replaceAll('_', ' ')}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Paper>
  );
}

function RulesEditor({ version: { version, rules } }: { readonly version: Version }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const before = JSON.stringify(rules, null, 2);
  const [text, setText] = useState(before);
  const save = api.useMutation('put', '/api/v1/consent/rules', {
    meta: { quiet: true },
    onSuccess() {
      notifications.show({ message: 'The rules hold for events from here on.' });
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/consent'),
      });
    },
  });
  const read = parsed(text);
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <Group gap="xs">
          <Title order={2}>The document</Title>
          <Badge variant="default">version {version}</Badge>
        </Group>
        <JsonInput
          aria-label="Rules of consent"
          autosize
          minRows={6}
          formatOnBlur
          readOnly={role !== 'owner'}
          validationError="This is no JSON yet"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
          value={text}
          onChange={setText}
        />
        {save.error ? (
          <Alert color="red" title={problemText(save.error).title} role="alert">
            {problemText(save.error).detail}
          </Alert>
        ) : null}
        <Group>
          <Button
            loading={save.isPending}
            disabled={role !== 'owner' || read === undefined || text === before}
            onClick={() => save.mutate({ body: { rules: read, expectedVersion: version } })}
          >
            Apply from here on
          </Button>
          <Text size="sm" className="quiet">
            {role === 'owner'
              ? 'What people said before goes on meaning what it meant.'
              : 'Only owners change the rules.'}
          </Text>
        </Group>
        <Text size="sm" className="quiet">
          An example, with all three kinds of signals:
        </Text>
        <Snippet text={JSON.stringify(EXAMPLE, null, 2)} label="example of rules" />
      </Stack>
    </Paper>
  );
}

function Versions() {
  const { data } = api.useQuery('get', '/api/v1/consent/rules/versions');
  if (data === undefined || data.data.length < 2) return null;
  return (
    <Paper withBorder p="md" radius="md">
      <Title order={2} mb="xs">
        Versions
      </Title>
      <Table aria-label="Versions">
        <Table.Tbody>
          {data.data.map(({ version, since, createdAt, rules }) => (
            <Table.Tr key={version}>
              <Table.Td w={40}>{version}</Table.Td>
              <Table.Td>{Object.keys(rules.purposes).join(', ') || 'built in'}</Table.Td>
              <Table.Td>from event {since} on</Table.Td>
              <Table.Td ta="right">
                <Moment at={createdAt} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
