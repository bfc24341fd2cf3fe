import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Identifies } from '../core/event/check.js';
import { checkEvent, isRejection } from '../core/event/check.js';
import type { Mapping } from '../core/import/mapping.js';
import type { JsonObject } from '../core/json.js';
import type { ClickHouse } from '../engines/clickhouse.js';
import { BlockMapper, recordsOf } from './import-block.js';
import { FILE_START, readRows } from './row-reader.js';

/** A row of a file as an import would take it in, and why it would be refused. */
export interface PreviewedRow {
  readonly call: JsonObject;
  readonly refused: string | null;
}

/** What a preview leans on. */
export interface PreviewParts {
  readonly clickhouse: ClickHouse;
  readonly eventBytesMax: number;
  readonly identifies: Identifies;
}

/**
 * What an import would make of the first rows of a text file, by the very code that imports.
 * @throws TributaryError `request_invalid` when the sample has not the columns that the mapping reads.
 */
export async function previewImport(
  { clickhouse, eventBytesMax, identifies }: PreviewParts,
  {
    mapping,
    sample,
    rowsMax,
  }: { readonly mapping: Mapping; readonly sample: string; readonly rowsMax: number },
): Promise<PreviewedRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tributary-preview-'));
  try {
    const path = join(folder, 'sample');
    await writeFile(path, sample);
    const file = { path, mapping, clickhouse, integerColumns: new Set<string>() };
    const origin = { importId: 'preview', sourceId: 'preview', receivedAt: Date.now() };
    for await (const { rows } of readRows(file, FILE_START)) {
      return new BlockMapper(origin.sourceId, mapping).map(rows.slice(0, rowsMax)).map((call) => {
        const [record] = recordsOf([call], origin, eventBytesMax);
        // Invariant: one item makes one record.
        const { body, ...rest } = record as NonNullable<typeof record>;
        const escapes = body.includes('\\u');
        const envelope = { ...rest, bodyBytes: Buffer.byteLength(body), eventBytesMax, escapes };
        const checked = checkEvent(call, 0, envelope, 0, identifies);
        return { call, refused: isRejection(checked) ? checked.message : null };
      });
    }
    return [];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
