import { Badge, Button, Group, Select, Switch, Text, TextInput } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconSearch } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useSourceNames } from '../../api/use-source-names';
import { mergeSearch, type SearchChange } from '../../merge-search';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { FirstCall } from '../../ui/first-call';
import { Loading } from '../../ui/loading';
import { Page } from '../../ui/page';
import { SourceSelect } from '../../ui/source-select';
import { EventDrawer } from './event-drawer';
import type { LiveEvent } from './live-event';
import { isWanted, type LiveFilter } from './live-filter';
import classes from './live-page.module.css';
import { type LiveEvents, useLiveEvents } from './use-live-events';
import { Verdict } from './verdict';

const TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias', 'merge'];
const VERDICTS = ['processed', 'duplicate', 'refused'];
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** The debugger: events as they come in, and what became of each. */
export function LivePage() {
  const search = useSearch({ from: '/live' });
  const navigate = useNavigate({ from: '/live' });
  const [isPaused, setPaused] = useState(false);
  const live = useLiveEvents(isPaused);
  const change = (changed: SearchChange<typeof search>) =>
    void navigate({ search: (now) => mergeSearch(now, changed), replace: true });
  const open = live.events?.find(({ offset }) => String(offset) === search.open);
  return (
    <Page
      title="Live events"
      text="What comes in, as it comes in: what the pipeline made of it, and whose it is."
      actions={
        <>
          <StreamBadge live={live} isPaused={isPaused} />
          <Button
            variant={isPaused ? 'filled' : 'default'}
            leftSection={isPaused ? <IconPlayerPlay size={16} /> : <IconPlayerPause size={16} />}
            onClick={() => setPaused(!isPaused)}
          >
            {isPaused ? `Resume${live.waiting > 0 ? ` (${count(live.waiting)} new)` : ''}` : 'Pause'}
          </Button>
        </>
      }
    >
      <Filters search={search} change={change} onClear={live.clear} />
      <EventList
        live={live}
        filter={search}
        isRaw={search.form === 'raw'}
        onOpen={({ offset, messageId, sourceId }) =>
          change({ open: String(offset), message: messageId ?? undefined, of: sourceId })
        }
      />
      {search.open === undefined ? null : (
        <EventDrawer
          event={open}
          messageId={open?.messageId ?? search.message}
          sourceId={open?.sourceId ?? search.of}
          onClose={() => change({ open: undefined, message: undefined, of: undefined })}
        />
      )}
    </Page>
  );
}

function StreamBadge({ live, isPaused }: { readonly live: LiveEvents; readonly isPaused: boolean }) {
  const [word, color] = isPaused
    ? (['paused', 'gray'] as const)
    : live.state === 'live'
      ? (['live', 'teal'] as const)
      : (['connecting', 'yellow'] as const);
  return (
    <Badge variant="dot" color={color} size="lg" fw={550} role="status">
      {word}
    </Badge>
  );
}

function Filters({
  search,
  change,
  onClear,
}: {
  readonly search: LiveFilter & { readonly form?: string };
  readonly change: (changed: LiveFilter & { readonly form?: string | undefined }) => void;
  readonly onClear: () => void;
}) {
  return (
    <Group gap="xs">
      <TextInput
        className={classes.text}
        placeholder="Name, user, or any text in it"
        aria-label="Text"
        leftSection={<IconSearch size={15} aria-hidden />}
        defaultValue={search.text ?? ''}
        onChange={({ currentTarget }) => change({ text: currentTarget.value || undefined })}
      />
      <SourceSelect value={search.source} onChange={(source) => change({ source })} />
      <Select
        w={130}
        placeholder="Any type"
        aria-label="Type"
        data={TYPES}
        clearable
        value={search.type ?? null}
        onChange={(type) => change({ type: type ?? undefined })}
      />
      <Select
        w={140}
        placeholder="Any verdict"
        aria-label="Verdict"
        data={VERDICTS}
        clearable
        value={search.verdict ?? null}
        onChange={(verdict) => change({ verdict: verdict ?? undefined })}
      />
      <Switch
        label="Raw"
        checked={search.form === 'raw'}
        onChange={({ currentTarget }) => change({ form: currentTarget.checked ? 'raw' : undefined })}
      />
      <Button variant="subtle" onClick={onClear}>
        Clear
      </Button>
    </Group>
  );
}

