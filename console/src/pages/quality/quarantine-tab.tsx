import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useSourceNames } from '../../api/use-source-names';
import { mergeSearch, type SearchChange } from '../../merge-search';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { SourceSelect } from '../../ui/source-select';
import { ReasonFigures } from './reason-figures';
import { REASONS } from './reasons';
import { RejectedDrawer, type RejectedEvent } from './rejected-drawer';

/** What was refused: why, from whom, and as it came. */
export function QuarantineTab() {
  const search = useSearch({ from: '/quality' });
  const navigate = useNavigate({ from: '/quality' });
  const change = (changed: SearchChange<typeof search>) =>
    void navigate({ search: (now) => mergeSearch({ ...now, tab: 'quarantine' }, changed), replace: true });
  const { code, source, receipt, message } = search;
  const query = {
    ...(code === undefined ? {} : { code }),
    ...(source === undefined ? {} : { sourceId: source }),
    ...(receipt === undefined ? {} : { receipt }),
    ...(message === undefined ? {} : { messageId: message }),
  };
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/rejected', { params: { query } }, pageOptions),
  );
  const open = rows?.find(({ offset }) => String(offset) === search.open);
  const isFiltered = Object.keys(query).length > 0;
  return (
    <Stack gap="md">
      <ReasonFigures source={source} chosen={code} onChoose={(chosen) => change({ code: chosen })} />
      <Group gap="xs" className="filters">
        <Select
          w={210}
          placeholder="Any reason"
          aria-label="Reason"
          data={Object.keys(REASONS).map((one) => ({ value: one, label: one.replaceAll('_', ' ') }))}
          clearable
          searchable
          value={code ?? null}
          onChange={(chosen) => change({ code: chosen ?? undefined })}
        />
        <SourceSelect value={source} onChange={(chosen) => change({ source: chosen })} />
        <TextInput
          placeholder="Message id"
          aria-label="Message id"
          defaultValue={message ?? ''}
          onBlur={({ currentTarget }) => change({ message: currentTarget.value || undefined })}
          onKeyDown={({ key, currentTarget }) => {
            if (key === 'Enter') change({ message: currentTarget.value || undefined });
          }}
        />
        {receipt === undefined ? null : (
          <Button variant="light" onClick={() => change({ receipt: undefined })}>
            Only of one request or import ✕
          </Button>
        )}
      </Group>
      {rows === undefined ? (
        error ? (
          <Failed error={error} retry={refetch} />
        ) : (
          <Loading />
        )
      ) : rows.length === 0 ? (
        <Empty
          title={isFiltered ? 'Nothing refused matches' : 'Nothing was refused'}
          text={
            isFiltered
              ? 'Take a filter away to see more.'
              : 'Events that cannot be taken are kept here with the reason, and never lost without a word. Clients are told, too, in the answer to their request.'
          }
        />
      ) : (
        <RejectedList rows={rows} more={more} onOpen={({ offset }) => change({ open: String(offset) })} />
      )}
      {open === undefined ? null : (
        <RejectedDrawer key={open.offset} rejected={open} onClose={() => change({ open: undefined })} />
      )}
    </Stack>
  );
}

function RejectedList({
  rows,
  more,
  onOpen,
}: {
  readonly rows: readonly RejectedEvent[];
  readonly more: { readonly has: boolean; readonly isLoading: boolean; readonly load: () => void };
  readonly onOpen: (row: RejectedEvent) => void;
}) {
  const nameOf = useSourceNames();
  const columns: ReadonlyArray<Column<RejectedEvent>> = [
    { head: 'Received', width: '130px', cell: ({ receivedAt }) => <Moment at={receivedAt} /> },
    { head: 'Reason', width: 'minmax(0, 1fr)', cell: ({ code }) => code.replaceAll('_', ' ') },
    {
      head: 'What is wrong',
      width: 'minmax(0, 2.4fr)',
      isExtra: true,
      cell: ({ message, line }) => (
        <span className="quiet">{line === null ? message : `Line ${line}: ${message}`}</span>
      ),
    },
    { head: 'Source', isExtra: true, cell: ({ sourceId }) => nameOf(sourceId) },
  ];
  return (
    <DataTable
      label="Refused events"
      columns={columns}
      rows={rows}
      idOf={({ offset }) => String(offset)}
      onOpen={onOpen}
      more={more}
    />
  );
}
