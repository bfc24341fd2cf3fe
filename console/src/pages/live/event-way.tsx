import { Anchor, Text, Timeline } from '@mantine/core';
import { IconBan, IconCheck, IconCopy, IconFilter, IconInbox, IconSend, IconUser } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { paths } from '../../api/schema';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { PersonLink } from '../../ui/person-link';
import { statusText } from '../deliveries/delivery-status';
import { reasonText } from '../deliveries/reasons';
import { useNames } from '../deliveries/use-names';
import { useSegmentNames } from '../segments/use-segment-names';
import type { LiveEvent } from './live-event';
import { outcomeOf } from './live-filter';

type Trace =
  paths['/api/v1/events/{messageId}/trace']['get']['responses'][200]['content']['application/json'];

/** Steps of the pipeline, and what each did with one event. */
export function EventWay({
  event,
  messageId,
  trace,
}: {
  readonly event: LiveEvent | undefined;
  readonly messageId: string | undefined;
  readonly trace: {
    readonly data: Trace | undefined;
    readonly error: unknown;
    readonly isLoading: boolean;
    refetch(): unknown;
  };
}) {
  const { data, error, isLoading } = trace;
  if (event === undefined && data === undefined) {
    if (isLoading) return <Loading />;
    if (messageId !== undefined) return <Failed error={error} retry={() => void trace.refetch()} />;
    return (
      <Text size="sm">
        This event has no id of its own and is no more among the newest. If it was refused, look for it in{' '}
        <Anchor component={Link} to="/quality" size="sm">
          the quarantine
        </Anchor>
        .
      </Text>
    );
  }
  // Invariant: one of the two is known here.
  const verdict = event?.verdict ?? (data as Trace).verdict;
  const outcome = outcomeOf(verdict);
  return (
    <Timeline bulletSize={26} lineWidth={2} active={20}>
      <Step title="Received" icon={<IconInbox size={14} />}>
        <Moment at={data?.receivedAt ?? (event && new Date(event.receivedAt).toISOString())} />
        {event === undefined ? '' : `, number ${count(event.offset)} of the log`}
      </Step>
      {outcome === 'refused' ? (
        <Step title={`Refused: ${verdict.replaceAll('_', ' ')}`} icon={<IconBan size={14} />} color="red">
          {event?.message ?? data?.message} It is kept in{' '}
          <Anchor component={Link} to={`/quality?code=${verdict}`} size="sm">
            the quarantine
          </Anchor>
          .
        </Step>
      ) : (
        <Step title="Checked" icon={<IconCheck size={14} />}>
          Its form is right.
        </Step>
      )}
      {outcome === 'duplicate' ? (
        <Step title="Known already" icon={<IconCopy size={14} />} color="gray">
          An event with this messageId and the same body came before: it counts once. What follows is what
          became of that one.
        </Step>
      ) : null}
      {data?.event ? <Placed event={data.event} /> : null}
      {data?.event ? <Segments segments={data.segments} /> : null}
      {data?.event ? <Deliveries deliveries={data.deliveries} /> : null}
    </Timeline>
  );
}

function Step({
  title,
  icon,
  color = 'teal',
  children,
}: {
  readonly title: string;
  readonly icon: ReactNode;
  readonly color?: string;
  readonly children: ReactNode;
}) {
  return (
    <Timeline.Item title={title} bullet={icon} color={color}>
      <Text size="sm" className="quiet" component="div">
        {children}
      </Text>
    </Timeline.Item>
  );
}

function Placed({ event: { profileId, enrichment } }: { readonly event: NonNullable<Trace['event']> }) {
  const learnt = Object.entries(enrichment).filter(([, value]) => typeof value === 'string' && value !== '');
  return (
    <>
      <Step title="Enriched" icon={<IconFilter size={14} />}>
        {learnt.length === 0
          ? 'It tells nothing of browser, place or campaign.'
          : learnt.map(([name, value]) => `${name}: ${value}`).join(' · ')}
      </Step>
      <Step title="Placed" icon={<IconUser size={14} />}>
        In the profile of <PersonLink id={profileId} />.
      </Step>
    </>
  );
}

function Segments({ segments }: { readonly segments: Trace['segments'] }) {
  const names = useSegmentNames();
  return (
    <Step title="Segments" icon={<IconFilter size={14} />} color={segments.length === 0 ? 'gray' : 'teal'}>
      {segments.length === 0
        ? 'Nobody entered or left a segment by it.'
        : segments.map(({ segmentId, entered, at }) => (
            <div key={`${segmentId} ${entered} ${at}`}>
              {entered ? 'Entered' : 'Left'}{' '}
              <Anchor component={Link} to={`/segments/${segmentId}`} size="sm">
                {names.get(segmentId) ?? segmentId}
              </Anchor>
            </div>
          ))}
    </Step>
  );
}

function Deliveries({ deliveries }: { readonly deliveries: Trace['deliveries'] }) {
  const nameOf = useNames();
  return (
    <Step title="Deliveries" icon={<IconSend size={14} />} color={deliveries.length === 0 ? 'gray' : 'teal'}>
      {deliveries.length === 0
        ? 'Nothing left for a destination because of it.'
        : deliveries.map(({ key, status, destinationId, reason }) => (
            <div key={key}>
              <Anchor component={Link} to={`/deliveries/${key}`} size="sm">
                {nameOf(destinationId) ?? destinationId}
              </Anchor>{' '}
              {statusText(status)}
              {reason === null ? '' : `: ${reasonText(reason)}`}
            </div>
          ))}
    </Step>
  );
}
