import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../core/json.js';
import type { ColumnType } from '../../core/rows/column-types.js';
import { fitValue } from '../../core/rows/fit-value.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import { textSql } from '../../engines/clickhouse-settings.js';

const TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'Nullable(String)',
  number: 'Nullable(Float64)',
  integer: 'Nullable(Int64)',
  boolean: 'Nullable(Bool)',
  datetime: `Nullable(DateTime64(3, 'UTC'))`,
  json: 'Nullable(String)',
};

/** Rows as Parquet, by ClickHouse. */
export class ParquetWriter {
  readonly #open: () => Promise<ClickHouse>;
  #opened: Promise<ClickHouse> | undefined;

  /** @param open a connection of the embedded engine, which sees our files; opened when it is first needed. */
  constructor(open: () => Promise<ClickHouse>) {
    this.#open = open;
  }

  /**
   * The bytes of a Parquet file of these rows.
   * @param columns their names and types; what is not in a row, or of another type, is null.
   */
  async write(rows: readonly JsonObject[], columns: ReadonlyMap<string, ColumnType>): Promise<Uint8Array> {
    this.#opened ??= this.#open();
    const clickhouse = await this.#opened.catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    // ClickHouse would take some characters of a path for a pattern; a path of our own choice has none.
    const dir = await mkdtemp(join(tmpdir(), 'tributary-parquet-'));
    const [from, to] = [join(dir, 'rows.jsonl'), join(dir, 'rows.parquet')];
    // Columns go by number: names are customers' words.
    const names = [...columns.keys()];
    const types = [...columns.values()];
    try {
      await writeFile(from, rows.map((row) => `${lineOf(row, names, types)}\n`).join(''));
      const read = types.map((type, index) => `c${index} ${TYPES[type]}`).join(', ');
      const selected = names.map((name, index) => `c${index} AS ${quoted(name)}`).join(', ');
      await clickhouse.command(
        `INSERT INTO FUNCTION file(${textSql(to)}, 'Parquet') SELECT ${selected} FROM file(${textSql(from)}, 'JSONEachRow', ${textSql(read)})`,
        {
          max_threads: 1,
          date_time_input_format: 'best_effort',
          output_format_parquet_string_as_string: 1,
          output_format_parquet_compression_method: 'zstd',
        },
      );
      return await readFile(to);
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  }

  /** Closes the connection, where there is one. */
  async close(): Promise<void> {
    const clickhouse = await this.#opened?.catch(() => undefined);
    await clickhouse?.close();
  }
}

function lineOf(row: JsonObject, names: readonly string[], types: readonly ColumnType[]): string {
  // Invariant: there is one type for each name.
  const values = names.map((name, index) => [`c${index}`, fitValue(row[name], types[index]!) ?? null]);
  return JSON.stringify(Object.fromEntries(values));
}

function quoted(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
