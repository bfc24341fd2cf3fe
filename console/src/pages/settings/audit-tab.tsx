import { Badge, Drawer, Group, Select, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/client';
import type { paths } from '../../api/schema';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { Json } from '../../ui/json';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';
import { deedText } from '../home/deed-text';
import classes from './audit.module.css';
import { differencesOf } from './differences';
import type { AuditFilter } from './settings-tabs';

type Entry = paths['/api/v1/audit']['get']['responses'][200]['content']['application/json']['data'][number];

const TYPED_MS = 300;
const METHODS = [
  { value: 'POST', label: 'Created or asked' },
  { value: 'PATCH', label: 'Changed' },
  { value: 'PUT', label: 'Replaced' },
  { value: 'DELETE', label: 'Deleted' },
];

/** Who changed what. */
export function AuditTab() {
  const { actor, action, text } = useSearch({ from: '/settings' });
  const navigate = useNavigate({ from: '/settings' });
  const change = (next: AuditFilter) =>
    void navigate({ search: { tab: 'audit', actor, action, text, ...next }, replace: true });
  const typed = useDebouncedCallback(change, TYPED_MS);
  return (
    <Stack gap="sm">
      <Group gap="sm" className="filters">
        <TextInput
          size="xs"
          w={260}
          aria-label="Search the audit"
          placeholder="Any word: a name, an id, a path"
          defaultValue={text ?? ''}
          onChange={({ currentTarget }) => typed({ text: currentTarget.value || undefined })}
        />
        <TextInput
          size="xs"
          w={180}
          aria-label="Who"
          placeholder="Who: user Ann Owner"
          defaultValue={actor ?? ''}
          onChange={({ currentTarget }) => typed({ actor: currentTarget.value || undefined })}
        />
        <Select
          size="xs"
          aria-label="What was done"
          placeholder="All changes"
          data={METHODS}
          value={action ?? null}
          clearable
          onChange={(chosen) => change({ action: chosen ?? undefined })}
        />
      </Group>
      <AuditList filter={{ actor, action, text }} />
    </Stack>
  );
}

function AuditList({ filter }: { readonly filter: AuditFilter }) {
  const [shown, setShown] = useState<Entry>();
  const query = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery('get', '/api/v1/audit', { params: { query } }, pageOptions),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title={Object.keys(query).length > 0 ? 'No such change' : 'Nothing was changed yet'}
        text="Every change is kept here, with how the thing was before and after."
      />
    );
  const columns: ReadonlyArray<Column<Entry>> = [
    { head: 'When', width: '130px', cell: ({ at }) => <Moment at={at} /> },
    { head: 'Who', cell: ({ actor }) => actor },
    {
      head: 'What',
      width: 'minmax(0, 2fr)',
      // What was not done has no words that say it was.
      cell: (entry) => (
        <>
          {isDone(entry) ? `${deedText(entry)} ` : ''}
          <code className="quiet">{entry.action.replace('/api/v1', '')}</code>
        </>
      ),
    },
    {
      head: 'Answer',
      width: '112px',
      isExtra: true,
      cell: (entry) => (
        <Badge variant="light" color={isDone(entry) ? 'teal' : 'red'}>
          {entry.status === null
            ? 'cut off'
            : isDone(entry)
              ? 'done'
              : `${entry.status < 500 ? 'refused' : 'failed'} ${entry.status}`}
        </Badge>
      ),
    },
  ];
  return (
    <>
      <DataTable
        label="Audit"
        columns={columns}
        rows={rows}
        idOf={({ seq }) => String(seq)}
        onOpen={setShown}
        more={more}
      />
      <Drawer
        opened={shown !== undefined}
        onClose={() => setShown(undefined)}
        position="right"
        size="lg"
        title={shown === undefined ? '' : `${shown.action} by ${shown.actor}`}
      >
        {shown === undefined ? null : <EntryShown entry={shown} />}
      </Drawer>
    </>
  );
}

function EntryShown({ entry }: { readonly entry: Entry }) {
  const differences = differencesOf(entry.before, entry.after);
  return (
    <Stack gap="md">
      <Text size="sm" className="quiet">
        <Moment at={entry.at} /> · <code>{entry.path}</code>
      </Text>
      <div>
        <Title order={3} mb={4}>
          What changed
        </Title>
        {differences.length === 0 ? (
          <Text size="sm" className="quiet">
            Nothing that is shown: the request was refused, only asked something, or changed what is secret.
          </Text>
        ) : (
          <Table aria-label="What changed" layout="fixed">
            <Table.Tbody>
              {differences.map(({ path, before, after }) => (
                <Table.Tr key={path}>
                  <Table.Td w="32%" className={classes.path}>
                    {path || 'all'}
                  </Table.Td>
                  <Table.Td>
                    {before === undefined || before === null ? null : (
                      <div className={classes.before}>− {shown(before)}</div>
                    )}
                    {after === undefined || after === null ? null : (
                      <div className={classes.after}>+ {shown(after)}</div>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        )}
      </div>
      <div>
        <Title order={3} mb={4}>
          What was asked
        </Title>
        <Json value={entry.request} label="request" />
      </div>
    </Stack>
  );
}

function isDone({ status }: Entry): boolean {
  return status !== null && status < 400;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
