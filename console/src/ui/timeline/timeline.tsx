import { Button, Center, Group, Loader, Select, Stack } from '@mantine/core';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Pages } from '../../api/use-pages';
import { Empty } from '../empty';
import { Failed } from '../failed';
import { Loading } from '../loading';
import classes from './timeline.module.css';
import { type ShownEvent, TimelineEvent } from './timeline-event';

/** Which events are shown. */
export interface TimelineFilter {
  readonly event?: string | undefined;
  /** One of the periods. */
  readonly since?: string | undefined;
}

/** Names under which calls are counted that are no track events: their types. */
const TYPES = ['identify', 'page', 'screen', 'group', 'alias'];
const AHEAD = 15;

/** How the API is asked for an event by the name that it is counted under. */
export function typeAndName(event: string | undefined): { type?: string; name?: string } {
  if (event === undefined) return {};
  return TYPES.includes(event) ? { type: event } : { type: 'track', name: event };
}

/** Events by the day, newest first; each opens to all that is known of it. */
export function Timeline({
  pages,
  filter,
  onFilter,
  names,
  periods = [],
}: {
  readonly pages: Pages<ShownEvent>;
  readonly filter: TimelineFilter;
  readonly onFilter: (filter: TimelineFilter) => void;
  readonly names: readonly string[];
  readonly periods?: readonly string[];
}) {
  const isFiltered = filter.event !== undefined || filter.since !== undefined;
  return (
    <Stack gap="sm">
      <Group gap="xs" className="filters">
        <Select
          aria-label="Event"
          placeholder="All events"
          searchable
          clearable
          w={220}
          data={[...new Set([...names, 'Audience Entered', 'Audience Exited'])]}
          value={filter.event ?? null}
          onChange={(event) => onFilter({ ...filter, event: event ?? undefined })}
        />
        {periods.length === 0 ? null : (
          <Select
            aria-label="Period"
            placeholder="All the time"
            clearable
            w={160}
            data={periods.map((value) => ({ value, label: `Last ${value}` }))}
            value={filter.since ?? null}
            onChange={(since) => onFilter({ ...filter, since: since ?? undefined })}
          />
        )}
      </Group>
      <Events pages={pages} isFiltered={isFiltered} onClear={() => onFilter({})} />
    </Stack>
  );
}

type Row = { readonly day: string } | { readonly event: ShownEvent };

const dayOf = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

function rowsOf(events: readonly ShownEvent[]): Row[] {
  let last = '';
  return events.flatMap((event): Row[] => {
    const day = dayOf.format(new Date(event.timestamp));
    const rows: Row[] = day === last ? [{ event }] : [{ day }, { event }];
    last = day;
    return rows;
  });
}

function Events({
  pages: { rows: events, error, refetch, more },
  isFiltered,
  onClear,
}: {
  readonly pages: Pages<ShownEvent>;
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const rows = useMemo(() => rowsOf(events ?? []), [events]);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => 41,
    overscan: 10,
    getItemKey: (index) => keyOf(rows[index]),
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more.has && !more.isLoading && last >= rows.length - AHEAD) more.load();
  }, [more, last, rows.length]);
  if (events === undefined)
    return error ? <Failed error={error} retry={refetch} /> : <Loading lines={10} height={30} />;
  if (events.length === 0)
    return isFiltered ? (
      <Empty title="No such events" text="Nothing here fits the filter.">
        <Button size="xs" variant="default" onClick={onClear}>
          Show all
        </Button>
      </Empty>
    ) : (
      <Empty title="No events yet" text="They appear here as soon as they are processed." />
    );
  const toggle = (key: string) =>
    setOpen((was) => new Set(was.has(key) ? [...was].filter((one) => one !== key) : [...was, key]));
  return (
    <section
      ref={box}
      className={classes.frame}
      style={{ maxHeight: 'min(70vh, 760px)' }}
      aria-label="Events"
    >
      <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
        {items.map(({ index, key, start }) => {
          // Invariant: the virtualizer counts these rows.
          const row = rows[index] as Row;
          return (
            <div
              key={key}
              ref={virtual.measureElement}
              data-index={index}
              className={classes.item}
              style={{ transform: `translateY(${start}px)` }}
            >
              {'day' in row ? (
                <div className={classes.day}>{row.day}</div>
              ) : (
                <TimelineEvent
                  event={row.event}
                  isOpen={open.has(String(key))}
                  onToggle={() => toggle(String(key))}
                />
              )}
            </div>
          );
        })}
      </div>
      {more.isLoading ? (
        <Center p="xs">
          <Loader size="xs" aria-label="Loading more" />
        </Center>
      ) : null}
    </section>
  );
}

function keyOf(row: Row | undefined): string {
  if (row === undefined) return '';
  return 'day' in row ? row.day : `${row.event.offset} ${row.event.messageId}`;
}
