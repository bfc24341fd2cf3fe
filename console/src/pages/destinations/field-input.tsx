import { JsonInput, NumberInput, Select, Switch, TagsInput, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { describe, type Field, type FieldInputProps } from './field';
import { SecretInput } from './secret-input';

/** The input of one setting, by its field. `undefined` is empty. */
export function FieldInput({ field, value, required, onChange }: FieldInputProps) {
  const { label, choices, type, multiple } = field;
  const description = describe(field);
  const placeholder = field.placeholder ?? '';
  const said = { label, description, withAsterisk: required, placeholder } as const;
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  const give = (given: string) => onChange(given === '' ? undefined : given);
  if (field.secret === true || type === 'password')
    return <SecretInput field={field} value={value} required={required} onChange={onChange} />;
  if (choices !== undefined && multiple !== true)
    return (
      <Select
        {...said}
        data={choices.map((choice) => ({ value: String(choice.value), label: choice.label }))}
        value={value === undefined ? null : String(value)}
        onChange={(given) => onChange(choices.find((choice) => String(choice.value) === given)?.value)}
        clearable={!required}
        searchable={choices.length > 8}
      />
    );
  if (type === 'boolean')
    return (
      <Switch
        label={label}
        description={description}
        checked={value === true}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    );
  if (type === 'object')
    return <ObjectInput field={field} value={value} required={required} onChange={onChange} />;
  if (multiple === true)
    return (
      <TagsInput
        {...said}
        data={(choices ?? []).map((choice) => String(choice.value))}
        value={Array.isArray(value) ? value.map(String) : []}
        onChange={(given) => onChange(given.length === 0 ? undefined : given)}
      />
    );
  if (type === 'number' || type === 'integer')
    return (
      <NumberInput
        {...said}
        value={typeof value === 'number' ? value : ''}
        allowDecimal={type === 'number'}
        {...(field.minimum === undefined ? {} : { min: field.minimum })}
        {...(field.maximum === undefined ? {} : { max: field.maximum })}
        onChange={(given) => onChange(typeof given === 'number' ? given : undefined)}
      />
    );
  const Input = type === 'text' ? Textarea : TextInput;
  return <Input {...said} value={text} onChange={({ currentTarget }) => give(currentTarget.value)} />;
}

/** JSON of an object; what is no JSON yet stays in the input alone. */
function ObjectInput({
  field,
  value,
  required,
  onChange,
}: {
  readonly field: Field;
  readonly value: unknown;
  readonly required: boolean;
  readonly onChange: (value: unknown) => void;
}) {
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  return (
    <JsonInput
      label={field.label}
      description={describe(field)}
      withAsterisk={required}
      placeholder={field.multiple === true ? '[{ }]' : '{ }'}
      validationError="This is no JSON yet"
      formatOnBlur
      autosize
      minRows={2}
      value={text}
      onChange={(given) => {
        setText(given);
        try {
          onChange(given.trim() === '' ? undefined : (JSON.parse(given) as unknown));
        } catch {
          // Half-typed: told beside the input.
        }
      }}
    />
  );
}
