import { Button } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';

/** Saves rows as a CSV file, the first of them the heads. */
export function CsvButton({
  name,
  rows,
}: {
  readonly name: string;
  readonly rows: () => ReadonlyArray<readonly unknown[]>;
}) {
  const save = () => {
    const text = rows()
      .map((row) => row.map(cellOf).join(','))
      .join('\r\n');
    const address = URL.createObjectURL(new Blob([text], { type: 'text/csv' }));
    const link = document.createElement('a');
    link.href = address;
    link.download = `${name}.csv`;
    link.click();
    URL.revokeObjectURL(address);
  };
  return (
    <Button size="compact-xs" variant="subtle" leftSection={<IconDownload size={14} />} onClick={save}>
      CSV
    </Button>
  );
}

/** Quoted, and no formula to a program that opens it. */
function cellOf(value: unknown): string {
  const text = String(value ?? '');
  const harmless = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
