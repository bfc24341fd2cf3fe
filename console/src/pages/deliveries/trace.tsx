import { Paper, Text, Timeline, Title } from '@mantine/core';
import { api } from '../../api/client';
import { Failed } from '../../ui/failed';
import { AnchorLink } from '../../ui/links';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { PersonLink } from '../../ui/person-link';
import { useSegmentNames } from '../segments/use-segment-names';
import { statusText } from './delivery-status';
import { reasonText } from './reasons';
import { useNames } from './use-names';

/** The whole way of one event: received, processed, segments that it changed, deliveries. */
export function Trace({ messageId, thisKey }: { readonly messageId: string; readonly thisKey?: string }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/events/{messageId}/trace', {
    params: { path: { messageId } },
  });
  const nameOf = useNames();
  const segmentNames = useSegmentNames();
  return (
    <Paper withBorder p="md" radius="md">
      <Title order={2} mb="sm">
        The way of its event
      </Title>
      {data === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading lines={3} />
        )
      ) : (
        <Timeline bulletSize={14} lineWidth={2} active={99}>
          <Timeline.Item title="Received">
            <Text size="sm" className="quiet">
              <Moment at={data.receivedAt} />
              {data.event === null
                ? ''
                : ` · ${[data.event.type, data.event.name].filter(Boolean).join(' ')}`}
            </Text>
          </Timeline.Item>
          <Timeline.Item title={data.verdict === 'processed' ? 'Processed' : `Refused: ${data.verdict}`}>
            <Text size="sm" className="quiet">
              {data.message ??
                (data.event === null ? null : (
                  <>
                    Into the profile of <PersonLink id={data.event.profileId} />
                  </>
                ))}
            </Text>
          </Timeline.Item>
          {data.segments.map(({ segmentId, profileId, entered, at }) => (
            <Timeline.Item
              key={`${segmentId} ${profileId} ${at}`}
              title={`${entered ? 'Entered' : 'Left'} segment ${segmentNames.get(segmentId) ?? segmentId}`}
            >
              <Text size="sm" className="quiet">
                <Moment at={at} />
              </Text>
            </Timeline.Item>
          ))}
          {data.deliveries.map(({ key, destinationId, status, reason, endedAt }) => (
            <Timeline.Item
              key={key}
              title={
                <AnchorLink to="/deliveries/$key" params={{ key }} size="sm">
                  {nameOf(destinationId) ?? destinationId}
                  {key === thisKey ? ' (this one)' : ''}
                </AnchorLink>
              }
            >
              <Text size="sm" className="quiet">
                {statusText(status)}
                {reason === null ? '' : `: ${reasonText(reason)}`} · <Moment at={endedAt} />
              </Text>
            </Timeline.Item>
          ))}
        </Timeline>
      )}
    </Paper>
  );
}
