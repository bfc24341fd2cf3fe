import { hash } from 'node:crypto';
import { checkEvent, isRejection } from '../core/event/check.js';
import type { MapRow } from '../core/import/map-row.js';
import { compileMapping, rowError } from '../core/import/map-row.js';
import type { Mapping } from '../core/import/mapping.js';
import type { JsonObject } from '../core/json.js';
import type { LogRecord } from '../log/log.js';
import type { ReadRow } from './row-reader.js';

/** Hexadecimal digits of a row's own id: 128 bits, so that no two of any file are the same by chance. */
const ID_DIGITS = 32;

/** Maps the rows of one import. */
export class BlockMapper {
  readonly #sourceId: string;
  readonly #mapRow: MapRow;

  constructor(sourceId: string, mapping: Mapping) {
    this.#sourceId = sourceId;
    this.#mapRow = compileMapping(mapping, { sourceId, hash: digest });
  }

  /** A call for every row, or a `row_error`. */
  map(rows: readonly ReadRow[]): JsonObject[] {
    const names = { sourceId: this.#sourceId, hash: digest };
    return rows.map((read) =>
      'row' in read ? this.#mapRow(read.row, read.line) : rowError(read.fault, read.text, read.line, names),
    );
  }
}

/** Prints items as one record of the log. They all are of one import, whose id is their receipt. */
export function recordOf(
  items: readonly JsonObject[],
  { importId, sourceId, receivedAt }: { importId: string; sourceId: string; receivedAt: number },
): LogRecord {
  return {
    ...{ sourceId, receivedAt, receipt: importId, call: 'import', ip: '', userAgent: '', direct: false },
    count: items.length,
    body: Buffer.from(JSON.stringify({ batch: items })),
  };
}

/** How many items of a record the pipeline will refuse, by the very check that it makes. */
export function countRefused(items: readonly JsonObject[], record: LogRecord, eventBytesMax: number): number {
  const { buffer, byteOffset, length } = record.body;
  const escapes = Buffer.from(buffer, byteOffset, length).includes('\\u');
  const envelope = { ...record, bodyBytes: length, eventBytesMax, escapes };
  return items.filter((item, index) => isRejection(checkEvent(item, index, envelope, 0))).length;
}

function digest(text: string): string {
  return hash('sha256', text).slice(0, ID_DIGITS);
}
