/** Computed traits: figures of a person's events that have a name. */
import type { JsonValue } from '../../json.js';
import type { ComputedValue } from '../definition.js';
import { readSelector } from '../events/selector.js';
import { readMoment } from '../moment.js';
import { Fields } from '../read.js';
import type { SqlContext } from '../sql/sql-context.js';
import { numberValue } from '../sql/sql-value.js';
import type { CompiledValue, Scope } from './compiled-node.js';
import { compileEventsValue, readEventsValue, readEventsValueObject } from './events-value.js';

const KINDS = ['events', 'ratio', 'days_since'] as const;
const DAY_MS = 86_400_000;

/** Reads what a computed trait is made of. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readComputedValue(value: unknown, at: string): ComputedValue {
  const fields = new Fields(value, at);
  const computed = readKind(fields, fields.oneOf('kind', KINDS));
  fields.end();
  return computed;
}

function readKind(fields: Fields, kind: ComputedValue['kind']): ComputedValue {
  switch (kind) {
    case 'events':
      return { kind, ...readEventsValue(fields) };
    case 'ratio': {
      const [of, to] = [fields.raw('of'), fields.raw('to')];
      return { kind, of: readEventsValueObject(of.value, of.at), to: readEventsValueObject(to.value, to.at) };
    }
    case 'days_since':
      return { kind, ...readSelector(fields) };
    default:
      return kind satisfies never;
  }
}

/** Compiles it. */
export function compileComputed(computed: ComputedValue, scope: Scope): CompiledValue {
  switch (computed.kind) {
    case 'events':
      return compileEventsValue(computed, scope);
    case 'ratio':
      return compileRatio(compileEventsValue(computed.of, scope), compileEventsValue(computed.to, scope));
    case 'days_since':
      return compileDaysSince(compileEventsValue({ ...computed, measure: { kind: 'last_at' } }, scope));
    default:
      return computed satisfies never;
  }
}

function compileRatio(of: CompiledValue, to: CompiledValue): CompiledValue {
  return {
    value: (person, now) => ratio(of.value(person, now), to.value(person, now)),
    changesAt: (person, now) => Math.min(of.changesAt(person, now), to.changesAt(person, now)),
    empty: ratio(of.empty, to.empty),
    dues: (sql) => [...of.dues(sql), ...to.dues(sql)],
    group(sql) {
      const [above, below] = [of.group(sql), to.group(sql)];
      const none = 'NULL::Nullable(Float64)';
      const rows = `(SELECT person, ${above.value.number} AS above, ${none} AS below FROM ${above.rows} GROUP BY person
        UNION ALL SELECT person, ${none} AS above, ${below.value.number} AS below FROM ${below.rows} GROUP BY person)`;
      const [dividend, divisor] = [orEmpty('max(above)', of), orEmpty('max(below)', to)];
      return { rows, value: numberValue(`if(${divisor} = 0, NULL, ${dividend} / ${divisor})`) };
    },
  };
}

/** Who has none of the events of one of the two is in the rows of the other. */
function orEmpty(figure: string, { empty }: CompiledValue): string {
  return typeof empty === 'number' ? `ifNull(${figure}, ${empty})` : figure;
}

function ratio(of: JsonValue | undefined, to: JsonValue | undefined): number | undefined {
  return typeof of === 'number' && typeof to === 'number' && to !== 0 ? of / to : undefined;
}

function compileDaysSince(lastAt: CompiledValue): CompiledValue {
  const daysAt = (at: JsonValue | undefined, now: number) => {
    const ms = typeof at === 'string' ? readMoment(at) : undefined;
    return ms === undefined ? undefined : Math.floor((now - ms) / DAY_MS);
  };
  return {
    value: (person, now) => daysAt(lastAt.value(person, now), now),
    changesAt(person, now) {
      const at = lastAt.value(person, now);
      const ms = typeof at === 'string' ? readMoment(at) : undefined;
      const days = daysAt(at, now);
      return ms === undefined || days === undefined ? Number.POSITIVE_INFINITY : ms + (days + 1) * DAY_MS;
    },
    empty: undefined,
    group(sql) {
      const { rows } = lastAt.group(sql);
      return { rows, value: numberValue(`toFloat64(floor(${agoSql(sql)} / ${DAY_MS}))`) };
    },
    dues(sql) {
      const { rows } = lastAt.group(sql);
      const due = `${sql.bind(sql.at.now + DAY_MS, 'Int64')} - positiveModulo(${agoSql(sql)}, ${DAY_MS})`;
      return [`SELECT person, ${due} AS due FROM ${rows} GROUP BY person`];
    },
  };
}

function agoSql(sql: SqlContext): string {
  return `(${sql.bind(sql.at.now, 'Int64')} - toUnixTimestamp64Milli(max(at)))`;
}
