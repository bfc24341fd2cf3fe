import { Alert, Button, Drawer, Group, SimpleGrid, Stack, Textarea, Title } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import { type Column, DataTable } from '../../ui/data-table';
import { Failed } from '../../ui/failed';
import { count, Figure } from '../../ui/figure';
import { FormError } from '../../ui/form-error';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Snippet } from '../../ui/snippet';

/** One pool: its stock, its codes, who holds them. */
export function PoolDrawer({ poolId, onClose }: { readonly poolId: string; readonly onClose: () => void }) {
  const { data, error, refetch } = api.useQuery('get', '/api/v1/pools/{id}', {
    params: { path: { id: poolId } },
  });
  return (
    <Drawer opened onClose={onClose} position="right" size="lg" title={data?.name ?? poolId}>
      {data === undefined ? (
        error ? (
          <Failed error={error} retry={() => void refetch()} />
        ) : (
          <Loading />
        )
      ) : (
        <Stack gap="md">
          <SimpleGrid cols={2} spacing="sm">
            <Figure label="Free" value={count(data.stock.free)} />
            <Figure label="Assigned" value={count(data.stock.assigned)} />
            <Figure label="Redeemed" value={count(data.stock.redeemed)} />
            <Figure label="Expired" value={count(data.stock.expired)} />
          </SimpleGrid>
          <Snippet
            label="mapping"
            text={JSON.stringify({ code: { '@coupon': { pool: poolId } } }, null, 2)}
          />
          {data.pattern === null ? <AddCodes poolId={poolId} /> : null}
          <Holders poolId={poolId} />
        </Stack>
      )}
    </Drawer>
  );
}

function AddCodes({ poolId }: { readonly poolId: string }) {
  const queries = useQueryClient();
  const { role } = useUser();
  const [text, setText] = useState('');
  const codes = text.split(/[\s,;]+/).filter(Boolean);
  const add = api.useMutation('post', '/api/v1/pools/{id}/codes', {
    meta: { quiet: true },
    onSuccess() {
      setText('');
      void queries.invalidateQueries({
        predicate: ({ queryKey }) => String(queryKey[1]).startsWith('/api/v1/pools'),
      });
    },
  });
  return (
    <Stack gap="xs">
      <Textarea
        label="Add codes"
        description="One a line, as your shop knows them. Adding them again changes nothing."
        autosize
        minRows={3}
        maxRows={10}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
      />
      <FormError error={add.error} />
      {add.data === undefined ? null : (
        <Alert color="teal" variant="light" role="status">
          {count(add.data.added)} added, {count(add.data.refused)} refused.
        </Alert>
      )}
      <Group>
        <Button
          size="xs"
          loading={add.isPending}
          disabled={codes.length === 0 || role === 'viewer'}
          onClick={() => add.mutate({ params: { path: { id: poolId } }, body: { codes } })}
        >
          Add {count(codes.length)} codes
        </Button>
      </Group>
    </Stack>
  );
}

function Holders({ poolId }: { readonly poolId: string }) {
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/pools/{id}/assignments',
      { params: { path: { id: poolId } } },
      pageOptions,
    ),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading lines={3} />;
  if (rows.length === 0) return null;
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    { head: 'Code', cell: ({ code }) => <code>{code}</code> },
    { head: 'State', width: '100px', cell: ({ state }) => state },
    { head: 'Person', isExtra: true, cell: ({ profileId }) => <code>{profileId}</code> },
    { head: 'Given', width: '120px', align: 'right', cell: ({ assignedAt }) => <Moment at={assignedAt} /> },
  ];
  return (
    <div>
      <Title order={3} mb={6}>
        Who holds them
      </Title>
      <DataTable
        label="Who holds codes"
        columns={columns}
        rows={rows}
        idOf={({ code }) => code}
        more={more}
        height="320px"
      />
    </div>
  );
}
