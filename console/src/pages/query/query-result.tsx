import { Group, Text } from '@mantine/core';
import type { paths } from '../../api/schema';
import { CsvButton } from '../../ui/csv-button';
import { DataTable } from '../../ui/data-table';
import { count } from '../../ui/figure';

type Answer = paths['/api/v1/query']['post']['responses'][200]['content']['application/json'];

/** Rows that came back, as a table and as CSV. */
export function QueryResult({
  answer: { columns, rows, truncated },
  height = 'min(52vh, 560px)',
}: {
  readonly answer: Answer;
  /** Of the table at most. */
  readonly height?: string;
}) {
  const isNumber = columns.map(({ type }) => /^(Nullable\()?(U?Int|Float|Decimal)/.test(type));
  return (
    <>
      <Group justify="space-between">
        <Text size="sm" className="quiet number" role="status">
          {count(rows.length)} {rows.length === 1 ? 'row' : 'rows'}
          {truncated ? ': there are more; ask for fewer, or put them together' : ''}
        </Text>
        <CsvButton
          name="query"
          rows={() => [columns.map(({ name }) => name), ...rows.map((row) => row.map(shown))]}
        />
      </Group>
      {rows.length === 0 ? null : (
        <DataTable
          label="Result"
          columns={columns.map(({ name, type }, index) => ({
            // Two columns may have one name.
            head: columns.findIndex((one) => one.name === name) === index ? name : `${name} (${index + 1})`,
            width: 'minmax(90px, 1fr)',
            ...(isNumber[index] ? { align: 'right' as const } : {}),
            cell: (row: readonly unknown[]) => (
              <span title={type} className={isNumber[index] ? 'number' : undefined}>
                {shown(row[index])}
              </span>
            ),
          }))}
          rows={rows.map((row, index) => Object.assign([...row], { place: index }))}
          idOf={({ place }) => String(place)}
          height={height}
        />
      )}
    </>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
