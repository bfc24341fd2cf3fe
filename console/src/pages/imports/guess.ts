import type { Sample } from './sample';

/** What a row of the file becomes. */
export const CALLS = ['track', 'identify', 'group'] as const;
/** See the list. */
export type Call = (typeof CALLS)[number];

/** What a column is. */
export const ROLES = [
  'field',
  'userId',
  'anonymousId',
  'groupId',
  'event',
  'timestamp',
  'messageId',
  'skip',
] as const;
/** See the list. */
export type Role = (typeof ROLES)[number];

/** How a column is taken over. */
export interface ColumnChoice {
  readonly column: string;
  readonly role: Role;
  /** Of a field: the name of the trait or property. */
  readonly name: string;
  /** Of a field; of a timestamp its format. */
  readonly type: string;
}

/** The whole mapping as it is chosen. */
export interface Choices {
  readonly call: Call;
  /** Of track, where no column says it. */
  readonly event: string;
  readonly columns: readonly ColumnChoice[];
}

const NAMES: ReadonlyArray<readonly [RegExp, Role]> = [
  [/^(user|customer|client|member|kunden?|person)?[_ -]?(id|nr|no|number|nummer)$/i, 'userId'],
  [/^(user|customer|client|member|kunde)$/i, 'userId'],
  [/^(anonymous|visitor|device|cookie)[_ -]?id$/i, 'anonymousId'],
  [/^(group|account|company|organi[sz]ation)[_ -]?id$/i, 'groupId'],
  [/^(event|event[_ -]?(name|type)|action)$/i, 'event'],
  [
    /^(time|date|datetime|timestamp|ts|created[_ -]?at|ordered[_ -]?at|occurred[_ -]?at|event[_ -]?time)$/i,
    'timestamp',
  ],
  [/^(message|event|transaction|order)[_ -]?id$/i, 'messageId'],
];
const FIELD_NAMES: Readonly<Record<string, string>> = {
  'e-mail': 'email',
  mail: 'email',
  email_address: 'email',
  telephone: 'phone',
  mobile: 'phone',
  first_name: 'firstName',
  firstname: 'firstName',
  last_name: 'lastName',
  lastname: 'lastName',
  surname: 'lastName',
  zip: 'address.postalCode',
  postcode: 'address.postalCode',
  postal_code: 'address.postalCode',
  city: 'address.city',
  country: 'address.country',
  street: 'address.street',
};

/** A mapping to begin with, by the names of the columns and by what stands in them. */
export function guessChoices({ columns, rows }: Sample): Choices {
  const taken = new Set<Role>();
  const guessed = columns.map((column, at): ColumnChoice => {
    const values = rows.map((row) => row[at] ?? '').filter((value) => value.trim() !== '');
    const named = NAMES.find(([pattern, role]) => !taken.has(role) && pattern.test(column))?.[1];
    const format = timeFormatOf(values);
    const role = named === 'timestamp' && format === undefined ? undefined : named;
    if (role !== undefined) taken.add(role);
    return {
      column,
      role: role ?? 'field',
      name: column.replaceAll(/\s+/g, '_'),
      type: role === 'timestamp' ? (format ?? 'iso') : typeOf(values),
    };
  });
  const isEvents = taken.has('timestamp') || taken.has('event') || taken.has('messageId');
  const isGroups = taken.has('groupId') && !taken.has('userId');
  const call = isGroups ? 'group' : isEvents ? 'track' : 'identify';
  return {
    call,
    event: taken.has('event') ? '' : 'Order Completed',
    // An address is a person's; of what happened only what says whose it is has a name that matters.
    columns: guessed.map((one) => {
      const name = FIELD_NAMES[one.column.toLowerCase()] ?? one.name;
      return call !== 'track' || name === 'email' || name === 'phone' ? { ...one, name } : one;
    }),
  };
}

function typeOf(values: readonly string[]): string {
  const all = (pattern: RegExp) => values.length > 0 && values.every((value) => pattern.test(value.trim()));
  // What begins with a zero or a plus is a telephone number or a code.
  if (values.some((value) => /^(0\d|\+)/.test(value.trim()))) return 'string';
  if (all(/^-?\d{1,15}(\.\d+)?$/)) return 'number';
  if (all(/^-?\d{1,3}(\.?\d{3})*,\d+$/)) return 'number,';
  if (all(/^(true|false|yes|no)$/i)) return 'boolean';
  return 'string';
}

/** The format of times, or undefined where these are none. */
export function timeFormatOf(values: readonly string[]): string | undefined {
  const all = (pattern: RegExp) => values.length > 0 && values.every((value) => pattern.test(value.trim()));
  if (all(/^\d{4}-\d\d-\d\d/)) return 'iso';
  if (all(/^\d{13}$/)) return 'unix_ms';
  if (all(/^\d{10}$/)) return 'unix';
  if (all(/^(19|20)\d{6}$/)) return 'yyyymmdd';
  if (all(/^\d{1,2}\.\d{1,2}\.\d{4}$/)) return '%d.%m.%Y';
  if (all(/^\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d$/)) return '%d.%m.%Y %H:%M';
  if (all(/^\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d:\d\d$/)) return '%d.%m.%Y %H:%M:%S';
  if (all(/^\d{1,2}\/\d{1,2}\/\d{4}$/)) return '%m/%d/%Y';
  if (all(/^\d{1,2}\/\d{1,2}\/\d{4} \d{1,2}:\d\d$/)) return '%m/%d/%Y %H:%M';
  return undefined;
}
