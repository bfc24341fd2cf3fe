import type { FileFormat, MappedField, Mapping } from './mapping.js';
import { compileTime } from './time-format.js';

/** Rules that no schema can say: returns a sentence that names the path and the fix, or undefined when all is well. */
export function checkMeaning(mapping: Mapping): string | undefined {
  return (
    checkFormat(mapping.format) ??
    checkCall(mapping) ??
    checkFields(mapping) ??
    checkTime('mapping.timestamp', mapping.timestamp) ??
    checkColumns(mapping)
  );
}

type Option = Exclude<keyof FileFormat, 'type'>;

/** Which options a format has. */
const OPTIONS: Readonly<Record<FileFormat['type'], readonly Option[]>> = {
  csv: ['delimiter', 'header', 'columns', 'skipLines'],
  tsv: ['header', 'columns', 'skipLines'],
  jsonl: ['skipLines'],
  parquet: [],
  regexp: ['pattern', 'columns', 'skipLines'],
};

function checkFormat(format: FileFormat): string | undefined {
  const { type, delimiter, header, columns, pattern } = format;
  const stray = (Object.keys(format) as Array<keyof FileFormat>).find(
    (key) => key !== 'type' && !OPTIONS[type].includes(key),
  );
  if (stray !== undefined) return `mapping.format.${stray} has no meaning for ${type}. Remove it.`;
  if (type === 'regexp' && (pattern === undefined || columns === undefined)) {
    return 'mapping.format needs pattern and, for its groups, columns when type is regexp.';
  }
  if (header === false && columns === undefined)
    return 'mapping.format.columns must name the columns when header is false.';
  if (header !== false && type !== 'regexp' && columns !== undefined) {
    return 'mapping.format.columns is for files without a header: set mapping.format.header to false, or remove it.';
  }
  if (delimiter !== undefined && /["'.\s]/.test(delimiter) && delimiter !== '\t') {
    return 'mapping.format.delimiter must be a comma, a semicolon, a tab, or another character that is no quote, point or space.';
  }
  const twice = columns?.find((column, at) => columns.indexOf(column) !== at);
  return twice === undefined ? undefined : `mapping.format.columns names ${twice} twice.`;
}

function checkCall({
  call,
  event,
  name,
  groupId,
  previousId,
  traits,
  properties,
  ...rest
}: Mapping): string | undefined {
  if (call === 'track' ? event === undefined : event !== undefined) {
    return call === 'track'
      ? 'mapping.event must name the event of a track call.'
      : 'mapping.event is for track calls. Remove it.';
  }
  if (name !== undefined && call !== 'page' && call !== 'screen')
    return 'mapping.name is for page and screen calls. Remove it.';
  for (const [path, given] of [
    ['mapping.event', event],
    ['mapping.name', name],
  ] as const) {
    if (given !== undefined && (given.column === undefined) === (given.value === undefined)) {
      return `${path} must have either column or value.`;
    }
  }
  if (call === 'group' && groupId === undefined) return 'mapping.groupId must be given for a group call.';
  if (call === 'alias' && previousId === undefined)
    return 'mapping.previousId must be given for an alias call.';
  if (traits !== undefined && call !== 'identify' && call !== 'group') {
    return `mapping.traits is for identify and group calls. For a ${call} call put them into mapping.context, such as "traits.email".`;
  }
  if (properties !== undefined && (call === 'identify' || call === 'group' || call === 'alias')) {
    return `mapping.properties is for track, page and screen calls. Use mapping.traits.`;
  }
  const email = (call === 'identify' && traits?.email) || rest.context?.['traits.email'];
  if (rest.userId === undefined && rest.anonymousId === undefined && !email) {
    return 'mapping must say whose a row is: userId, anonymousId, or an e-mail address (traits.email; in context for other calls than identify).';
  }
  return undefined;
}

function checkFields({ traits = {}, properties = {}, context = {} }: Mapping): string | undefined {
  for (const [group, fields] of Object.entries({ traits, properties, context })) {
    const names = Object.keys(fields);
    for (const [name, field] of Object.entries(fields)) {
      const path = `mapping.${group}.${name}`;
      if (name.split('.').includes(''))
        return `${path}: a name must not be empty, nor start or end with a dot.`;
      if (name.split('.').includes('__proto__')) return `${path}: __proto__ cannot be a name.`;
      const inner = names.find((other) => other.startsWith(`${name}.`));
      if (inner !== undefined) return `${path} cannot be both a value and, by ${inner}, an object.`;
      const fault = checkField(path, field);
      if (fault !== undefined) return fault;
    }
  }
  return undefined;
}

function checkField(path: string, field: MappedField): string | undefined {
  const { column, value, type, format, timezone, decimal } = field;
  if ((column === undefined) === (value === undefined)) return `${path} must have either column or value.`;
  if (value !== undefined && Object.keys(field).length > 1)
    return `${path}.value is a constant and takes no other key.`;
  if ((format !== undefined || timezone !== undefined) && type !== 'date')
    return `${path}.format and timezone are for type date.`;
  if (decimal !== undefined && type !== 'number' && type !== 'integer')
    return `${path}.decimal is for the types number and integer.`;
  return type === 'date' ? checkTime(path, field) : undefined;
}

function checkTime(
  path: string,
  given: { readonly format?: string; readonly timezone?: string } | undefined,
): string | undefined {
  if (given === undefined) return undefined;
  const compiled = compileTime(given.format, given.timezone);
  return typeof compiled === 'string' ? `${path}: ${compiled}` : undefined;
}

/** Every column that the mapping reads, with the path where it does. */
export function columnsOf(mapping: Mapping): Array<readonly [column: string, path: string]> {
  const found: Array<readonly [string, string]> = [];
  for (const key of [
    'event',
    'name',
    'userId',
    'anonymousId',
    'groupId',
    'previousId',
    'timestamp',
  ] as const) {
    const column = mapping[key]?.column;
    if (column !== undefined) found.push([column, `mapping.${key}`]);
  }
  for (const group of ['traits', 'properties', 'context'] as const) {
    for (const [name, { column }] of Object.entries(mapping[group] ?? {})) {
      if (column !== undefined) found.push([column, `mapping.${group}.${name}`]);
    }
  }
  for (const column of mapping.messageId?.columns ?? []) found.push([column, 'mapping.messageId']);
  return found;
}

/** A sentence about the first column that a file with these columns does not have, or undefined. */
export function missingColumn(mapping: Mapping, columns: readonly string[]): string | undefined {
  const known = new Set(columns);
  const missing = columnsOf(mapping).find(([column]) => !known.has(column));
  return (
    missing &&
    `${missing[1]} reads the column "${missing[0]}", which there is not. There are: ${columns.join(', ')}.`
  );
}

function checkColumns(mapping: Mapping): string | undefined {
  return mapping.format.columns && missingColumn(mapping, mapping.format.columns);
}
