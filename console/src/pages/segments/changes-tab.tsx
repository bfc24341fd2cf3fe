import { Badge, Group, Switch, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useStream } from '../../api/use-stream';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { PersonName } from '../../ui/person-link';
import type { Change } from './segment-types';

/** Live changes that are kept; older ones are in the list below them when the page is opened anew. */
const LIVE_MAX = 500;

const COLUMNS: ReadonlyArray<Column<Change>> = [
  {
    head: 'What',
    width: '110px',
    cell: ({ entered }) => (
      <Badge variant="dot" color={entered ? 'teal' : 'gray'}>
        {entered ? 'entered' : 'left'}
      </Badge>
    ),
  },
  { head: 'Person', width: 'minmax(0, 2fr)', cell: ({ profileId }) => <PersonName id={profileId} /> },
  { head: 'Because of', width: '120px', cell: ({ cause }) => cause },
  { head: 'Version', width: '80px', align: 'right', isExtra: true, cell: ({ version }) => version },
  { head: 'When', width: '140px', align: 'right', cell: ({ at }) => <Moment at={at} /> },
];

/** Who entered and left, the latest first, as it happens. */
export function ChangesTab({ segmentId }: { readonly segmentId: string }) {
  const navigate = useNavigate();
  const [live, setLive] = useState<readonly Change[]>([]);
  const [isOn, setOn] = useState(true);
  const state = useStream(
    `/api/v1/segments/changes/stream?segment=${encodeURIComponent(segmentId)}`,
    { change: (data) => setLive((before) => [data as Change, ...before].slice(0, LIVE_MAX)) },
    isOn,
  );
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/segments/{id}/changes',
      { params: { path: { id: segmentId }, query: { limit: 100 } } },
      { ...pageOptions, staleTime: Number.POSITIVE_INFINITY, gcTime: 0 },
    ),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  const keyOf = ({ profileId, at, entered }: Change) => `${profileId} ${at} ${entered}`;
  const stored = new Set(rows.map(keyOf));
  const shown = [...live.filter((one) => !stored.has(keyOf(one))), ...rows];
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="xs" className="quiet" role="status">
          {state === 'live' ? 'Live' : state === 'paused' ? 'Paused' : 'Connecting…'}
        </Text>
        <Switch
          size="sm"
          label="Follow live"
          checked={isOn}
          onChange={({ currentTarget }) => setOn(currentTarget.checked)}
        />
      </Group>
      {shown.length === 0 ? (
        <Empty title="Nobody came or went yet" text="Changes appear here as they happen." />
      ) : (
        <DataTable
          label="Enters and leaves"
          columns={COLUMNS}
          rows={shown}
          idOf={keyOf}
          onOpen={({ profileId }) => void navigate({ to: `/people/${profileId}` as string })}
          more={more}
        />
      )}
    </>
  );
}
