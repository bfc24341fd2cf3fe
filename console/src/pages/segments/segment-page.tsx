import { Alert, Group, Paper, SimpleGrid, Tabs, Text } from '@mantine/core';
import { IconPencil } from '@tabler/icons-react';
import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { Awaited } from '../../ui/awaited';
import { EditorsOnly } from '../../ui/editors-only';
import { count, Figure } from '../../ui/figure';
import { ButtonLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { TabList } from '../../ui/tab-list';
import { ChangesTab } from './changes-tab';
import { DeleteSegment } from './delete-segment';
import { Meaning } from './meaning';
import { MembersTab } from './members-tab';
import { OverlapTab } from './overlap-tab';
import { SegmentHistory } from './segment-history';
import { BackfillProgress, SegmentStatus } from './segment-status';
import type { Segment } from './segment-types';
import { UsedBy } from './used-by';
import { VersionsTab } from './versions-tab';

/** One segment: who is in it, how that changed, and what it means. */
export function SegmentPage() {
  const { segmentId } = useParams({ from: '/segments/$segmentId' });
  const {
    data: segment,
    error,
    refetch,
  } = api.useQuery(
    'get',
    '/api/v1/segments/{id}',
    { params: { path: { id: segmentId } } },
    { refetchInterval: 3_000 },
  );
  if (segment === undefined)
    return (
      <Awaited
        title="Segment"
        up={{ label: 'Segments', to: '/segments' }}
        error={error}
        retry={() => void refetch()}
      />
    );
  return (
    <Page
      title={segment.name}
      text={segment.description === '' ? undefined : segment.description}
      up={{ label: 'Segments', to: '/segments' }}
      actions={<Actions segment={segment} />}
    >
      <Figures segment={segment} />
      {segment.status === 'backfilling' || segment.status === 'pending' ? (
        <Paper withBorder p="md">
          <BackfillProgress progress={segment.progress} />
        </Paper>
      ) : null}
      {segment.error === null ? null : (
        <Alert color="red" title="This version cannot be evaluated">
          {segment.error}
        </Alert>
      )}
      <Meaning title="Who that is" english={segment.english} text={segment.text} />
      <Parts segment={segment} />
    </Page>
  );
}

function Actions({ segment }: { readonly segment: Segment }) {
  return (
    <EditorsOnly>
      <ButtonLink
        variant="default"
        to="/segments/$segmentId/edit"
        params={{ segmentId: segment.id }}
        leftSection={<IconPencil size={16} />}
      >
        Edit
      </ButtonLink>
      <DeleteSegment segment={segment} />
    </EditorsOnly>
  );
}

function Figures({ segment }: { readonly segment: Segment }) {
  const used = segment.usedBy.segments.length + segment.usedBy.connections.length;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Figure label="People now" value={count(segment.size)} />
      <Figure label="Status" value={<SegmentStatus status={segment.status} error={segment.error} />} />
      <Figure
        label="Version"
        value={segment.version}
        note={
          <>
            changed <Moment at={segment.changedAt} />
          </>
        }
      />
      <Figure label="Used by" value={count(used)} note={<UsedBy usedBy={segment.usedBy} />} />
    </SimpleGrid>
  );
}

const TABS = ['history', 'members', 'changes', 'overlap', 'versions'] as const;

function Parts({ segment }: { readonly segment: Segment }) {
  const navigate = useNavigate();
  const { tab = '' } = useSearch({ from: '/segments/$segmentId' });
  const chosen = TABS.find((one) => one === tab) ?? 'history';
  return (
    <Tabs
      value={chosen}
      keepMounted={false}
      onChange={(next) =>
        void navigate({
          to: '/segments/$segmentId',
          params: { segmentId: segment.id },
          search: next === null || next === 'history' ? {} : { tab: next },
          replace: true,
        })
      }
    >
      <TabList>
        <Tabs.Tab value="history">Size over time</Tabs.Tab>
        <Tabs.Tab value="members">Members</Tabs.Tab>
        <Tabs.Tab value="changes">Enters and leaves</Tabs.Tab>
        <Tabs.Tab value="overlap">Overlap</Tabs.Tab>
        <Tabs.Tab value="versions">
          <Group gap={6} wrap="nowrap">
            Versions{' '}
            <Text span size="xs" className="quiet number">
              {segment.versions.length}
            </Text>
          </Group>
        </Tabs.Tab>
      </TabList>
      <Tabs.Panel value="history" pt="md">
        <SegmentHistory segmentId={segment.id} />
      </Tabs.Panel>
      <Tabs.Panel value="members" pt="md">
        <MembersTab segmentId={segment.id} />
      </Tabs.Panel>
      <Tabs.Panel value="changes" pt="md">
        <ChangesTab segmentId={segment.id} />
      </Tabs.Panel>
      <Tabs.Panel value="overlap" pt="md">
        <OverlapTab segmentId={segment.id} />
      </Tabs.Panel>
      <Tabs.Panel value="versions" pt="md">
        <VersionsTab versions={segment.versions} />
      </Tabs.Panel>
    </Tabs>
  );
}
