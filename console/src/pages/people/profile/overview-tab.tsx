import { Alert, Anchor, Badge, Grid, Group, Paper, Progress, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { count } from '../../../ui/figure';
import { KindIcon } from '../../../ui/kind';
import { Moment } from '../../../ui/moment';
import { Copy } from '../../../ui/snippet';
import { TraitTable } from '../../../ui/trait-table';
import type { Profile } from '../person-types';

/** The golden record: traits with their origin, identifiers, accounts, and how good all of it is. */
export function OverviewTab({ profile }: { readonly profile: Profile }) {
  return (
    <Grid gap="md">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <TraitTable
          traits={profile.traits}
          provenance={profile.provenance}
          alternatives={profile.alternatives}
        />
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack gap="md">
          <Quality quality={profile.quality} />
          <Identifiers profile={profile} />
          <Counts profile={profile} />
          {profile.accounts.length === 0 ? null : <Accounts accounts={profile.accounts} />}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

function Quality({ quality: { completeness, missing, flags } }: { readonly quality: Profile['quality'] }) {
  const percent = Math.round(completeness * 100);
  const twins = flags.filter(({ profileId }) => profileId !== undefined);
  return (
    <Paper withBorder p="md">
      <Group justify="space-between">
        <Title order={2} fz="sm">
          Completeness
        </Title>
        <Text size="sm" fw={600} className="number">
          {percent}%
        </Text>
      </Group>
      <Progress value={percent} size="sm" my={8} aria-label="Completeness of what is expected" />
      {missing.length === 0 ? null : (
        <Text size="xs" className="quiet">
          Missing: {missing.join(', ')}
        </Text>
      )}
      {flags
        .filter(({ profileId }) => profileId === undefined)
        .map(({ flag, detail }) => (
          <Text key={`${flag} ${detail}`} size="xs" mt={6}>
            <Badge size="xs" variant="light" color="gray" mr={6}>
              {flag.replaceAll('_', ' ')}
            </Badge>
            {detail}
          </Text>
        ))}
      {twins.map(({ profileId = '', detail }) => (
        <Alert key={profileId} mt="sm" p="xs" color="yellow" variant="light" title="Perhaps the same person">
          <Text size="xs">{detail}</Text>
          <Anchor
            size="xs"
            c="inherit"
            renderRoot={(props) => (
              <Link {...props} to="/people/$ref" params={{ ref: profileId }} search={{}} />
            )}
          >
            Open the other profile
          </Anchor>
        </Alert>
      ))}
    </Paper>
  );
}

function Identifiers({ profile: { identifiers, moreIdentifiers } }: { readonly profile: Profile }) {
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb={6}>
        <Title order={2} fz="sm">
          Identifiers
        </Title>
        <Text size="xs" className="quiet number">
          {count(identifiers.length + moreIdentifiers)}
        </Text>
      </Group>
      <Stack gap={2}>
        {identifiers.slice(0, 30).map(({ kind, value, lastSeenAt }) => (
          <Group key={`${kind} ${value}`} gap={8} wrap="nowrap">
            <KindIcon kind={kind} />
            <div style={{ minWidth: 0, flex: 1 }}>
              <Text size="sm" truncate title={value}>
                {value}
              </Text>
              <Text size="xs" className="quiet">
                {kind} · <Moment at={lastSeenAt} />
              </Text>
            </div>
            <Copy text={value} label={`${kind} ${value}`} />
          </Group>
        ))}
        {moreIdentifiers + Math.max(0, identifiers.length - 30) === 0 ? null : (
          <Text size="xs" className="quiet">
            and {count(moreIdentifiers + Math.max(0, identifiers.length - 30))} more
          </Text>
        )}
      </Stack>
    </Paper>
  );
}

function Counts({ profile: { eventCounts } }: { readonly profile: Profile }) {
  const most = Object.entries(eventCounts.byName)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8);
  const top = most[0]?.[1] ?? 1;
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="sm" mb={8}>
        What they do
      </Title>
      <Stack gap={6}>
        {most.map(([name, times]) => (
          <div key={name}>
            <Group justify="space-between" wrap="nowrap">
              <Text size="xs" truncate>
                {name}
              </Text>
              <Text size="xs" className="number">
                {count(times)}
              </Text>
            </Group>
            <Progress value={(times / top) * 100} size={3} aria-hidden />
          </div>
        ))}
      </Stack>
    </Paper>
  );
}

function Accounts({ accounts }: { readonly accounts: Profile['accounts'] }) {
  return (
    <Paper withBorder p="md">
      <Title order={2} fz="sm" mb={6}>
        Accounts
      </Title>
      {accounts.map(({ id, lastSeenAt }) => (
        <Group key={id} justify="space-between">
          <Anchor
            size="sm"
            renderRoot={(props) => (
              <Link {...props} to="/accounts/$accountId" params={{ accountId: id }} search={{}} />
            )}
          >
            {id}
          </Anchor>
          <Text size="xs" className="quiet">
            <Moment at={lastSeenAt} />
          </Text>
        </Group>
      ))}
    </Paper>
  );
}
