import { Select } from '@mantine/core';
import { api } from '../api/client';

/** Chooses one source, or any. */
export function SourceSelect({
  value,
  onChange,
}: {
  readonly value: string | undefined;
  readonly onChange: (sourceId: string | undefined) => void;
}) {
  const { data } = api.useQuery(
    'get',
    '/api/v1/sources',
    { params: { query: { limit: 500 } } },
    { staleTime: 60_000 },
  );
  return (
    <Select
      w={170}
      placeholder="Any source"
      aria-label="Source"
      data={(data?.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      clearable
      searchable
      value={value ?? null}
      onChange={(id) => onChange(id ?? undefined)}
    />
  );
}
