import { Alert, Drawer, Group, Stack, Text } from '@mantine/core';
import type { paths } from '../../api/schema';
import { useUser } from '../../api/use-session';
import { useSourceNames } from '../../api/use-source-names';
import { Json } from '../../ui/json';
import { AnchorLink } from '../../ui/links';
import { Moment } from '../../ui/moment';
import { REASONS } from './reasons';
import { SendAgain } from './send-again';

/** An event of the quarantine. */
export type RejectedEvent =
  paths['/api/v1/rejected']['get']['responses'][200]['content']['application/json']['data'][number];

/** A refused event: why, as it came, and a way to send it again. */
export function RejectedDrawer({
  rejected,
  onClose,
}: {
  readonly rejected: RejectedEvent;
  readonly onClose: () => void;
}) {
  const nameOf = useSourceNames();
  const user = useUser();
  const { code, message, sourceId, receivedAt, line, receipt, event } = rejected;
  const mayMend = user.role !== 'viewer' && user.personalData;
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={
        <Text fw={620} size="lg" span>
          Refused: {code.replaceAll('_', ' ')}
        </Text>
      }
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        <Alert color="red" variant="light">
          <Text size="sm">{message}</Text>
          {REASONS[code] === undefined ? null : (
            <Text size="sm" mt={4}>
              {REASONS[code]}
            </Text>
          )}
        </Alert>
        <Group gap="lg" fz="sm" className="quiet">
          <span>From {nameOf(sourceId)}</span>
          <Moment at={receivedAt} />
          {line === null ? null : <span>Line {line} of the file</span>}
          <AnchorLink to="/quality" search={{ tab: 'quarantine', receipt }} size="sm">
            All of the same request
          </AnchorLink>
        </Group>
        {mayMend ? (
          <SendAgain rejected={rejected} />
        ) : (
          <>
            <Json value={event} label="event as it came" />
            <Text size="sm" className="quiet">
              Editors and owners with the right to personal data may mend it and send it again.
            </Text>
          </>
        )}
      </Stack>
    </Drawer>
  );
}
