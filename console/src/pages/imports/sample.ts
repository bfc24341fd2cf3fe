/** The first part of a file, taken apart for guessing; the server's preview is what counts. */
export interface Sample {
  readonly format: 'csv' | 'tsv' | 'jsonl';
  /** Of CSV. */
  readonly delimiter: string;
  readonly columns: readonly string[];
  /** Values of the first rows, as texts, in the order of the columns. */
  readonly rows: ReadonlyArray<readonly string[]>;
  /** Whole lines alone. */
  readonly text: string;
}

const SAMPLE_BYTES = 128 * 1024;
const ROWS_MAX = 100;

/** Reads the beginning of a file. Rejects with a sentence where it is none that can be looked at. */
export async function readSample(file: File): Promise<Sample> {
  if (/\.parquet$/i.test(file.name))
    throw new Error(
      'A Parquet file cannot be looked at here. Import it with the command: npx tributary import',
    );
  const text = wholeLines(await beginningOf(file));
  if (text.trim() === '') throw new Error('The file is empty.');
  if (text.includes('\u0000'))
    throw new Error('This is no text file. CSV, TSV and JSON lines can be imported.');
  const [first = ''] = text.split('\n', 1);
  if (first.trimStart().startsWith('{')) return jsonSample(text);
  const delimiter = delimiterOf(first);
  const [columns = [], ...rows] = recordsOf(text, delimiter, ROWS_MAX + 1);
  return {
    ...{ format: delimiter === '\t' ? 'tsv' : 'csv', delimiter, text, rows },
    columns: columns.map((name) => name.trim()),
  };
}

async function beginningOf(file: File): Promise<string> {
  const isPacked = /\.gz$/i.test(file.name);
  const stream = isPacked ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
  const reader = stream.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) break;
    if (text.length >= SAMPLE_BYTES) {
      void reader.cancel();
      return text.slice(0, SAMPLE_BYTES);
    }
  }
  return text.endsWith('\n') ? text : `${text}\n`;
}

/** Without the last line where it was cut in its midst. */
function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n');
  return text.slice(text.startsWith('\ufeff') ? 1 : 0, end + 1);
}

function delimiterOf(line: string): string {
  const counts = [',', ';', '\t', '|'].map((sign) => ({ sign, n: line.split(sign).length }));
  return counts.reduce((most, one) => (one.n > most.n ? one : most)).sign;
}

function jsonSample(text: string): Sample {
  const objects = text
    .split('\n')
    .slice(0, ROWS_MAX)
    .flatMap((line) => {
      try {
        return line.trim() === '' ? [] : [flattened(JSON.parse(line))];
      } catch {
        return [];
      }
    });
  const columns = [...new Set(objects.flatMap((one) => [...one.keys()]))];
  const rows = objects.map((one) => columns.map((column) => one.get(column) ?? ''));
  return { format: 'jsonl', delimiter: '', columns, rows, text };
}

/** Columns of an object, those within others as paths. */
function flattened(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    for (const [name, one] of Object.entries(value))
      flattened(one, path === '' ? name : `${path}.${name}`, into);
  else if (path !== '') into.set(path, typeof value === 'string' ? value : JSON.stringify(value));
  return into;
}

/** Records of CSV (RFC 4180), or of what has another delimiter. */
export function recordsOf(text: string, delimiter: string, most: number): string[][] {
  const records: string[][] = [];
  let fields: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < text.length && records.length < most; at++) {
    const sign = text[at];
    if (isQuoted) {
      if (sign !== '"') field += sign;
      else if (text[at + 1] === '"') field += text[++at];
      else isQuoted = false;
    } else if (sign === '"' && field === '' && delimiter !== '\t') isQuoted = true;
    else if (sign === delimiter) {
      fields.push(field);
      field = '';
    } else if (sign === '\n') {
      fields.push(field.replace(/\r$/, ''));
      if (fields.length > 1 || fields[0] !== '') records.push(fields);
      fields = [];
      field = '';
    } else field += sign;
  }
  return records;
}
