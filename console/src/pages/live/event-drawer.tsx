import { Drawer, Group, Stack, Tabs, Text } from '@mantine/core';
import { api } from '../../api/client';
import { useSourceNames } from '../../api/use-source-names';
import { Json } from '../../ui/json';
import { Moment } from '../../ui/moment';
import { Copy } from '../../ui/snippet';
import { TabList } from '../../ui/tab-list';
import { EventWay } from './event-way';
import type { LiveEvent } from './live-event';
import { Verdict } from './verdict';

/** One event, opened: the way that it took, itself as it came, and as it was stored. */
export function EventDrawer({
  event,
  messageId,
  sourceId,
  onClose,
}: {
  /** Undefined where it is no more among those that are shown. */
  readonly event: LiveEvent | undefined;
  readonly messageId: string | undefined;
  readonly sourceId: string | undefined;
  readonly onClose: () => void;
}) {
  const nameOfSource = useSourceNames();
  const trace = api.useQuery(
    'get',
    '/api/v1/events/{messageId}/trace',
    { params: { path: { messageId: messageId ?? '' }, query: sourceId ? { source: sourceId } : {} } },
    { enabled: messageId !== undefined },
  );
  const stored = trace.data?.event ?? undefined;
  const verdict = event?.verdict ?? trace.data?.verdict;
  const title = event?.name || stored?.name || event?.type || stored?.type || 'Event';
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={
        <Group gap="xs">
          <Text fw={620} size="lg" span>
            {title}
          </Text>
          {verdict === undefined ? null : <Verdict verdict={verdict} />}
        </Group>
      }
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        <Group gap="lg" className="quiet" fz="sm">
          {sourceId === undefined ? null : <span>From {nameOfSource(sourceId)}</span>}
          <Moment
            at={event ? new Date(event.receivedAt).toISOString() : (trace.data?.receivedAt ?? undefined)}
          />
          {messageId === undefined ? null : (
            <Group gap={2} wrap="nowrap">
              <code>{messageId.length > 24 ? `${messageId.slice(0, 24)}…` : messageId}</code>
              <Copy text={messageId} label="message id" />
            </Group>
          )}
        </Group>
        <Tabs defaultValue="way" keepMounted={false}>
          <TabList>
            <Tabs.Tab value="way">Its way</Tabs.Tab>
            {event === undefined ? null : <Tabs.Tab value="given">As it came</Tabs.Tab>}
            {stored === undefined ? null : <Tabs.Tab value="stored">As stored</Tabs.Tab>}
          </TabList>
          <Tabs.Panel value="way" pt="md">
            <EventWay event={event} messageId={messageId} trace={trace} />
          </Tabs.Panel>
          <Tabs.Panel value="given" pt="md">
            <Json value={event?.event} label="event as it came" />
          </Tabs.Panel>
          <Tabs.Panel value="stored" pt="md">
            <Json value={stored} label="event as stored" />
          </Tabs.Panel>
        </Tabs>
      </Stack>
    </Drawer>
  );
}
