import { Stack } from '@mantine/core';
import { fieldsOf, isRequired, isShown, type Values } from './field';
import { FieldInput } from './field-input';

/** Inputs for fields with plain values; those that others make pointless are not shown. */
export function SettingsFields({
  fields,
  values,
  onChange,
}: {
  readonly fields: unknown;
  readonly values: Values;
  readonly onChange: (values: Values) => void;
}) {
  return (
    <Stack gap="sm">
      {fieldsOf(fields)
        .filter(([, field]) => isShown(field, values))
        .map(([name, field]) => (
          <FieldInput
            key={name}
            field={field}
            value={values[name]}
            required={isRequired(field, values)}
            onChange={(value) => onChange({ ...values, [name]: value })}
          />
        ))}
    </Stack>
  );
}

/** What a form begins with. */
export function defaultsOf(fields: unknown): Values {
  return Object.fromEntries(
    fieldsOf(fields).flatMap(([name, field]) => (field.default === undefined ? [] : [[name, field.default]])),
  );
}

/** Values without those that are empty. */
export function filled(values: Values): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

/** What a change tells of settings: null for those that were emptied, nothing for secrets that are kept. */
export function changesOf(before: Values, after: Values): Record<string, unknown> {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, after[name] ?? null]),
  );
}
