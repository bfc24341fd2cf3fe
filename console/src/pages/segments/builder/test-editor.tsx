import { Checkbox, TextInput } from '@mantine/core';
import { put, type Test } from './definition';
import { DurationInput, FigureInput, ScalarInput, ScalarsInput, WordSelect } from './words';

type Op = Test['op'];

const WORDS: Readonly<Record<Op, string>> = {
  ...{ equals: 'is', not_equals: 'is not', in: 'is one of', not_in: 'is none of' },
  ...{ contains: 'contains', starts_with: 'starts with', ends_with: 'ends with', matches: 'matches' },
  ...{ gt: 'is more than', gte: 'is at least', lt: 'is less than', lte: 'is at most', between: 'is between' },
  ...{ before: 'is before', after: 'is after' },
  ...{ within_last: 'in the last', within_next: 'in the next', older_than: 'is older than' },
  ...{ anniversary: 'has anniversary', near: 'is near' },
  ...{ has_any: 'has any of', has_all: 'has all of', has_none: 'has none of' },
  ...{ exists: 'is known', is_null: 'is null', is_missing: 'was never said' },
};
/** Those that ask about now: of events, windows say that. */
const OF_NOW: readonly Op[] = ['within_last', 'within_next', 'older_than', 'anniversary'];
const CASELESS: readonly Op[] = [
  ...(['equals', 'not_equals', 'in', 'not_in', 'contains', 'starts_with', 'ends_with', 'matches'] as const),
  ...(['has_any', 'has_all', 'has_none'] as const),
];

/** A test of one value. */
export function TestEditor({
  test,
  onChange,
  isOfEvent = false,
}: {
  readonly test: Test;
  readonly onChange: (test: Test) => void;
  readonly isOfEvent?: boolean;
}) {
  const words = Object.fromEntries(
    Object.entries(WORDS).filter(([op]) => !(isOfEvent && OF_NOW.includes(op as Op))),
  );
  return (
    <>
      <WordSelect
        label="Test"
        value={test.op}
        words={words as typeof WORDS}
        onChange={(op) => onChange(testOf(op, test))}
      />
      <Operand test={test} onChange={onChange} />
      {CASELESS.includes(test.op) && hasText(test) ? (
        <Checkbox
          size="xs"
          label="ignore case"
          checked={'ignoreCase' in test && test.ignoreCase === true}
          onChange={({ currentTarget }) =>
            onChange(
              put(test as { ignoreCase?: boolean }, 'ignoreCase', currentTarget.checked || undefined) as Test,
            )
          }
        />
      ) : null}
    </>
  );
}

function Operand({ test, onChange }: { readonly test: Test; readonly onChange: (test: Test) => void }) {
  switch (test.op) {
    case 'equals':
    case 'not_equals':
      return (
        <ScalarInput label="Value" value={test.value} onChange={(value) => onChange({ ...test, value })} />
      );
    case 'in':
    case 'not_in':
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return (
        <ScalarsInput
          label="Values"
          values={test.values}
          onChange={(values) => onChange({ ...test, values })}
        />
      );
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return <Words label="Text" value={test.value} onChange={(value) => onChange({ ...test, value })} />;
    case 'matches':
      return (
        <Words
          label="Pattern (RE2)"
          value={test.pattern}
          onChange={(pattern) => onChange({ ...test, pattern })}
        />
      );
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return (
        <FigureInput label="Number" value={test.value} onChange={(value) => onChange({ ...test, value })} />
      );
    case 'between':
      return (
        <>
          <FigureInput label="From" value={test.from} onChange={(from) => onChange({ ...test, from })} />
          <span>and</span>
          <FigureInput label="To" value={test.to} onChange={(to) => onChange({ ...test, to })} />
        </>
      );
    case 'before':
    case 'after':
      return (
        <Words
          label="Date, such as 2026-03-01"
          value={test.date}
          onChange={(date) => onChange({ ...test, date })}
        />
      );
    case 'within_last':
    case 'within_next':
    case 'older_than':
      return (
        <DurationInput
          label="Time"
          value={test.duration}
          onChange={(duration) => onChange({ ...test, duration })}
        />
      );
    case 'anniversary':
      return (
        <>
          <span>in the next</span>
          <FigureInput
            label="Days ahead"
            width={60}
            value={test.inNextDays ?? 0}
            onChange={(days) => onChange(put(test, 'inNextDays', days === 0 ? undefined : days))}
          />
          <span>days, in</span>
          <Words
            label="Zone"
            value={test.zone ?? ''}
            placeholder="UTC"
            onChange={(zone) => onChange(put(test, 'zone', zone === '' ? undefined : zone))}
          />
        </>
      );
    case 'near':
      return (
        <>
          <FigureInput
            label="Latitude"
            value={test.latitude}
            onChange={(latitude) => onChange({ ...test, latitude })}
          />
          <FigureInput
            label="Longitude"
            value={test.longitude}
            onChange={(longitude) => onChange({ ...test, longitude })}
          />
          <span>within</span>
          <FigureInput label="Kilometres" value={test.km} onChange={(km) => onChange({ ...test, km })} />
          <span>km</span>
        </>
      );
    default:
      return null;
  }
}

function Words({
  label,
  value,
  onChange,
  placeholder,
}: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly placeholder?: string;
}) {
  return (
    <TextInput
      size="xs"
      w={180}
      aria-label={label}
      placeholder={placeholder ?? label}
      value={value}
      onChange={({ currentTarget }) => onChange(currentTarget.value)}
    />
  );
}

function hasText(test: Test): boolean {
  if ('value' in test) return typeof test.value === 'string';
  return 'pattern' in test || ('values' in test && test.values.every((one) => typeof one === 'string'));
}

/** Another test that keeps what was written for the one before, as far as it can be used. */
export function testOf(op: Op, before: Test): Test {
  const values = 'values' in before ? before.values : 'value' in before ? [before.value] : [];
  const [first = ''] = values;
  const figure = Number(first) || 0;
  switch (op) {
    case 'equals':
    case 'not_equals':
      return { op, value: first };
    case 'in':
    case 'not_in':
    case 'has_any':
    case 'has_all':
    case 'has_none':
      return { op, values: values.filter((one) => one !== '') };
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return { op, value: String(first) };
    case 'matches':
      return { op, pattern: String(first) };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { op, value: figure };
    case 'between':
      return { op, from: figure, to: figure };
    case 'before':
    case 'after':
      return { op, date: 'date' in before ? before.date : '' };
    case 'within_last':
    case 'within_next':
    case 'older_than':
      return { op, duration: 'duration' in before ? before.duration : '30 days' };
    case 'near':
      return { op, latitude: 0, longitude: 0, km: 10 };
    default:
      return { op };
  }
}
