import type { paths } from '../../api/schema';
import type { Choices, ColumnChoice, Role } from './guess';
import type { Sample } from './sample';

/** A mapping as the API takes it. */
export type Mapping =
  paths['/api/v1/imports']['post']['requestBody']['content']['application/json']['mapping'];

/** Writes choices down as a mapping. */
export function mappingOf({ call, event, columns }: Choices, { format, delimiter }: Sample): Mapping {
  const of = (role: Role) => columns.find((one) => one.role === role);
  const id = (role: 'userId' | 'anonymousId' | 'groupId') => {
    const found = of(role);
    return found === undefined ? {} : { [role]: { column: found.column } };
  };
  const fields = Object.fromEntries(
    columns
      .filter(({ role, name }) => role === 'field' && name !== '')
      .map((one) => [one.name, fieldOf(one)]),
  );
  const time = of('timestamp');
  const named = of('event');
  const message = of('messageId');
  // What tells who somebody is lies in the traits, also of what they did.
  const { email, phone, ...properties } = fields;
  const contact = {
    ...(email ? { 'traits.email': email } : {}),
    ...(phone ? { 'traits.phone': phone } : {}),
  };
  return {
    format: { type: format, ...(format === 'csv' && delimiter !== ',' ? { delimiter } : {}) },
    call,
    ...{ ...id('userId'), ...id('anonymousId'), ...id('groupId') },
    ...(call === 'track' ? { event: named ? { column: named.column } : { value: event } } : {}),
    ...(call === 'track'
      ? {
          ...(Object.keys(properties).length === 0 ? {} : { properties }),
          ...(Object.keys(contact).length === 0 ? {} : { context: contact }),
        }
      : Object.keys(fields).length === 0
        ? {}
        : { traits: fields }),
    ...(time === undefined ? {} : { timestamp: { column: time.column, format: time.type } }),
    ...(message === undefined ? {} : { messageId: { columns: [message.column] } }),
  } as Mapping;
}

function fieldOf({ column, type }: ColumnChoice): object {
  if (type === 'number,') return { column, type: 'number', decimal: ',' };
  return type === 'string' ? { column } : { column, type };
}
