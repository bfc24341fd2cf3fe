import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback, useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import { Confirm } from '../../ui/confirm';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { KindIcon } from '../../ui/kind';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { Page } from '../../ui/page';
import { Snippet } from '../../ui/snippet';
import { AddSuppression } from './add-suppression';
import { CHANNELS, type Channel, REASONS, type Reason } from './suppression-words';

const TYPED_MS = 300;

/** Whom nothing is sent to any more. */
export function SuppressionsPage() {
  const [isAdding, { open, close }] = useDisclosure();
  const { role } = useUser();
  return (
    <Page
      title="Suppressions"
      text="Whom nothing is sent to any more, whatever they once agreed to: who unsubscribed, whose address bounced, who complained. Asked in the moment of sending."
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={open} disabled={role === 'viewer'}>
          Suppress somebody
        </Button>
      }
    >
      {isAdding ? <AddSuppression onClose={close} /> : null}
      <SuppressionList />
    </Page>
  );
}

function SuppressionList() {
  const { value, kind, channel, reason } = useSearch({ from: '/suppressions' });
  const navigate = useNavigate({ from: '/suppressions' });
  const change = (next: object) =>
    void navigate({ search: (before) => ({ ...before, ...next }), replace: true });
  const typed = useDebouncedCallback(change, TYPED_MS);
  const query = {
    ...(value === undefined ? {} : { value, kind: kind ?? 'email' }),
    ...(channel === undefined ? {} : { channel: channel as Channel }),
    ...(reason === undefined ? {} : { reason: reason as Reason }),
  };
  return (
    <>
      <Group gap="sm" className="filters">
        <TextInput
          size="xs"
          w={240}
          aria-label="E-mail address"
          placeholder="E-mail address"
          defaultValue={value ?? ''}
          onChange={({ currentTarget }) => typed({ value: currentTarget.value.trim() || undefined })}
        />
        <Select
          size="xs"
          aria-label="List"
          placeholder="All lists"
          data={[...CHANNELS]}
          value={channel ?? null}
          clearable
          onChange={(chosen) => change({ channel: chosen ?? undefined })}
        />
        <Select
          size="xs"
          aria-label="Reason"
          placeholder="All reasons"
          data={REASONS.map((one) => ({ value: one, label: one.replace('_', ' ') }))}
          value={reason ?? null}
          clearable
          onChange={(chosen) => change({ reason: chosen ?? undefined })}
        />
      </Group>
      <Rows query={query} isFiltered={Object.keys(query).length > 0} />
    </>
  );
}

type Query = {
  readonly value?: string;
  readonly kind?: string;
  readonly channel?: Channel;
  readonly reason?: Reason;
};

function Rows({ query, isFiltered }: { readonly query: Query; readonly isFiltered: boolean }) {
  const queries = useQueryClient();
  const { role, personalData } = useUser();
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/suppressions', { params: { query } }, pageOptions),
  );
  const remove = api.useMutation('delete', '/api/v1/suppressions', {
    onSettled: () => queries.invalidateQueries({ queryKey: ['get', '/api/v1/suppressions'] }),
  });
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return isFiltered ? (
      <Empty title="Nobody matches" text="No entry matches all of the filter." />
    ) : (
      <Empty
        title="Nobody is suppressed"
        text="Unsubscribe links, bounces and complaints of Tributary’s own e-mail come here by themselves. Bring the list of your former tool along:"
      >
        <Snippet
          label="import of a list"
          text={`curl -H 'authorization: Bearer trb_...' -H 'content-type: text/csv' \\\n  --data-binary $'kind,value,channel,reason\\nemail,ann@example.com,email,unsubscribed' \\\n  ${window.location.origin}/api/v1/suppressions/bulk`}
        />
      </Empty>
    );
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    {
      head: 'Who',
      width: 'minmax(0, 2fr)',
      cell: ({ kind, value }) => (
        <Group gap={6} wrap="nowrap">
          <KindIcon kind={kind} />
          <Text size="sm" truncate span>
            {value}
          </Text>
        </Group>
      ),
    },
    { head: 'List', width: '100px', isExtra: true, cell: ({ channel }) => channel },
    { head: 'Reason', width: '140px', isExtra: true, cell: ({ reason }) => reason.replace('_', ' ') },
    { head: 'Said by', isExtra: true, cell: ({ source }) => source },
    { head: 'Since', width: '120px', isExtra: true, align: 'right', cell: ({ at }) => <Moment at={at} /> },
    {
      head: 'Actions',
      width: '130px',
      align: 'right',
      cell: ({ kind, value, channel, reason }) => (
        <Confirm
          label="Take off"
          size="xs"
          title="Take off the list?"
          text={`Things may be sent to ${value} again by ${channel === 'all' ? 'every channel' : channel}, if they consent. What they refused stays refused.`}
          disabled={role === 'viewer' || !personalData}
          onConfirm={() =>
            remove.mutate({
              params: { query: { kind, value, channel: channel as Channel, reason: reason as Reason } },
            })
          }
        />
      ),
    },
  ];
  return (
    <DataTable
      label="Suppressions"
      columns={columns}
      rows={rows}
      idOf={({ kind, value, channel, reason }) => `${kind} ${value} ${channel} ${reason}`}
      more={more}
    />
  );
}
