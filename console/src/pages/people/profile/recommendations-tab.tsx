import { Text } from '@mantine/core';
import { api } from '../../../api/client';
import { type Column, DataTable } from '../../../ui/data-table';
import { Empty } from '../../../ui/empty';
import { Failed } from '../../../ui/failed';
import { Loading } from '../../../ui/loading';
import { type Profile, refOf } from '../person-types';

const price = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** Products that are recommended to the person now, and why. */
export function RecommendationsTab({ profile }: { readonly profile: Profile }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/profiles/{ref}/recommendations', {
    params: { path: { ref: refOf(profile.id) }, query: { limit: 20 } },
  });
  if (data === undefined) return error ? <Failed error={error} retry={() => void refetch()} /> : <Loading />;
  if (data.data.length === 0)
    return (
      <Empty
        title="Nothing to recommend yet"
        text="Recommendations are counted from orders: send Order Completed events with their products, and they appear within the hour."
      />
    );
  const columns: ReadonlyArray<Column<(typeof data.data)[number]>> = [
    { head: 'Product', width: 'minmax(0, 1.3fr)', cell: ({ name, productId }) => name || productId },
    { head: 'Category', isExtra: true, cell: ({ category }) => category || '–' },
    {
      head: 'Why',
      width: 'minmax(0, 1.6fr)',
      cell: ({ reason }) => (
        <Text span size="sm" className="quiet" title={reason.text}>
          {reason.text}
        </Text>
      ),
    },
    {
      head: 'Price',
      width: '90px',
      align: 'right',
      isExtra: true,
      cell: (one) => <span className="number">{one.price === null ? '–' : price.format(one.price)}</span>,
    },
  ];
  return (
    <DataTable
      label="Recommendations"
      columns={columns}
      rows={data.data}
      idOf={({ productId }) => productId}
    />
  );
}
