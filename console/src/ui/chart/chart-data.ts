/** What a chart shows: for each place on the axis a value of each series. */
export interface ChartData {
  readonly kind: 'line' | 'bar';
  readonly atLabel: string;
  readonly at: readonly string[];
  readonly showAt?: (at: string) => string;
  readonly unit?: string;
  readonly series: ReadonlyArray<{ readonly name: string; readonly values: ReadonlyArray<number | null> }>;
}

/** The same as CSV (RFC 4180). */
export function csvOf({ at, atLabel, series }: ChartData): string {
  const rows = [
    [atLabel, ...series.map(({ name }) => name)],
    ...at.map((place, index) => [place, ...series.map(({ values }) => String(values[index] ?? ''))]),
  ];
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
