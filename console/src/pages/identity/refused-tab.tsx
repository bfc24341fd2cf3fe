import { Group, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useSourceNames } from '../../api/use-source-names';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { KindIcon } from '../../ui/kind';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';

/** Links between two people that a rule refused: right mostly, and worth a look where they are many. */
export function RefusedTab() {
  const navigate = useNavigate();
  const nameOfSource = useSourceNames();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/identity/refused',
      { params: { query: { limit: 100 } } },
      pageOptions,
    ),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="No refused links"
        text="When an event would join two people whom the rules keep apart, the link is refused and told here, with the reason."
      />
    );
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    {
      head: 'Identifier',
      cell: ({ identifier }) =>
        identifier === null ? (
          '–'
        ) : (
          <Group gap={6} wrap="nowrap">
            <KindIcon kind={identifier.kind} />
            <Text size="sm" truncate span title={`${identifier.kind}: ${identifier.value}`}>
              {identifier.value}
            </Text>
          </Group>
        ),
    },
    { head: 'Given with', isExtra: true, cell: ({ to }) => (to === null ? '–' : to.value) },
    {
      head: 'Why refused',
      width: 'minmax(0, 1.7fr)',
      cell: ({ reason }) => (
        <span className="quiet" title={reason}>
          {reason}
        </span>
      ),
    },
    { head: 'Source', isExtra: true, width: '130px', cell: ({ sourceId }) => nameOfSource(sourceId) },
    { head: 'When', align: 'right', width: '120px', isExtra: true, cell: ({ at }) => <Moment at={at} /> },
  ];
  return (
    <DataTable
      label="Refused links"
      columns={columns}
      rows={rows}
      idOf={({ id }) => String(id)}
      onOpen={({ profileId }) =>
        void navigate({ to: '/people/$ref', params: { ref: profileId }, search: { tab: 'identity' } })
      }
      more={more}
    />
  );
}
