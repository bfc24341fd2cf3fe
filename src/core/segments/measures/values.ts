/** Different values: how many, which, and the one that is given most often. */
import type { JsonValue } from '../../json.js';
import { LIMITS } from '../../limits.js';
import type { Scalar } from '../scalar.js';
import { compareScalars } from '../scalar.js';
import { arrayValue, numberValue, scalarText } from '../sql/sql-value.js';
import type { Fold } from './fold.js';

type Values = readonly Scalar[];
type Counted = ReadonlyArray<readonly [value: Scalar, n: number]>;

const LIST_SQL = 'groupUniqArrayIf(assumeNotNull(value), isNotNull(value))';
/** The order of the specification, 4.3, over JSON texts of scalars. */
function orderSql(x: string): string {
  return `(multiIf(${x} IN ('true', 'false'), 0, startsWith(${x}, '"'), 2, 1), if(startsWith(${x}, '"'), 0, JSONExtractFloat(${x})), JSONExtractString(${x}), ${x})`;
}
const COUNTED_SQL = 'sumMapIf([assumeNotNull(value)], [toInt64(1)], isNotNull(value))';

/** How many different values there are. */
export const distinct: Fold<Values> = {
  needs: 'scalar',
  outdates: (newer, older) => newer === older,
  add: (values = [], { value }) => withValue(values, value as Scalar),
  ofMany: differentOf,
  join: joined,
  value: (values = []) => values.length,
  sql: numberValue('toFloat64(uniqExactIf(value, isNotNull(value)))'),
};

/** The different values, sorted; missing without any. */
export const list: Fold<Values> = {
  needs: 'scalar',
  outdates: (newer, older) => newer === older,
  add: (values = [], { value }) => withValue(values, value as Scalar),
  ofMany: differentOf,
  join: joined,
  value: (values) => (values === undefined ? undefined : [...values].sort(compareScalars)),
  sql: arrayValue(`concat('[', arrayStringConcat(arraySort(x -> ${orderSql('x')}, ${LIST_SQL}), ','), ']')`),
};

/** The value that was given most often; of equals the smallest. */
export const mostFrequent: Fold<Counted> = {
  needs: 'scalar',
  add: (counted = [], { value }) => addCount(counted, value as Scalar, 1),
  join: (one, other) => other.reduce<Counted>((all, [value, n]) => addCount(all, value, n), one),
  value(counted = []) {
    const [first, ...rest] = counted;
    return first && rest.reduce((best, next) => (beats(next, best) ? next : best), first)[0];
  },
  sql: scalarText(
    `nullIf(arraySort(pair -> (-pair.2, ${orderSql('pair.1')}), arrayZip(${COUNTED_SQL}.1, ${COUNTED_SQL}.2))[1].1, '')`,
  ),
};

function withValue(values: Values, value: Scalar): Values {
  if (values.includes(value) || values.length >= LIMITS.measuredValuesMax) return values;
  return [...values, value];
}

function differentOf(values: readonly JsonValue[]): Values {
  return [...new Set(values as Values)].slice(0, LIMITS.measuredValuesMax);
}

function joined(one: Values, other: Values): Values {
  return other.reduce(withValue, one);
}

function addCount(counted: Counted, value: Scalar, n: number): Counted {
  const index = counted.findIndex(([known]) => known === value);
  if (index < 0) return counted.length >= LIMITS.measuredValuesMax ? counted : [...counted, [value, n]];
  return counted.with(index, [value, (counted[index] as Counted[number])[1] + n]);
}

function beats([value, n]: Counted[number], [other, m]: Counted[number]): boolean {
  return n > m || (n === m && compareScalars(value, other) < 0);
}
