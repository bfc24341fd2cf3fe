import { Autocomplete, Button, Group, JsonInput, Select, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { describe, type Field, fieldsOf, isRequired, type Values } from '../destinations/field';
import classes from './mapping-row.module.css';
import { inWay, textOf, typed, WAY_LABELS, type Way, wayOf, waysOf } from './mapping-value';
import type { KnownPath } from './paths';

const NO_FIELD: Field = { label: '', description: '', type: 'string' };

interface RowProps {
  readonly field: Field;
  readonly value: unknown;
  readonly isRequired: boolean;
  readonly paths: readonly KnownPath[];
  readonly onChange: (value: unknown) => void;
}

/** One field: in which way it is filled, and with what. */
export function MappingRow(props: RowProps) {
  const { field, value, isRequired, onChange } = props;
  const way = wayOf(value);
  return (
    <div className={classes.row}>
      <div className={classes.about}>
        <Text size="sm" fw={550}>
          {field.label}
          {isRequired ? <span className={classes.star}> *</span> : null}
        </Text>
        <Text size="xs" className="quiet" lineClamp={2} title={describe(field)}>
          {describe(field)}
        </Text>
      </div>
      <Select
        size="xs"
        aria-label={`How ${field.label} is filled`}
        data={waysOf(field).map((one) => ({ value: one, label: WAY_LABELS[one] }))}
        value={way}
        allowDeselect={false}
        onChange={(chosen) => onChange(inWay(chosen as Way, value))}
      />
      {way === 'fields' ? null : <ValueInput {...props} way={way} />}
      {way === 'fields' ? (
        <ObjectRows field={field} value={value as Values} paths={props.paths} onChange={onChange} />
      ) : null}
    </div>
  );
}

function ValueInput({
  field,
  value,
  paths,
  onChange,
  way,
}: RowProps & { readonly way: Exclude<Way, 'fields'> }) {
  const label = `${field.label}: ${WAY_LABELS[way]}`;
  const text = textOf(value);
  switch (way) {
    case 'default':
      return (
        <Text size="xs" ff="monospace" className={classes.still}>
          {field.default === undefined ? 'nothing' : shortOf(field.default)}
        </Text>
      );
    case 'nothing':
      return (
        <Text size="xs" className={classes.still}>
          not sent
        </Text>
      );
    case 'path':
      return <PathInput label={label} path={text} paths={paths} onChange={onChange} />;
    case 'template':
      return (
        <TextInput
          size="xs"
          aria-label={label}
          placeholder="Hi {{profile.traits.first_name}}"
          value={text}
          onChange={({ currentTarget }) => onChange({ '@template': currentTarget.value })}
        />
      );
    case 'fixed':
      return <FixedInput label={label} field={field} text={text} onChange={onChange} />;
    case 'formula':
      return <FormulaInput label={label} value={value} onChange={onChange} />;
  }
}

/** The fields of an object: those that the tool knows, and any others where it takes such. */
function ObjectRows({
  field,
  value,
  paths,
  onChange,
}: {
  readonly field: Field;
  readonly value: Values;
  readonly paths: readonly KnownPath[];
  readonly onChange: (value: unknown) => void;
}) {
  const [name, setName] = useState('');
  const known = new Map(fieldsOf(field.properties));
  const keys = [...new Set([...known.keys(), ...Object.keys(value)])];
  const put = (key: string, inner: unknown) => {
    const { [key]: _, ...others } = value;
    onChange(inner === undefined ? others : { ...value, [key]: inner });
  };
  return (
    <div className={classes.inner}>
      {keys.map((key) => (
        <MappingRow
          key={key}
          field={known.get(key) ?? { ...NO_FIELD, label: key }}
          value={value[key]}
          isRequired={isRequired(known.get(key) ?? NO_FIELD, value)}
          paths={paths}
          onChange={(inner) => put(key, inner)}
        />
      ))}
      {known.size === 0 || field.additionalProperties === true ? (
        <Group gap="xs" pt={10}>
          <TextInput
            size="xs"
            aria-label={`Name of another field of ${field.label}`}
            placeholder="order_id"
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Button
            size="xs"
            variant="default"
            disabled={name === '' || name.startsWith('@') || keys.includes(name)}
            onClick={() => {
              put(name, { '@path': `$.properties.${name}` });
              setName('');
            }}
          >
            Add a field
          </Button>
        </Group>
      ) : null}
    </div>
  );
}

function PathInput({
  label,
  path,
  paths,
  onChange,
}: {
  readonly label: string;
  readonly path: string;
  readonly paths: readonly KnownPath[];
  readonly onChange: (value: unknown) => void;
}) {
  const samples = new Map(paths.map((one) => [one.path, one.sample]));
  return (
    <Autocomplete
      size="xs"
      aria-label={label}
      placeholder="$.properties.total"
      data={[...samples.keys()]}
      limit={60}
      value={path}
      classNames={{ input: classes.path ?? '' }}
      comboboxProps={{ width: 'max-content', position: 'bottom-end' }}
      renderOption={({ option }) => (
        <span className={classes.option}>
          <code>{option.value}</code>
          <span className="quiet">{samples.get(option.value)}</span>
        </span>
      )}
      onChange={(given) => onChange({ '@path': given })}
    />
  );
}

function FixedInput({
  label,
  field,
  text,
  onChange,
}: {
  readonly label: string;
  readonly field: Field;
  readonly text: string;
  readonly onChange: (value: unknown) => void;
}) {
  const choices =
    field.choices?.map((choice) => ({ value: String(choice.value), label: choice.label })) ??
    (field.type === 'boolean' ? ['true', 'false'] : undefined);
  if (choices !== undefined)
    return (
      <Select
        size="xs"
        aria-label={label}
        data={choices}
        value={text || null}
        searchable
        onChange={(chosen) => onChange(typed(chosen ?? '', field.type))}
      />
    );
  return (
    <TextInput
      size="xs"
      aria-label={label}
      placeholder={field.placeholder ?? ''}
      value={text}
      onChange={({ currentTarget }) => onChange(typed(currentTarget.value, field.type))}
    />
  );
}

/** Any directive, as JSON; see docs/mapping.md. */
function FormulaInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: unknown;
  readonly onChange: (value: unknown) => void;
}) {
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  return (
    <JsonInput
      size="xs"
      aria-label={label}
      validationError="This is no JSON yet"
      autosize
      minRows={2}
      maxRows={14}
      value={text}
      onChange={(given) => {
        setText(given);
        try {
          onChange(JSON.parse(given) as unknown);
        } catch {
          // Half-typed: told below the input.
        }
      }}
    />
  );
}

function shortOf(value: unknown): string {
  const text = textOf(value);
  return text === '' ? JSON.stringify(value) : text;
}
