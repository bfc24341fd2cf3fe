import { Group, Stack, Text, ThemeIcon, UnstyledButton } from '@mantine/core';
import {
  IconBolt,
  IconBuilding,
  IconChevronRight,
  IconEye,
  IconFilterHeart,
  IconLink,
  IconUser,
} from '@tabler/icons-react';
import { useSourceNames } from '../../api/use-source-names';
import { Moment } from '../moment';
import { shown } from '../person';
import { Snippet } from '../snippet';
import classes from './timeline.module.css';

/** An event as timelines of people and of accounts have it. */
export interface ShownEvent {
  readonly offset: number;
  readonly sourceId: string;
  readonly messageId: string;
  readonly type: string;
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly traits: Readonly<Record<string, unknown>>;
  readonly timestamp: string;
  readonly receivedAt: string;
}

const LOOKS = {
  track: [IconBolt, 'river'],
  page: [IconEye, 'gray'],
  screen: [IconEye, 'gray'],
  identify: [IconUser, 'teal'],
  group: [IconBuilding, 'orange'],
  alias: [IconLink, 'grape'],
} as const;
/** Properties that say most, first. */
const TELLING = [
  'audience_name',
  'name',
  'title',
  'path',
  'url',
  'order_id',
  'orderId',
  'total',
  'revenue',
  'value',
];
const SUMMARY_MAX = 3;

/** One event: a line, and all of it when opened. */
export function TimelineEvent({
  event,
  isOpen,
  onToggle,
}: {
  readonly event: ShownEvent;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}) {
  const isAudience = event.sourceId === 'tributary';
  const [Icon, colour] = isAudience
    ? ([IconFilterHeart, 'pink'] as const)
    : (LOOKS[event.type as keyof typeof LOOKS] ?? LOOKS.track);
  return (
    <>
      <UnstyledButton className={classes.event} aria-expanded={isOpen} onClick={onToggle}>
        <IconChevronRight size={14} className={classes.chevron} aria-hidden />
        <ThemeIcon variant="light" color={colour} size={26} radius="xl" aria-hidden>
          <Icon size={15} />
        </ThemeIcon>
        <Text size="sm" fw={550} truncate span>
          {event.name === '' ? event.type : event.name}
        </Text>
        <Text size="xs" truncate span className={`${classes.summary} quiet`}>
          {summaryOf(event)}
        </Text>
        <Text size="xs" className="quiet" span ta="right">
          <Moment at={event.timestamp} />
        </Text>
      </UnstyledButton>
      {isOpen ? <Details event={event} /> : null}
    </>
  );
}

function Details({ event }: { readonly event: ShownEvent }) {
  const nameOfSource = useSourceNames();
  return (
    <div className={classes.details}>
      <Stack gap="xs">
        <Group gap="lg" className="quiet">
          <Text size="xs">Source: {nameOfSource(event.sourceId)}</Text>
          <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
            Message: {event.messageId}
          </Text>
          <Text size="xs">
            Received <Moment at={event.receivedAt} />
          </Text>
        </Group>
        <Snippet text={JSON.stringify(withoutEmpty(event), null, 2)} label="event" />
      </Stack>
    </div>
  );
}

function summaryOf({ type, properties, traits }: ShownEvent): string {
  const from = type === 'identify' || type === 'group' ? traits : properties;
  const names = Object.keys(from).sort((a, b) => rank(a) - rank(b));
  return names
    .filter((name) => typeof from[name] !== 'object')
    .slice(0, SUMMARY_MAX)
    .map((name) => `${name}: ${shown(from[name])}`)
    .join(' · ');
}

function rank(name: string): number {
  const at = TELLING.indexOf(name);
  return at < 0 ? TELLING.length : at;
}

/** Without fields that say nothing. */
function withoutEmpty(event: ShownEvent): object {
  return Object.fromEntries(
    Object.entries(event).filter(
      ([, value]) =>
        value !== '' && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0),
    ),
  );
}
