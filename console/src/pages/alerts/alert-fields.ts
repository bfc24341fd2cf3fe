/** What an alert rule is made of, as fields of a form: a further one is a line here. */
import type { paths } from '../../api/schema';
import { type Field, fieldsOf, isRequired, isShown, type Values } from '../destinations/field';

/** An alert rule, as the API gives it. */
export type Rule =
  paths['/api/v1/alert-rules']['get']['responses'][200]['content']['application/json']['data'][number];
/** What the API takes for one. */
export type GivenRule = paths['/api/v1/alert-rules']['post']['requestBody']['content']['application/json'];

const ABOVE = {
  failure_rate: { description: 'A share from 0 to 1: 0.1 is one attempt in ten.', default: 0.1, minimum: 0 },
  backlog: { description: 'So many deliveries.', default: 1_000, minimum: 0 },
  age_seconds: { description: 'So many seconds: 900 are a quarter of an hour.', default: 900, minimum: 0 },
  silence_minutes: {
    ...{ description: 'So many minutes: 60 are an hour.', default: 60 },
    ...{ minimum: 1, maximum: 43_200 },
  },
} as const;

/** What a new rule begins with. */
export const NEW_RULE: Values = {
  ...{ measure: 'failure_rate', above: ABOVE.failure_rate.default },
  ...{ windowMinutes: 10, tells: 'url' },
};

/** Values after an input: a figure that was meant for another measure says nothing, so it begins anew. */
export function changedValues(before: Values, after: Values): Values {
  return after.measure === before.measure ? after : { ...after, above: aboveOf(after).default };
}

function aboveOf({ measure }: Values) {
  return ABOVE[measure as keyof typeof ABOVE] ?? ABOVE.backlog;
}

/** A destination or a source, as far as a rule's form needs it. */
interface Named {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
}

/** Shown where a rule tells by this way. */
const tellsBy = (way: 'url' | 'email') => ({
  depends_on: { conditions: [{ fieldKey: 'tells', operator: 'is', value: way }] } as const,
});

/** Shown where a rule looks at a source, or where it does not. */
const ofSource = (operator: 'is' | 'is_not') => ({
  depends_on: { conditions: [{ fieldKey: 'measure', operator, value: 'silence_minutes' }] } as const,
});

/** The fields of a rule, by what is filled in so far. */
export function alertFields(
  values: Values,
  destinations: readonly Named[],
  sources: readonly Named[],
): Readonly<Record<string, Field>> {
  return {
    name: { label: 'Name', description: '', type: 'string', required: true, placeholder: 'Orders fail' },
    measure: {
      ...{ label: 'What is looked at', description: '', type: 'string', required: true },
      choices: [
        { value: 'failure_rate', label: 'Share of attempts that fail' },
        { value: 'backlog', label: 'How many deliveries wait' },
        { value: 'age_seconds', label: 'How long the oldest one waits' },
        { value: 'silence_minutes', label: 'How long a source sends nothing' },
      ],
    },
    source: {
      ...{ label: 'Source', type: 'string', required: true, ...ofSource('is') },
      description: 'Before its first event, and while it is switched off, nothing is awaited of it.',
      choices: choicesOf(sources),
    },
    above: { label: 'Fires above', type: 'number', required: true, ...aboveOf(values) },
    windowMinutes: {
      ...{ label: 'Of the last minutes', description: '', type: 'integer', minimum: 1, maximum: 1_440 },
      depends_on: { conditions: [{ fieldKey: 'measure', operator: 'is', value: 'failure_rate' }] },
    },
    destination: {
      ...{ label: 'Destination', type: 'string', placeholder: 'Any', ...ofSource('is_not') },
      description: 'Left empty: each by itself, and the worst one counts.',
      choices: choicesOf(destinations),
    },
    tells: {
      ...{ label: 'Tells', description: '', type: 'string', required: true },
      choices: [
        { value: 'url', label: 'An address of yours, by a POST' },
        { value: 'email', label: 'Somebody, by e-mail' },
      ],
    },
    url: {
      ...{ label: 'Address', type: 'string', format: 'uri', required: true, ...tellsBy('url') },
      description: 'A POST with JSON goes there when it begins, and when it is over.',
      placeholder: 'https://example.com/alerts',
    },
    emailDestination: {
      ...{ label: 'Sent by', type: 'string', required: true, ...tellsBy('email') },
      description: 'A destination of the kind e-mail: its server and its sender are used.',
      choices: choicesOf(destinations.filter(({ kind }) => kind === 'email')),
    },
    emailTo: {
      ...{
        label: 'To',
        description: '',
        type: 'string',
        format: 'email',
        required: true,
        ...tellsBy('email'),
      },
      placeholder: 'oncall@example.com',
    },
  };
}

function choicesOf(things: readonly Named[]): NonNullable<Field['choices']> {
  return things.map(({ id, name }) => ({ value: id, label: name }));
}

/** A rule as the API takes it; undefined while something is missing. */
export function givenRule(fields: Readonly<Record<string, Field>>, values: Values): GivenRule | undefined {
  const shown = fieldsOf(fields).filter(([, field]) => isShown(field, values));
  if (shown.some(([name, field]) => isRequired(field, values) && values[name] === undefined))
    return undefined;
  const {
    tells: _,
    emailDestination,
    emailTo,
    ...plain
  } = Object.fromEntries(
    shown.flatMap(([name]) => (values[name] === undefined ? [] : [[name, values[name]]])),
  );
  const email = emailTo === undefined ? {} : { email: { destination: emailDestination, to: emailTo } };
  // Invariant: the fields are those of the API, and what it needs is there.
  return { ...plain, ...email } as GivenRule;
}

/** The fields of a rule that is there. */
export function valuesOf(rule: Rule, fields: Readonly<Record<string, Field>>): Values {
  const { email } = rule;
  const all: Values = {
    ...rule,
    ...(email === undefined
      ? { tells: 'url' }
      : { tells: 'email', emailDestination: email.destination, emailTo: email.to }),
  };
  return Object.fromEntries(Object.keys(fields).flatMap((name) => (name in all ? [[name, all[name]]] : [])));
}
