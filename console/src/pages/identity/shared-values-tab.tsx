import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { useUser } from '../../api/use-session';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { counted } from '../../ui/figure';
import { KindIcon } from '../../ui/kind';
import { Loading } from '../../ui/loading';

/** Values that too many people gave: they name nobody until somebody says otherwise. */
export function SharedValuesTab() {
  const { role, personalData } = useUser();
  const [isBlocking, { open, close }] = useDisclosure();
  const mayChange = role !== 'viewer' && personalData;
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text size="sm" className="quiet" maw={640}>
          A telephone number of a shop, an e-mail like test@test.com: values that too many people share are
          set aside, so that they join nobody.
        </Text>
        <Button variant="default" disabled={!mayChange} onClick={open}>
          Block a value…
        </Button>
      </Group>
      {mayChange ? null : (
        <Text size="xs" className="quiet">
          Blocking and releasing are for editors who may see personal data.
        </Text>
      )}
      <BlockDialog opened={isBlocking} onClose={close} />
      <SharedValues mayChange={mayChange} />
    </Stack>
  );
}

function useChanged() {
  const queries = useQueryClient();
  return () =>
    queries.invalidateQueries({
      predicate: ({ queryKey: [, path] }) => String(path).startsWith('/api/v1/identity'),
    });
}

function SharedValues({ mayChange }: { readonly mayChange: boolean }) {
  const changed = useChanged();
  const release = api.useMutation('post', '/api/v1/identity/release', { onSuccess: changed });
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/identity/quarantined',
      { params: { query: { limit: 100 } } },
      pageOptions,
    ),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="No shared values"
        text="Nothing was set aside: no value was given by more people than its rule lets it: “shared by … at most” under Rules."
      />
    );
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    {
      head: 'Value',
      width: 'minmax(0, 2fr)',
      cell: ({ kind, value }) => (
        <Group gap={8} wrap="nowrap">
          <KindIcon kind={kind} />
          <Text size="sm" truncate span>
            {value}
          </Text>
        </Group>
      ),
    },
    { head: 'Kind', isExtra: true, cell: ({ kind }) => kind },
    {
      head: 'Given by',
      align: 'right',
      cell: ({ people }) => <span className="number">{counted(people, 'other')}</span>,
    },
    {
      head: 'Change',
      align: 'right',
      width: '110px',
      cell: ({ kind, value }) => (
        <Button
          size="compact-xs"
          variant="light"
          disabled={!mayChange}
          loading={release.isPending && release.variables.body.identifier === `${kind}:${value}`}
          aria-label={`Release ${value}`}
          onClick={() => release.mutate({ body: { identifier: `${kind}:${value}` } })}
        >
          Release
        </Button>
      ),
    },
  ];
  return (
    <DataTable
      label="Shared values"
      columns={columns}
      rows={rows}
      idOf={({ kind, value }) => `${kind} ${value}`}
      more={more}
    />
  );
}

function BlockDialog({ opened, onClose }: { readonly opened: boolean; readonly onClose: () => void }) {
  const changed = useChanged();
  const [identifier, setIdentifier] = useState('');
  const block = api.useMutation('post', '/api/v1/identity/block', { onSuccess: changed });
  // Whom the value names now is whom blocking touches.
  const isWhole = /^[a-z][a-z0-9_]*:.+/.test(identifier);
  const { data } = api.useQuery(
    'get',
    '/api/v1/profiles/{ref}',
    { params: { path: { ref: identifier.trim() } } },
    { enabled: opened && isWhole, retry: false },
  );
  const send = () =>
    block.mutate(
      { body: { identifier: identifier.trim() } },
      { onSuccess: () => [onClose(), setIdentifier('')] },
    );
  return (
    <Modal opened={opened} onClose={onClose} title="Block a value">
      <Stack gap="sm">
        <TextInput
          label="Value"
          description="As kind:value, such as phone:+4930123456"
          value={identifier}
          onChange={({ currentTarget }) => setIdentifier(currentTarget.value)}
          data-autofocus
        />
        <Text size="sm">
          It names nobody from now on, and never did: what it joined is undone, all at once.
          {data === undefined
            ? ''
            : ` One profile with ${counted(data.identifiers.length + data.moreIdentifiers, 'identifier')} and ${counted(data.eventCounts.total, 'event')} has it now.`}
        </Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button color="red.9" disabled={!isWhole} loading={block.isPending} onClick={send}>
            Block it
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
