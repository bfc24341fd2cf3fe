import { Badge } from '@mantine/core';
import { api } from '../../../api/client';
import { type Column, DataTable } from '../../../ui/data-table';
import { Empty } from '../../../ui/empty';
import { Failed } from '../../../ui/failed';
import { Loading } from '../../../ui/loading';
import { Moment } from '../../../ui/moment';
import { type Profile, refOf } from '../person-types';

const COLOURS: Readonly<Record<string, string>> = { redeemed: 'teal', assigned: 'river', expired: 'gray' };

/** Coupons that the person got, and what became of them. */
export function CouponsTab({ profile }: { readonly profile: Profile }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/profiles/{ref}/coupons', {
    params: { path: { ref: refOf(profile.id) } },
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  if (data.data.length === 0)
    return (
      <Empty
        title="No coupons"
        text="A coupon is given when a mapping asks for one of a pool, or by the API. Each person gets one of a campaign."
      />
    );
  const columns: ReadonlyArray<Column<(typeof data.data)[number]>> = [
    { head: 'Code', cell: ({ code }) => <code>{code}</code> },
    { head: 'Campaign', isExtra: true, cell: ({ campaign }) => campaign },
    {
      head: 'State',
      width: '120px',
      cell: ({ state }) => (
        <Badge variant="light" color={COLOURS[state] ?? 'gray'}>
          {state}
        </Badge>
      ),
    },
    { head: 'Given', width: '130px', align: 'right', cell: ({ assignedAt }) => <Moment at={assignedAt} /> },
    {
      head: 'Ends',
      width: '130px',
      align: 'right',
      isExtra: true,
      cell: ({ expiresAt }) => <Moment at={expiresAt} />,
    },
  ];
  return <DataTable label="Coupons" columns={columns} rows={data.data} idOf={({ code }) => code} />;
}
