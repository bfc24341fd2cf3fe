import { Autocomplete, Group, NumberInput, Select, TagsInput, TextInput } from '@mantine/core';

/** One of some words. */
export function WordSelect<Word extends string>({
  label,
  value,
  words,
  onChange,
  width = 116,
}: {
  readonly label: string;
  readonly value: Word;
  readonly words: Readonly<Partial<Record<Word, string>>>;
  readonly onChange: (word: Word) => void;
  readonly width?: number;
}) {
  return (
    <Select
      size="xs"
      w={width}
      aria-label={label}
      allowDeselect={false}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      data={Object.entries(words).map(([word, text]) => ({ value: word, label: String(text) }))}
      value={value}
      onChange={(next) => next !== null && onChange(next as Word)}
    />
  );
}

/** A name, with those that are known as suggestions. */
export function NameInput({
  label,
  value,
  known,
  onChange,
  placeholder,
  width = 180,
}: {
  readonly label: string;
  readonly value: string;
  readonly known: readonly string[];
  readonly onChange: (name: string) => void;
  readonly placeholder?: string;
  readonly width?: number;
}) {
  return (
    <Autocomplete
      size="xs"
      w={width}
      aria-label={label}
      placeholder={placeholder ?? label}
      limit={50}
      data={[...new Set(known)]}
      value={value}
      onChange={onChange}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
    />
  );
}

const UNITS = { minute: 'minutes', hour: 'hours', day: 'days', week: 'weeks', second: 'seconds' } as const;
type Unit = keyof typeof UNITS;

/** A length of time, such as `7 days`. */
export function DurationInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (duration: string) => void;
}) {
  const [, amount = '1', unit = 'day'] = /^(\d+) (\w+?)s?$/.exec(value) ?? [];
  const write = (count: number, of: string) => onChange(`${count} ${of}${count === 1 ? '' : 's'}`);
  return (
    <Group gap={4} wrap="nowrap">
      <NumberInput
        size="xs"
        w={64}
        aria-label={`${label}: how many`}
        min={1}
        allowDecimal={false}
        hideControls
        value={Number(amount)}
        onChange={(next) => write(Math.max(1, Number(next) || 1), unit)}
      />
      <WordSelect
        label={`${label}: unit`}
        width={96}
        value={unit as Unit}
        words={UNITS}
        onChange={(next) => write(Number(amount), next)}
      />
    </Group>
  );
}

/** A number. */
export function FigureInput({
  label,
  value,
  onChange,
  width = 90,
}: {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
  readonly width?: number;
}) {
  return (
    <NumberInput
      size="xs"
      w={width}
      aria-label={label}
      hideControls
      value={value}
      onChange={(next) => onChange(Number(next) || 0)}
    />
  );
}

type Scalar = string | number | boolean;
const TYPES = { text: 'text', number: 'number', truth: 'yes or no' } as const;

function typeOf(value: Scalar | undefined): keyof typeof TYPES {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'truth' : 'text';
}

/** A text, a number, or yes or no: these differ, and nothing is converted. */
export function ScalarInput({
  label,
  value,
  onChange,
}: {
  readonly label: string;
  readonly value: Scalar;
  readonly onChange: (value: Scalar) => void;
}) {
  return (
    <Group gap={4} wrap="nowrap">
      <WordSelect
        label={`${label}: kind of value`}
        width={98}
        value={typeOf(value)}
        words={TYPES}
        onChange={(type) =>
          onChange(type === 'number' ? Number(value) || 0 : type === 'truth' ? true : String(value))
        }
      />
      {typeof value === 'number' ? (
        <FigureInput label={label} value={value} onChange={onChange} width={120} />
      ) : typeof value === 'boolean' ? (
        <WordSelect
          label={label}
          value={value ? 'yes' : 'no'}
          words={{ yes: 'yes', no: 'no' }}
          width={80}
          onChange={(next) => onChange(next === 'yes')}
        />
      ) : (
        <TextInput
          size="xs"
          w={160}
          aria-label={label}
          placeholder="value"
          value={value}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        />
      )}
    </Group>
  );
}

/** Several values of one kind. */
export function ScalarsInput({
  label,
  values,
  onChange,
}: {
  readonly label: string;
  readonly values: readonly Scalar[];
  readonly onChange: (values: Scalar[]) => void;
}) {
  const isNumber = typeof values[0] === 'number';
  const read = (text: string): Scalar => (isNumber ? Number(text) || 0 : text);
  return (
    <Group gap={4} wrap="nowrap" align="flex-start">
      <WordSelect
        label={`${label}: kind of values`}
        width={98}
        value={isNumber ? 'number' : 'text'}
        words={{ text: 'text', number: 'number' }}
        onChange={(type) =>
          onChange(
            type === 'number'
              ? values.length === 0
                ? [0]
                : values.map((one) => Number(one) || 0)
              : values.map(String),
          )
        }
      />
      <TagsInput
        size="xs"
        miw={180}
        aria-label={label}
        placeholder="value, then Enter"
        value={values.map(String)}
        onChange={(next) => onChange(next.map(read))}
      />
    </Group>
  );
}
