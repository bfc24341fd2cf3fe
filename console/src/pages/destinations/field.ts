/** Fields, as kinds of destinations describe their settings and what their actions take: forms are made of them. */
import type { paths } from '../../api/schema';

/** A kind with all that a form needs. */
export type Kind =
  paths['/api/v1/destination-kinds/{kind}']['get']['responses'][200]['content']['application/json'];

/** A configured destination. */
export type Destination =
  paths['/api/v1/destinations/{id}']['get']['responses'][200]['content']['application/json'];

/** When something holds, by the values of other fields. */
interface Conditions {
  readonly match?: 'any' | 'all';
  readonly conditions: ReadonlyArray<{
    readonly fieldKey?: string;
    readonly type?: string;
    readonly operator: 'is' | 'is_not';
    readonly value?: unknown;
  }>;
}

/** A field; see docs/mapping.md. */
export interface Field {
  readonly label: string;
  readonly description: string;
  readonly type: string;
  readonly required?: boolean | Conditions;
  readonly multiple?: boolean;
  readonly default?: unknown;
  readonly choices?: ReadonlyArray<{ readonly value: string | number | boolean; readonly label: string }>;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly additionalProperties?: boolean;
  readonly format?: string;
  readonly secret?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly depends_on?: Conditions;
  readonly placeholder?: string;
  readonly unsafe_hidden?: boolean;
  readonly readOnly?: boolean;
}

/** What the input of a field works with. `undefined` is empty. */
export interface FieldInputProps {
  readonly field: Field;
  readonly value: unknown;
  readonly required: boolean;
  readonly onChange: (value: unknown) => void;
}

/** A field's description for people: what links in it say, without their marks. */
export function describe({ description }: Field): string {
  return description.replaceAll(/\[([^\]]+)\]\([^)]+\)/g, '$1').replaceAll('`', '');
}

/** Values of fields by name. */
export type Values = Readonly<Record<string, unknown>>;

/** The fields of a kind or an action. */
export function fieldsOf(fields: unknown): Array<readonly [name: string, field: Field]> {
  return Object.entries((fields ?? {}) as Record<string, Field>);
}

/** Whether a form shows a field, by what is filled in elsewhere. */
export function isShown({ depends_on: on, unsafe_hidden: hidden }: Field, values: Values): boolean {
  return hidden !== true && (on === undefined || holds(on, values));
}

/** Whether a field must be filled in. */
export function isRequired({ required }: Field, values: Values): boolean {
  return typeof required === 'object' ? holds(required, values) : required === true;
}

function holds({ match, conditions }: Conditions, values: Values): boolean {
  const found = conditions.map(({ fieldKey = '', operator, value }) => {
    const held = fieldKey.split('.').reduce<unknown>((of, key) => (of as Values | undefined)?.[key], values);
    const isEqual =
      value === undefined
        ? held === undefined || held === null || held === ''
        : Array.isArray(value)
          ? value.includes(held)
          : held === value;
    return operator === 'is' ? isEqual : !isEqual;
  });
  return match === 'any' ? found.some(Boolean) : found.every(Boolean);
}
