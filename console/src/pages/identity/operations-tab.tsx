import { Badge, Progress, Stack, Text } from '@mantine/core';
import { api } from '../../api/client';
import { pageOptions, pagesOf } from '../../api/use-pages';
import { type Column, DataTable } from '../../ui/data-table';
import { Empty } from '../../ui/empty';
import { Failed } from '../../ui/failed';
import { count } from '../../ui/figure';
import { Loading } from '../../ui/loading';
import { Moment } from '../../ui/moment';

const COLOURS: Readonly<Record<string, string>> = {
  done: 'teal',
  failed: 'red',
  running: 'river',
  pending: 'gray',
};
const WORDS: Readonly<Record<string, string>> = {
  merge: 'Merge',
  unmerge: 'Unmerge',
  block: 'Block a value',
  release: 'Release a value',
  apply_rules: 'New rules of identity',
  rebuild: 'Make all profiles anew',
  apply_consent_rules: 'New rules of consent',
};

/** What was done to identity by people, and how far it is. */
export function OperationsTab() {
  const { rows, error, refetch, more } = pagesOf(
    api.useInfiniteQuery(
      'get',
      '/api/v1/identity/operations',
      { params: { query: { limit: 100 } } },
      { ...pageOptions, refetchInterval: 2_000 },
    ),
  );
  if (rows === undefined) return error ? <Failed error={error} retry={refetch} /> : <Loading />;
  if (rows.length === 0)
    return (
      <Empty
        title="Nothing was changed by hand"
        text="Merges, unmerges, blocked values and new rules are told here, with who asked for them and how far they are."
      />
    );
  const columns: ReadonlyArray<Column<(typeof rows)[number]>> = [
    {
      head: 'What',
      width: 'minmax(0, 1.8fr)',
      cell: ({ kind, body }) => (
        <>
          {WORDS[kind] ?? kind}
          <span className="quiet"> {aboutOf(body)}</span>
        </>
      ),
    },
    {
      head: 'State',
      width: 'minmax(0, 1.4fr)',
      cell: ({ status, progress, error: failure }) => (
        <State status={status} progress={progress} failure={failure} />
      ),
    },
    { head: 'By', isExtra: true, cell: ({ actor }) => actor },
    { head: 'Asked for', width: '130px', align: 'right', cell: ({ createdAt }) => <Moment at={createdAt} /> },
    {
      head: 'Ended',
      width: '130px',
      align: 'right',
      isExtra: true,
      cell: ({ endedAt }) => <Moment at={endedAt} />,
    },
  ];
  return (
    <DataTable label="Operations" columns={columns} rows={rows} idOf={({ id }) => String(id)} more={more} />
  );
}

/** Whom an operation is about, as far as it names somebody. */
function aboutOf(body: unknown): string {
  const { a, b, pairs, kind, value } = (body ?? {}) as {
    readonly a?: Named;
    readonly b?: Named;
    readonly pairs?: ReadonlyArray<readonly Named[]>;
  } & Partial<Named>;
  const named = a && b ? [a, b] : (pairs?.[0] ?? (kind && value ? [{ kind, value }] : []));
  return named.map((one) => `${one.kind}:${one.value}`).join(' and ');
}

interface Named {
  readonly kind: string;
  readonly value: string;
}

function State({
  status,
  progress,
  failure,
}: {
  readonly status: string;
  readonly progress: unknown;
  readonly failure: { readonly code: string; readonly message: string } | null;
}) {
  const { done, total } = (progress ?? {}) as { done?: number; total?: number };
  if (status === 'running' && typeof done === 'number' && typeof total === 'number' && total > 0)
    return (
      <Stack gap={2}>
        <Progress value={(done / total) * 100} size="sm" aria-label="Progress" />
        <Text size="xs" className="quiet number">
          {count(done)} of {count(total)}
        </Text>
      </Stack>
    );
  return (
    <>
      <Badge variant="light" color={COLOURS[status] ?? 'gray'}>
        {status}
      </Badge>
      {failure === null ? null : (
        <Text size="xs" className="quiet" span ml={8} title={failure.message}>
          {failure.message}
        </Text>
      )}
    </>
  );
}
