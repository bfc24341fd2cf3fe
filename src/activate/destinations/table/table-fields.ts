/** What the actions of tables take, whatever the database is. */

import type { JsonObject } from '../../../core/json.js';
import type { Field, Fields } from '../../../core/mapping/field.js';
import { COLUMN_TYPES, type ColumnType, DELIVERY_KEY } from '../../../core/rows/column-types.js';
import { SendFailure } from '../destination.js';
import { objectOf, requiredText, textsOf } from '../read-values.js';
import type { TableName } from './table-store.js';

/** The row of a delivery. */
export const ROW_FIELD: Field = {
  label: 'Row',
  description: 'Values by the names of their columns. What is left out stays as it is, or is null.',
  type: 'object',
  required: true,
  additionalProperties: true,
  default: {
    event: { '@path': '$.event' },
    profile_id: { '@path': '$.profile.id' },
    happened_at: { '@path': '$.timestamp' },
    properties: { '@path': '$.properties' },
  },
};

const TABLE: Fields = {
  table: {
    label: 'Table',
    description: 'Its name, with the schema or database before it where it is another: sales.orders.',
    type: 'string',
    required: true,
  },
  create: {
    label: 'Make what is missing',
    description: 'Makes the table, and columns of it, where they are missing.',
    type: 'boolean',
    default: false,
  },
  types: {
    label: 'Types of columns',
    description: `For columns that are made: ${COLUMN_TYPES.join(', ')}, by their names. The others go by their first values.`,
    type: 'object',
    additionalProperties: true,
  },
};

/** Options of a connection that adds rows. */
export const APPEND_OPTIONS: Fields = TABLE;

/** Options of a connection that keeps one row for each key. */
export const UPSERT_OPTIONS: Fields = {
  ...TABLE,
  keys: {
    label: 'Key columns',
    description: 'The columns that tell rows apart. The table needs a unique index on exactly these.',
    type: 'string',
    multiple: true,
    required: true,
  },
};

/** What the options of a connection say. */
export interface TableOptions {
  readonly table: TableName;
  readonly create: boolean;
  readonly types: ReadonlyMap<string, ColumnType>;
  /** None: rows are added. */
  readonly keys: readonly string[];
}

/** @throws SendFailure `options_invalid`, naming the option. */
export function readTableOptions(options: JsonObject, mode: 'append' | 'upsert'): TableOptions {
  const keys = mode === 'append' ? [] : textsOf(options, 'keys');
  if (mode === 'upsert' && keys.length === 0) throw optionsInvalid('"keys" names no column.');
  return {
    table: readTableName(requiredText(options, 'table')),
    create: options.create === true,
    types: readTypes(objectOf(options, 'types') ?? {}),
    keys,
  };
}

/** @throws SendFailure `options_invalid` */
export function optionsInvalid(message: string): SendFailure {
  return new SendFailure({ code: 'options_invalid', message, retry: false });
}

function readTableName(text: string): TableName {
  const [first, second, ...others] = text.split('.');
  if (!first || second === '' || others.length > 0 || text.includes('\0'))
    throw optionsInvalid(`"table" must be a name, or a schema and a name such as sales.orders.`);
  return second === undefined ? [first] : [first, second];
}

function readTypes(given: JsonObject): Map<string, ColumnType> {
  return new Map(
    Object.entries(given).map(([name, said]) => {
      const type = COLUMN_TYPES.find((known) => known === said);
      if (type === undefined)
        throw optionsInvalid(`"types.${name}" must be one of ${COLUMN_TYPES.join(', ')}.`);
      if (name === DELIVERY_KEY) throw optionsInvalid(`The type of ${DELIVERY_KEY} is not yours to choose.`);
      return [name, type];
    }),
  );
}
