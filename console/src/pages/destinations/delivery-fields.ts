import type { Field } from './field';

const whole = (label: string, description: string, placeholder: string): Field => ({
  ...{ label, description, placeholder },
  type: 'integer',
  minimum: 1,
});

/** How a tool is sent to, as fields of a form; what is empty has its default. */
export const DELIVERY_FIELDS: Readonly<Record<string, Field>> = {
  ratePerSecond: {
    ...{ label: 'Calls a second', description: 'Most that the tool bears.', placeholder: 'no limit' },
    ...{ type: 'number', minimum: 0.001 },
  },
  concurrency: whole('Calls at one time', 'Beside each other.', '16'),
  batchItemsMax: whole(
    'Items of one call',
    'Where the action takes many at once.',
    'as many as the action takes',
  ),
  timeoutMs: whole('Milliseconds for an answer', 'After which a call has failed.', '10,000'),
  giveUpAfterHours: {
    ...{ label: 'Hours of trying', description: 'After which what keeps failing is given up.' },
    ...{ placeholder: '24', type: 'number', minimum: 0.01 },
  },
  deadDays: whole('Days among the dead letters', 'After which they are dropped.', '30'),
  ordered: {
    label: 'In order',
    description: 'Each person’s deliveries one after the other, also where the action does not ask for it.',
    type: 'boolean',
  },
};
