import {
  Alert,
  Badge,
  Button,
  Group,
  JsonInput,
  Paper,
  Stack,
  Table,
  Tabs,
  Text,
  Title,
} from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { useUser } from '../../api/use-session';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Snippet } from '../../ui/snippet';
import { TabList } from '../../ui/tab-list';
import { type ConsentRules, PurposesForm } from './purposes-form';

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
          {Object.keys(data.rules.purposes).length === 0 ? <BuiltIn /> : null}
          <RulesEditor key={data.version} version={data} />
        </>
      )}
      <Versions />
    </Page>
  );
}

function BuiltIn() {
  return (
    <Alert color="river" variant="light" title="The built-in rule holds">
      A category of consent is the purpose of the same name: a banner that sends{' '}
      <code>{'context.consent.categoryPreferences: { advertising: true }'}</code> gives <b>advertising</b>.
      Nothing else says anything.
    </Alert>
  );
}

function RulesEditor({ version: { version, rules } }: { readonly version: Version }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const isOwner = role === 'owner';
  const [wanted, setWanted] = useState<ConsentRules | undefined>(rules);
  const save = api.useMutation('put', '/api/v1/consent/rules', {
    meta: { quiet: true },
    onSuccess() {
      notifications.show({ message: 'The rules hold for events from here on.' });
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/consent'),
      });
    },
  });
  const isSame = JSON.stringify(wanted) === JSON.stringify(rules);
  return (
    <Paper withBorder p="md" radius="md">
      <Stack gap="sm">
        <Group gap="xs">
          <Title order={2}>Rules</Title>
          <Badge variant="default">version {version}</Badge>
        </Group>
        <Tabs defaultValue="form" keepMounted={false}>
          <TabList>
            <Tabs.Tab value="form">By purpose</Tabs.Tab>
            <Tabs.Tab value="json">As JSON</Tabs.Tab>
          </TabList>
          <Tabs.Panel value="form" pt="sm">
            {wanted === undefined ? (
              <Text size="sm">Mend the JSON first.</Text>
            ) : (
              <PurposesForm rules={wanted} isLocked={!isOwner} onChange={setWanted} />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="json" pt="sm">
            <RulesJson rules={wanted ?? rules} isLocked={!isOwner} onChange={setWanted} />
          </Tabs.Panel>
        </Tabs>
        {save.error ? <Failed error={save.error} /> : null}
        <Group>
          <Button
            loading={save.isPending}
            disabled={!isOwner || wanted === undefined || isSame}
            onClick={() => save.mutate({ body: { rules: wanted, expectedVersion: version } })}
          >
            Apply from here on
          </Button>
          <Text size="sm" className="quiet">
            {isOwner
              ? 'What people said before goes on meaning what it meant.'
              : 'Only owners change the rules.'}
          </Text>
        </Group>
      </Stack>
    </Paper>
  );
}

function RulesJson({
  rules,
  isLocked,
  onChange,
}: {
  readonly rules: ConsentRules;
  readonly isLocked: boolean;
  readonly onChange: (rules: ConsentRules | undefined) => void;
}) {
  const [text, setText] = useState(() => JSON.stringify(rules, null, 2));
  return (
    <Stack gap="xs">
      <JsonInput
        aria-label="Rules of consent"
        autosize
        minRows={6}
        readOnly={isLocked}
        validationError="This is no JSON yet"
        styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12.5 } }}
        value={text}
        onChange={(given) => {
          setText(given);
          onChange(parsed(given));
        }}
      />
      <Text size="sm" className="quiet">
        An example, with all three kinds of signals:
      </Text>
      <Snippet text={JSON.stringify(EXAMPLE, null, 2)} label="example of rules" />
    </Stack>
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

/** A document is a document when it has purposes; what is wrong in them the server says. */
function parsed(text: string): ConsentRules | undefined {
  try {
    const value = JSON.parse(text) as Partial<ConsentRules> | null;
    return typeof value?.purposes === 'object' && value.purposes !== null
      ? (value as ConsentRules)
      : undefined;
  } catch {
    return undefined;
  }
}