function EventList({
  live,
  filter,
  isRaw,
  onOpen,
}: {
  readonly live: LiveEvents;
  readonly filter: LiveFilter;
  readonly isRaw: boolean;
  readonly onOpen: (event: LiveEvent) => void;
}) {
  const nameOfSource = useSourceNames();
  const { events, error, retry, skipped } = live;
  if (events === undefined) return error ? <Failed error={error} retry={retry} /> : <Loading lines={9} />;
  if (events.length === 0) return <NothingYet />;
  const wanted = events.filter((one) => isWanted(one, filter));
  if (wanted.length === 0)
    return (
      <Empty
        title="None of the newest events match"
        text={`${count(events.length)} are here, and none is what you ask for. This page goes on looking as they come.`}
      />
    );
  return (
    <div>
      <DataTable
        label="Live events"
        columns={isRaw ? rawColumns() : prettyColumns(nameOfSource)}
        rows={wanted}
        idOf={({ offset }) => String(offset)}
        onOpen={onOpen}
      />
      <Text size="xs" className="quiet" mt={6}>
        {count(wanted.length)} of the newest {count(events.length)}
        {skipped > 0
          ? `; ${count(skipped)} more came too fast to be shown, and were processed all the same`
          : ''}
      </Text>
    </div>
  );
}

function prettyColumns(nameOfSource: (id: string) => string): ReadonlyArray<Column<LiveEvent>> {
  return [
    { ...TIME },
    { head: 'Type', width: '90px', isExtra: true, cell: ({ type }) => type },
    {
      head: 'Event',
      width: 'minmax(0, 1.4fr)',
      cell: ({ name, type }) => (
        <Text size="sm" fw={550} span>
          {name || type}
        </Text>
      ),
    },
    {
      head: 'Who',
      width: 'minmax(0, 1.4fr)',
      isExtra: true,
      cell: ({ event }) => <span className="quiet">{whoIn(event)}</span>,
    },
    {
      head: 'Source',
      isExtra: true,
      cell: ({ sourceId }) => nameOfSource(sourceId),
    },
    { head: 'Verdict', width: '130px', cell: ({ verdict }) => <Verdict verdict={verdict} /> },
  ];
}

function rawColumns(): ReadonlyArray<Column<LiveEvent>> {
  return [
    { ...TIME },
    {
      head: 'As it came',
      width: 'minmax(0, 1fr)',
      cell: ({ event }) => <code className={classes.raw}>{JSON.stringify(event)}</code>,
    },
    { head: 'Verdict', width: '130px', cell: ({ verdict }) => <Verdict verdict={verdict} /> },
  ];
}

const TIME: Column<LiveEvent> = {
  head: 'Received',
  width: '96px',
  cell: ({ receivedAt }) => <span className="number">{clock.format(receivedAt)}</span>,
};

function whoIn(event: unknown): string {
  const { userId, anonymousId } = (event ?? {}) as { userId?: unknown; anonymousId?: unknown };
  return [userId, anonymousId].filter((id) => typeof id === 'string' && id !== '').join(' · ') || '–';
}

function NothingYet() {
  return (
    <Empty
      title="Nothing has come in yet"
      text="This page shows events the moment they arrive. Leave it open, and send one from a terminal:"
    >
      <FirstCall
        path="track"
        body={{ userId: '42', event: 'Order Completed', properties: { total: 49.9, currency: 'EUR' } }}
      />
    </Empty>
  );
}
