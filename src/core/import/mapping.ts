/**
 * The mapping: how the rows of a file become calls. Plain JSON, declared once here; `docs/import.md` explains every key.
 * Short forms (a text where an object may stand) are written out before anything is checked.
 */
import type { Static } from 'typebox';
import { Type } from 'typebox';
import { TributaryError } from '../errors.js';
import { SPECIFIED_TYPES } from '../event/event.js';
import type { JsonObject, JsonValue } from '../json.js';
import { isObject } from '../json.js';
import { explainFault } from './explain-fault.js';
import { checkMeaning } from './mapping-meaning.js';

/** The kinds of files that can be imported. */
export const FILE_FORMATS = ['csv', 'tsv', 'jsonl', 'parquet', 'regexp'] as const;
/** What a column's value can be made. Without a type it stays as the file has it: a text, except in JSON and Parquet. */
export const FIELD_TYPES = ['string', 'number', 'integer', 'boolean', 'json', 'date'] as const;

const Column = Type.String({
  minLength: 1,
  description: 'Name of a column; in JSON a path such as `user.id`.',
});
const Timezone = Type.String({
  minLength: 1,
  description: 'Of times without one: an IANA name or an offset such as `+02:00`. Default: UTC.',
});
const TimeFormat = Type.String({
  minLength: 1,
  description:
    '`iso`, `unix`, `unix_ms`, `yyyymmdd`, or a pattern such as `%Y-%m-%d %H:%M:%S`. Default: `iso`.',
});
const strict = { additionalProperties: false } as const;

const Format = Type.Object(
  {
    type: Type.Enum(FILE_FORMATS),
    delimiter: Type.Optional(
      Type.String({ minLength: 1, maxLength: 1, description: 'Of CSV: one character. Default: a comma.' }),
    ),
    header: Type.Optional(
      Type.Boolean({
        description: 'Of CSV and TSV: whether the first line names the columns. Default: true.',
      }),
    ),
    columns: Type.Optional(
      Type.Array(Column, { minItems: 1, description: 'Names of the columns, when no header says them.' }),
    ),
    skipLines: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Lines to skip before anything else.' }),
    ),
    pattern: Type.Optional(
      Type.String({ minLength: 1, description: 'Of regexp: an RE2 pattern with one group for each column.' }),
    ),
  },
  strict,
);

const Id = Type.Object(
  {
    column: Column,
    prefix: Type.Optional(Type.String({ description: 'Put before the value, such as `pos-`.' })),
  },
  strict,
);

const Name = Type.Object(
  {
    column: Type.Optional(Column),
    value: Type.Optional(Type.String({ minLength: 1, description: 'The same for every row.' })),
  },
  strict,
);

const Field = Type.Object(
  {
    column: Type.Optional(Column),
    value: Type.Optional(Type.Unknown({ description: 'A constant: the same for every row.' })),
    type: Type.Optional(Type.Enum(FIELD_TYPES)),
    format: Type.Optional(TimeFormat),
    timezone: Type.Optional(Timezone),
    decimal: Type.Optional(Type.Enum(['.', ','], { description: 'Of numbers: the decimal sign.' })),
  },
  strict,
);
const Fields = Type.Record(Type.String(), Field);

/** The mapping with all short forms written out: its type, its validation and its place in the API document. */
export const MappingSchema = Type.Object(
  {
    format: Format,
    call: Type.Enum(SPECIFIED_TYPES),
    event: Type.Optional(Name),
    name: Type.Optional(Name),
    userId: Type.Optional(Id),
    anonymousId: Type.Optional(Id),
    groupId: Type.Optional(Id),
    previousId: Type.Optional(Id),
    traits: Type.Optional(Fields),
    properties: Type.Optional(Fields),
    context: Type.Optional(Fields),
    timestamp: Type.Optional(
      Type.Object(
        {
          column: Column,
          format: Type.Optional(TimeFormat),
          timezone: Type.Optional(Timezone),
          optional: Type.Optional(
            Type.Boolean({ description: 'Whether a row without a time happens at the time of the import.' }),
          ),
        },
        strict,
      ),
    ),
    messageId: Type.Optional(
      Type.Object(
        {
          columns: Type.Array(Column, {
            minItems: 1,
            description: 'Those that together name a row for good.',
          }),
          prefix: Type.Optional(Type.String()),
        },
        strict,
      ),
    ),
  },
  { ...strict, description: 'How rows become calls. See docs/import.md, which also has the short forms.' },
);

/** A mapping that was checked: every short form written out, every name it needs given. */
export type Mapping = Static<typeof MappingSchema>;
/** How a file is read. */
export type FileFormat = Mapping['format'];
/** Where a trait, a property or a part of the context comes from. */
export type MappedField = Static<typeof Field>;
/** Where an identifier comes from. */
export type MappedId = Static<typeof Id>;

/**
 * Reads a mapping from JSON.
 * @throws TributaryError `request_invalid`, naming the path within the mapping and the fix.
 */
export function parseMapping(given: JsonValue): Mapping {
  if (!isObject(given)) throw invalid('mapping must be a JSON object. See docs/import.md.');
  const mapping = writeOut(given);
  const fault =
    explainFault(MappingSchema, mapping, 'mapping') ?? checkMeaning(mapping as unknown as Mapping);
  if (fault !== undefined) throw invalid(fault);
  return mapping as unknown as Mapping;
}

function invalid(message: string): TributaryError {
  return new TributaryError('request_invalid', message);
}

/** The key that a text in the place of an object means. */
const SHORT_FORMS: Readonly<Record<string, string>> = {
  ...{ format: 'type', event: 'value', name: 'value', timestamp: 'column' },
  ...{ userId: 'column', anonymousId: 'column', groupId: 'column', previousId: 'column' },
};
const FIELD_GROUPS: ReadonlySet<string> = new Set(['traits', 'properties', 'context']);

function writeOut(given: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, writtenOut(key, value)]));
}

function writtenOut(key: string, value: JsonValue): JsonValue {
  if (key === 'messageId' && typeof value === 'string') return { columns: [value] };
  if (FIELD_GROUPS.has(key) && isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([name, field]) => [
        name,
        typeof field === 'string' ? { column: field } : field,
      ]),
    );
  }
  const short = Object.hasOwn(SHORT_FORMS, key) ? SHORT_FORMS[key] : undefined;
  return short !== undefined && typeof value === 'string' ? { [short]: value } : value;
}
