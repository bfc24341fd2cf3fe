import { Badge, Button, Group, Menu, Stack, Tabs, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconArrowMerge } from '@tabler/icons-react';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { api } from '../../api/client';
import { useUser } from '../../api/use-session';
import { Awaited } from '../../ui/awaited';
import { counted } from '../../ui/figure';
import { AnchorLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { nameOf } from '../../ui/person';
import { Portrait } from '../../ui/portrait';
import { Copy } from '../../ui/snippet';
import { TabList } from '../../ui/tab-list';
import { MergeDialog } from './merge-dialog';
import { type Profile, refOf } from './person-types';
import { ConsentTab } from './profile/consent-tab';
import { CouponsTab } from './profile/coupons-tab';
import { DeliveriesTab } from './profile/deliveries-tab';
import { IdentityTab } from './profile/identity-tab';
import { OverviewTab } from './profile/overview-tab';
import { RecommendationsTab } from './profile/recommendations-tab';
import { SegmentsTab } from './profile/segments-tab';
import { TimelineTab } from './profile/timeline-tab';

const TABS = [
  ['overview', 'Overview', OverviewTab],
  ['timeline', 'Timeline', TimelineTab],
  ['identity', 'Identity', IdentityTab],
  ['segments', 'Segments', SegmentsTab],
  ['consent', 'Consent', ConsentTab],
  ['deliveries', 'Deliveries', DeliveriesTab],
  ['coupons', 'Coupons', CouponsTab],
  ['recommendations', 'Recommendations', RecommendationsTab],
] as const;

/** One person: who it is, what they did, and what follows from it. */
export function ProfilePage() {
  const { ref } = useParams({ from: '/people/$ref' });
  const { tab = 'overview' } = useSearch({ from: '/people/$ref' });
  const navigate = useNavigate({ from: '/people/$ref' });
  const {
    data: profile,
    error,
    refetch,
  } = api.useQuery(
    'get',
    '/api/v1/profiles/{ref}',
    { params: { path: { ref: refOf(ref) } } },
    { refetchInterval: 5_000 },
  );
  const name = profile === undefined ? 'Person' : nameOf(profile);
  useEffect(() => {
    document.title = `${name} · Tributary`;
  }, [name]);
  if (profile === undefined)
    return (
      <Awaited
        title="Person"
        up={{ label: 'People', to: '/people' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return (
    <Stack gap="lg">
      <Header profile={profile} name={name} />
      <Tabs
        value={tab}
        onChange={(value) =>
          void navigate({ search: value === null || value === 'overview' ? {} : { tab: value } })
        }
        keepMounted={false}
      >
        <TabList>
          {TABS.map(([value, label]) => (
            <Tabs.Tab key={value} value={value}>
              {label}
            </Tabs.Tab>
          ))}
        </TabList>
        {TABS.map(([value, , Tab]) => (
          <Tabs.Panel key={value} value={value} pt="md">
            <Tab profile={profile} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  );
}

function Header({ profile, name }: { readonly profile: Profile; readonly name: string }) {
  return (
    <div>
      <AnchorLink to="/people" size="sm">
        People
      </AnchorLink>
      <Group justify="space-between" align="flex-start" gap="sm" mt={4}>
        <Group gap="md" wrap="nowrap" style={{ minWidth: 0 }}>
          <Portrait id={profile.id} name={name} size={52} />
          <div style={{ minWidth: 0 }}>
            <Title order={1} fz={{ base: 'xl', sm: 'h1' }} style={{ overflowWrap: 'anywhere' }}>
              {name}
            </Title>
            <Group gap={6} className="quiet">
              <Text size="sm" span>
                <span className="number">{counted(profile.eventCounts.total, 'event')}</span> · first seen{' '}
                <Moment at={profile.firstSeenAt} /> · last seen <Moment at={profile.lastSeenAt} />
              </Text>
              {profile.accounts.slice(0, 3).map(({ id }) => (
                <Badge
                  key={id}
                  variant="default"
                  renderRoot={(props) => (
                    <Link {...props} to="/accounts/$accountId" params={{ accountId: id }} search={{}} />
                  )}
                  style={{ cursor: 'pointer' }}
                >
                  {id}
                </Badge>
              ))}
            </Group>
          </div>
        </Group>
        <Actions profile={profile} />
      </Group>
    </div>
  );
}

function Actions({ profile }: { readonly profile: Profile }) {
  const [isMerging, { open, close }] = useDisclosure();
  const { role } = useUser();
  return (
    <Group gap={4}>
      <MergeDialog opened={isMerging} onClose={close} into={profile} />
      <Group gap={2} visibleFrom="sm">
        <Text size="xs" className="quiet" ff="monospace" span>
          {profile.id.slice(0, 8)}…
        </Text>
        <Copy text={profile.id} label="profile id" />
      </Group>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <Button variant="default">Actions</Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconArrowMerge size={16} />} disabled={role === 'viewer'} onClick={open}>
            Merge with another…
          </Menu.Item>
          {role === 'viewer' ? <Menu.Label>Changing people is for editors.</Menu.Label> : null}
        </Menu.Dropdown>
      </Menu>
    </Group>
  );
}
