import { Badge, Button, Grid, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import { api } from '../../../api/client';
import { pageOptions, pagesOf } from '../../../api/use-pages';
import { useUser } from '../../../api/use-session';
import { useSourceNames } from '../../../api/use-source-names';
import { Empty } from '../../../ui/empty';
import { Failed } from '../../../ui/failed';
import { Loading } from '../../../ui/loading';
import { Moment } from '../../../ui/moment';
import { Snippet } from '../../../ui/snippet';
import { type Profile, refOf } from '../person-types';

/** What the person allows, what was said before, and lists on which they are not to be contacted. */
export function ConsentTab({ profile }: { readonly profile: Profile }) {
  const ref = refOf(profile.id);
  const { personalData } = useUser();
  const { data, error, refetch } = api.useQuery('get', '/api/v1/profiles/{ref}/consent', {
    params: { path: { ref } },
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  const purposes = Object.entries(data.purposes);
  if (purposes.length + data.suppressions.length === 0)
    return (
      <Empty
        title="Never asked"
        text="Nothing was said of consent, so whatever needs a purpose is not sent: no word counts as no. Events carry consent like this:"
      >
        <Snippet label="Event with consent" text={CONSENT_SNIPPET} />
      </Empty>
    );
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack gap="md">
          <Purposes purposes={purposes} />
          <Suppressions suppressions={data.suppressions} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Paper withBorder p="md">
          <Title order={2} fz="sm" mb={8}>
            History
          </Title>
          {personalData ? (
            <History profileRef={ref} />
          ) : (
            <Text size="sm" className="quiet">
              What was said, with its proof, is shown to those who may see personal data.
            </Text>
          )}
        </Paper>
      </Grid.Col>
    </Grid>
  );
}

const CONSENT_SNIPPET = `{
  "type": "track", "event": "Consent Given", "userId": "42",
  "context": { "consent": { "categoryPreferences": { "marketing": true } } }
}`;

interface Said {
  readonly given: boolean;
  readonly sourceId: string;
  readonly at: string;
}

function Purposes({ purposes }: { readonly purposes: ReadonlyArray<readonly [string, Said]> }) {
  const nameOfSource = useSourceNames();
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="sm" mb={4}>
        Purposes
      </Title>
      {purposes.length === 0 ? (
        <Text size="sm" className="quiet">
          Never asked.
        </Text>
      ) : (
        <Table>
          <Table.Tbody>
            {purposes.map(([purpose, { given, sourceId, at }]) => (
              <Table.Tr key={purpose}>
                <Table.Th scope="row" fw={500}>
                  {purpose}
                </Table.Th>
                <Table.Td>
                  <Word given={given} />
                </Table.Td>
                <Table.Td ta="right" className="quiet" fz="xs">
                  {nameOfSource(sourceId)} · <Moment at={at} />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Paper>
  );
}

function Word({ given }: { readonly given: boolean }) {
  return (
    <Badge variant="light" color={given ? 'teal' : 'red'} style={{ flexShrink: 0 }} miw="max-content">
      {given ? 'given' : 'refused'}
    </Badge>
  );
}

function Suppressions({
  suppressions,
}: {
  readonly suppressions: ReadonlyArray<Readonly<Record<string, unknown>>>;
}) {
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="sm" mb={6}>
        Suppressions
      </Title>
      {suppressions.length === 0 ? (
        <Text size="sm" className="quiet">
          On no list: nothing keeps messages back but consent.
        </Text>
      ) : (
        <Stack gap={6}>
          {suppressions.map(({ kind, value, channel, reason, source, at }) => (
            <Group key={`${kind} ${value} ${channel} ${reason}`} justify="space-between" gap="xs">
              <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
                {String(value)}{' '}
                <Badge size="sm" variant="light" color="red">
                  {channel === 'all' ? 'all channels' : String(channel)}
                </Badge>
              </Text>
              <Text size="xs" className="quiet">
                {String(reason).replaceAll('_', ' ')} · {String(source)} · <Moment at={String(at)} />
              </Text>
            </Group>
          ))}
        </Stack>
      )}
    </Paper>
  );
}

function History({ profileRef: ref }: { readonly profileRef: string }) {
  const nameOfSource = useSourceNames();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/profiles/{ref}/consent/history',
      { params: { path: { ref } } },
      pageOptions,
    ),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading lines={4} />;
  return (
    <Stack gap="sm">
      {rows.length === 0 ? (
        <Text size="sm" className="quiet">
          Nothing was said.
        </Text>
      ) : null}
      {rows.map(({ messageId, at, event, sourceId, purposes, source }) => (
        <div key={messageId}>
          <Group gap={6}>
            {Object.entries(purposes).map(([purpose, given]) => (
              <Badge key={purpose} variant="light" color={given ? 'teal' : 'red'}>
                {purpose}: {given ? 'given' : 'refused'}
              </Badge>
            ))}
          </Group>
          <Text size="xs" className="quiet" mt={2}>
            {event} · {typeof source === 'string' ? source : nameOfSource(sourceId)} · <Moment at={at} />
          </Text>
        </div>
      ))}
      {more.has ? (
        <Button size="compact-xs" variant="subtle" loading={more.isLoading} onClick={more.load}>
          More
        </Button>
      ) : null}
    </Stack>
  );
}
