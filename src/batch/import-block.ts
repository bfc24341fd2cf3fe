import { hash } from 'node:crypto';
import type { Identifies } from '../core/event/check.js';
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

/** What the records of one import share. */
export interface BlockOrigin {
  /** Also the receipt of all its records. */
  readonly importId: string;
  readonly sourceId: string;
  readonly receivedAt: number;
}

/**
 * Prints items as records of the log, in their order.
 * @param bytesMax of a record with more than one item. Only in a larger one does the pipeline have to weigh each item.
 */
export function recordsOf(items: readonly JsonObject[], origin: BlockOrigin, bytesMax: number): LogRecord[] {
  const records: LogRecord[] = [];
  let texts: string[] = [];
  let bytes = WRAPPING.length;
  for (const item of items) {
    const text = JSON.stringify(item);
    const more = Buffer.byteLength(text) + 1;
    if (texts.length > 0 && bytes + more > bytesMax) {
      records.push(recordOf(texts, origin));
      texts = [];
      bytes = WRAPPING.length;
    }
    texts.push(text);
    bytes += more;
  }
  if (texts.length > 0) records.push(recordOf(texts, origin));
  return records;
}

const WRAPPING = '{"batch":[]}';

function recordOf(texts: readonly string[], { importId, sourceId, receivedAt }: BlockOrigin): LogRecord {
  return {
    ...{ sourceId, receivedAt, receipt: importId, call: 'import', ip: '', userAgent: '', direct: false },
    count: texts.length,
    body: `{"batch":[${texts.join(',')}]}`,
  };
}

/** How many items the pipeline will refuse, by the very check that it makes. */
export function countRefused(
  items: readonly JsonObject[],
  records: readonly LogRecord[],
  eventBytesMax: number,
  identifies?: Identifies,
): number {
  let refused = 0;
  let first = 0;
  for (const record of records) {
    const escapes = record.body.includes('\\u');
    const envelope = { ...record, bodyBytes: Buffer.byteLength(record.body), eventBytesMax, escapes };
    for (let index = 0; index < record.count; index += 1) {
      // Invariant: the records hold the items, in their order.
      if (isRejection(checkEvent(items[first + index] as JsonObject, index, envelope, 0, identifies)))
        refused += 1;
    }
    first += record.count;
  }
  return refused;
}

function digest(text: string): string {
  return hash('sha256', text).slice(0, ID_DIGITS);
}
