import { useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { asQuery, type DeliveryFilter } from './delivery-filter';
import { DeliveryStatus } from './delivery-status';
import { reasonText } from './reasons';
import { useNames } from './use-names';

/** Deliveries that match a filter. */
export function DeliveryList({
  filter,
  empty,
}: {
  readonly filter: DeliveryFilter;
  readonly empty: { readonly title: string; readonly text: ReactNode; readonly children?: ReactNode };
}) {
  const navigate = useNavigate();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/deliveries',
      { params: { query: asQuery(filter) } },
      {
        ...pageOptions,
        refetchInterval: 10_000,
      },
    ),
  );
  const nameOf = useNames();
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty title={empty.title} text={empty.text}>
        {empty.children}
      </Empty>
    );
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    { head: 'State', width: '105px', cell: ({ status }) => <DeliveryStatus status={status} /> },
    {
      head: 'To',
      width: 'minmax(0, 1.4fr)',
      cell: ({ destinationId, connectionId }) =>
        `${nameOf(destinationId) ?? destinationId} · ${nameOf(connectionId) ?? connectionId}`,
    },
    { head: 'About', width: '100px', isExtra: true, cell: ({ kind }) => kind },
    {
      head: 'Reason',
      width: 'minmax(0, 1.6fr)',
      isExtra: true,
      cell: ({ reason, error: said }) =>
        reason === null ? (
          <span className="quiet">–</span>
        ) : (
          <span title={said ?? undefined}>
            {reasonText(reason)}
            {said !== null && reason.startsWith('consent_') ? `: ${said}` : ''}
          </span>
        ),
    },
    {
      head: 'Tries',
      width: '70px',
      align: 'right',
      isExtra: true,
      cell: ({ attempts }) => <span className="number">{attempts}</span>,
    },
    {
      head: 'Received',
      width: '118px',
      align: 'right',
      cell: ({ receivedAt }) => <Moment at={receivedAt} />,
    },
  ];
  return (
    <DataTable
      label="Deliveries"
      columns={columns}
      rows={rows}
      idOf={({ key }) => key}
      onOpen={({ key }) => void navigate({ to: '/deliveries/$key', params: { key } })}
      more={more}
    />
  );
}
