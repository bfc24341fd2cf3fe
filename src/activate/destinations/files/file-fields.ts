/** What the actions that write files take. */
import type { JsonObject } from '../../../core/json.js';
import type { Fields } from '../../../core/mapping/field.js';
import { COLUMN_TYPES, type ColumnType } from '../../../core/rows/column-types.js';
import { patternFault } from '../../../core/rows/object-name.js';
import { SendFailure } from '../destination.js';
import { objectOf, textOf, textsOf } from '../read-values.js';
import { ROW_FIELD } from '../table/table-fields.js';

const FORMATS = ['jsonl', 'csv', 'parquet'] as const;
/** How rows are written. */
export type FileFormat = (typeof FORMATS)[number];

const PATTERN = '{year}/{month}/{day}/{hour}{minute}-{batch}';

/** Of a row. */
export const FILE_FIELDS: Fields = { row: ROW_FIELD };

/** Of a connection. */
export const FILE_OPTIONS: Fields = {
  format: {
    label: 'Format',
    description: 'JSON lines, CSV with a head, or Parquet.',
    type: 'string',
    choices: FORMATS.map((value) => ({ value, label: value.toUpperCase() })),
    default: 'jsonl',
  },
  name: {
    label: 'Name',
    description: `Pattern of the names, with {year}, {month}, {day}, {hour}, {minute}, {date} of UTC and {batch}, which tells batches apart. By default ${PATTERN}.`,
    type: 'string',
    default: PATTERN,
  },
  gzip: {
    label: 'Compress',
    description: 'Compresses the file with gzip. Parquet is compressed by itself.',
    type: 'boolean',
    default: false,
  },
  columns: {
    label: 'Columns',
    description:
      'The columns of CSV and Parquet, in their order. By default all that the rows of the file have.',
    type: 'string',
    multiple: true,
  },
  types: {
    label: 'Types of columns',
    description: `For Parquet: ${COLUMN_TYPES.join(', ')}, by the names of columns. The others go by their values, so one file may differ from another.`,
    type: 'object',
    additionalProperties: true,
  },
};

/** What the options of a connection say. */
export interface FileOptions {
  readonly format: FileFormat;
  readonly pattern: string;
  readonly gzip: boolean;
  /** None: all that there are. */
  readonly columns: readonly string[];
  readonly types: ReadonlyMap<string, ColumnType>;
}

/** @throws SendFailure `options_invalid`, naming the option. */
export function readFileOptions(options: JsonObject): FileOptions {
  const format = FORMATS.find((known) => known === (options.format ?? 'jsonl'));
  if (format === undefined) throw optionsInvalid(`"format" must be one of ${FORMATS.join(', ')}.`);
  const pattern = textOf(options, 'name') ?? PATTERN;
  const fault = patternFault(pattern);
  if (fault !== undefined) throw optionsInvalid(`"name": ${fault}`);
  const types = Object.entries(objectOf(options, 'types') ?? {}).map(([name, said]): [string, ColumnType] => {
    const type = COLUMN_TYPES.find((known) => known === said);
    if (type === undefined)
      throw optionsInvalid(`"types.${name}" must be one of ${COLUMN_TYPES.join(', ')}.`);
    return [name, type];
  });
  return {
    format,
    pattern,
    gzip: options.gzip === true && format !== 'parquet',
    columns: textsOf(options, 'columns'),
    types: new Map(types),
  };
}

function optionsInvalid(message: string): SendFailure {
  return new SendFailure({ code: 'options_invalid', message, retry: false });
}
