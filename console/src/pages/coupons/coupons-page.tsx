import { Badge, Button, Progress } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Snippet } from '../../ui/snippet';
import { CreatePool } from './create-pool';
import { PoolDrawer } from './pool-drawer';

type Pool = paths['/api/v1/pools']['get']['responses'][200]['content']['application/json']['data'][number];

/** Pools of coupons, and how many codes are left. */
export function CouponsPage() {
  const [isCreating, { open, close }] = useDisclosure();
  const { role } = useUser();
  return (
    <Page
      title="Coupons"
      text="Pools of codes that deliveries give out: one a person and campaign, whatever is sent again."
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={open} disabled={role === 'viewer'}>
          New pool
        </Button>
      }
    >
      {isCreating ? <CreatePool onClose={close} /> : null}
      <PoolList onCreate={role === 'viewer' ? undefined : open} />
    </Page>
  );
}

function PoolList({ onCreate }: { readonly onCreate: (() => void) | undefined }) {
  const [shown, setShown] = useState<string>();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/pools', {}, pageOptions),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="No pools yet"
        text="Make a pool, and let a mapping take a code of it. Each person gets one and keeps it."
      >
        <Snippet label="mapping" text={'{ "code": { "@coupon": { "pool": "summer" } } }'} />
        {onCreate && <Button onClick={onCreate}>Make the first pool</Button>}
      </Empty>
    );
  const number = (head: string, of: (pool: Pool) => number, isExtra = false) => ({
    ...{ head, isExtra, align: 'right' as const, width: '100px' },
    cell: (pool: Pool) => <span className="number">{count(of(pool))}</span>,
  });
  const columns: ReadonlyArray<Column<Pool>> = [
    { head: 'Name', width: 'minmax(0, 1.6fr)', cell: ({ name }) => name },
    {
      head: 'Codes',
      width: 'minmax(0, 1.4fr)',
      isExtra: true,
      cell: ({ pattern }) => <code>{pattern ?? 'imported'}</code>,
    },
    {
      head: 'Given',
      isExtra: true,
      cell: ({ name, stock: { free, assigned, redeemed } }) => {
        const given = assigned + redeemed;
        return (
          <Progress
            value={free + given === 0 ? 0 : (given / (free + given)) * 100}
            aria-label={`Part of ${name} that is given`}
          />
        );
      },
    },
    {
      head: 'Stock',
      width: '90px',
      cell: ({ stock: { low, free } }) => (
        <Badge variant="light" color={free === 0 ? 'red' : low ? 'yellow' : 'teal'}>
          {free === 0 ? 'empty' : low ? 'low' : 'well'}
        </Badge>
      ),
    },
    number('Free', ({ stock }) => stock.free),
    number('Assigned', ({ stock }) => stock.assigned, true),
    number('Redeemed', ({ stock }) => stock.redeemed, true),
    {
      head: 'Ends',
      width: '110px',
      align: 'right',
      isExtra: true,
      cell: ({ validUntil }) => <Moment at={validUntil} />,
    },
  ];
  return (
    <>
      <DataTable
        label="Pools"
        columns={columns}
        rows={rows}
        idOf={({ id }) => id}
        onOpen={({ id }) => setShown(id)}
        more={more}
      />
      {shown === undefined ? null : <PoolDrawer poolId={shown} onClose={() => setShown(undefined)} />}
    </>
  );
}
