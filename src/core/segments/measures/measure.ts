/** All measures: how each is read, and what computes it. */
import type { JsonValue } from '../../json.js';
import type { Measure } from '../definition.js';
import { readEventField } from '../events/event-field.js';
import { Fields } from '../read.js';
import { count } from './count.js';
import { first, firstAt, last, lastAt } from './ends.js';
import type { Fold } from './fold.js';
import { avg, max, min, sum } from './numbers.js';
import { distinct, list, mostFrequent } from './values.js';

const KINDS = [
  ...(['count', 'sum', 'avg', 'min', 'max', 'distinct', 'list', 'first', 'last'] as const),
  ...(['most_frequent', 'first_at', 'last_at'] as const),
] as const satisfies ReadonlyArray<Measure['kind']>;

/** Reads a measure. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readMeasure(value: unknown, at: string): Measure {
  const fields = new Fields(value, at);
  const kind = fields.oneOf('kind', KINDS);
  const isOfEvents = kind === 'count' || kind === 'first_at' || kind === 'last_at';
  const measure: Measure = isOfEvents ? { kind } : { kind, of: readEventField(fields, 'of') };
  fields.end();
  return measure;
}

/** What computes a measure. */
export function foldOf(kind: Measure['kind']): Fold {
  // States are the fold's own: nobody else looks into them.
  return FOLDS[kind] as unknown as Fold<JsonValue>;
}

const FOLDS = {
  ...{ count, sum, avg, min, max, distinct, list, first, last },
  ...{ most_frequent: mostFrequent, first_at: firstAt, last_at: lastAt },
} as const satisfies Record<Measure['kind'], unknown>;
