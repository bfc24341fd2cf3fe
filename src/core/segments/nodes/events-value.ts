/** A figure of a person's events: which events, in which window, measured how. */
import type { EventsValue, Measure, Selector, Window } from '../definition.js';
import { durationMs } from '../duration.js';
import { compileEventField } from '../events/event-field.js';
import { compileSelector, readSelector, readSelectorObject, selectorOf } from '../events/selector.js';
import { createFoldLeaf } from '../leaves/fold-leaf.js';
import { createWindowLeaf } from '../leaves/window-leaf.js';
import type { Fold } from '../measures/fold.js';
import { foldOf, readMeasure } from '../measures/measure.js';
import { readMoment } from '../moment.js';
import { Fields, refuse } from '../read.js';
import { placeInOrder } from '../sql/place-in-order.js';
import type { SqlContext } from '../sql/sql-context.js';
import { scalarJson } from '../sql/sql-value.js';
import { type CompiledValue, leafKey, never, type Scope } from './compiled-node.js';

const WINDOWS = ['ever', 'last', 'between', 'since'] as const;

/** Reads the fields of a figure; others are left to the caller. */
export function readEventsValue(fields: Fields): EventsValue {
  const selector = readSelector(fields);
  const [measure, window] = [fields.raw('measure'), fields.raw('window')];
  return {
    ...selector,
    ...(measure.value === undefined ? {} : { measure: readMeasure(measure.value, measure.at) }),
    ...(window.value === undefined ? {} : { window: readWindow(window.value, window.at) }),
  };
}

/** Reads an object that is a figure and nothing else. */
export function readEventsValueObject(value: unknown, at: string): EventsValue {
  const fields = new Fields(value, at);
  const figure = readEventsValue(fields);
  fields.end();
  return figure;
}

/** Reads a window. @throws TributaryError `definition_invalid` that names the field and the fix. */
export function readWindow(value: unknown, at: string): Window {
  const fields = new Fields(value, at);
  const window = readWindowFields(fields, fields.oneOf('kind', WINDOWS));
  fields.end();
  return window;
}

function readWindowFields(fields: Fields, kind: Window['kind']): Window {
  switch (kind) {
    case 'ever':
      return { kind };
    case 'last':
      return { kind, duration: fields.duration('duration') };
    case 'between': {
      const from = fields.has('from') ? { from: fields.moment('from') } : {};
      const to = fields.has('to') ? { to: fields.moment('to') } : {};
      const window = { kind, ...from, ...to };
      if (window.from === undefined && window.to === undefined)
        refuse(fields.at, 'must have from, to, or both. For all times, use ever.');
      const { from: begin, to: end } = spanOf(window);
      if (!(begin < end)) refuse(`${fields.at}.to`, 'must be later than from.');
      return window;
    }
    case 'since': {
      const event = fields.raw('event');
      return { kind, event: readSelectorObject(event.value, event.at) };
    }
    default:
      return kind satisfies never;
  }
}

/** The times of a window with fixed ends: from (included) to (excluded). */
export function spanOf(window: { readonly from?: string; readonly to?: string }): {
  from: number;
  to: number;
} {
  return {
    from: (window.from === undefined ? undefined : readMoment(window.from)) ?? Number.NEGATIVE_INFINITY,
    to: (window.to === undefined ? undefined : readMoment(window.to)) ?? Number.POSITIVE_INFINITY,
  };
}

/** Compiles a figure. @param keep how many of the newest events of a moving window are enough. */
export function compileEventsValue(
  value: EventsValue,
  scope: Pick<Scope, 'leaf'>,
  keep?: number,
): CompiledValue {
  const { measure = { kind: 'count' }, window = { kind: 'ever' } } = value;
  const selector = selectorOf(value);
  const fold = foldOf(measure.kind);
  const key = leafKey('events', { ...selector, measure, window, ...(keep === undefined ? {} : { keep }) });
  return {
    ...statesOf(key, selector, measure, window, scope, keep),
    empty: fold.value(undefined),
    group: (sql) => ({ rows: rowsSql(sql, selector, measure, window, fold), value: fold.sql }),
    dues(sql) {
      if (window.kind !== 'last') return [];
      const rows = rowsSql(sql, selector, measure, window, fold);
      const due = `toUnixTimestamp64Milli(min(at)) + ${sql.bind(durationMs(window.duration), 'Int64')}`;
      return [`SELECT person, ${due} AS due FROM ${rows} GROUP BY person`];
    },
  };
}

function statesOf(
  key: string,
  selector: Selector,
  measure: Measure,
  window: Window,
  scope: Pick<Scope, 'leaf'>,
  keep: number | undefined,
): Pick<CompiledValue, 'value' | 'changesAt'> {
  const fold = foldOf(measure.kind);
  const of = 'of' in measure ? measure.of : undefined;
  if (window.kind === 'ever' || window.kind === 'between') {
    const span = spanOf(window.kind === 'between' ? window : {});
    const leaf = scope.leaf(key, () => createFoldLeaf(key, selector, fold, of, span));
    return { value: (person) => leaf.valueOf(person.state(leaf)), changesAt: never };
  }
  const begins = window.kind === 'last' ? { last: durationMs(window.duration) } : { since: window.event };
  const leaf = scope.leaf(key, () => createWindowLeaf(key, selector, fold, of, begins, keep));
  return {
    value: (person, now) => leaf.valueOf(person.state(leaf), now),
    changesAt: (person, now) => leaf.changesAt(person.state(leaf), now),
  };
}

/** The events of the window as rows of `person`, `at`, `log_offset` and `value`. */
function rowsSql(sql: SqlContext, selector: Selector, measure: Measure, window: Window, fold: Fold): string {
  const selects = compileSelector(selector).sql(sql);
  const columns = { at: 'timestamp', log_offset: 'events.offset', ...valueColumn(measure, fold) };
  if (window.kind !== 'since')
    return sql.rows({ columns, where: [selects, ...timesSql(sql, window)].join(' AND ') });
  const rows = sql.rows({ columns, where: selects });
  const begins = sql.rows({
    columns: { at: 'timestamp', log_offset: 'events.offset' },
    where: compileSelector(window.event).sql(sql),
  });
  const names = Object.keys(columns).map((name) => `one.${name} AS ${name}`);
  return `(SELECT one.person AS person, ${names.join(', ')} FROM (SELECT *, ${placeInOrder('toUnixTimestamp64Milli(at)')} AS place FROM ${rows}) AS one
    INNER JOIN (SELECT person, max(${placeInOrder('toUnixTimestamp64Milli(at)')}) AS begun FROM ${begins} GROUP BY person) AS since ON one.person = since.person
    WHERE one.place > since.begun)`;
}

/** Conditions on the times of events. */
export function timesSql(sql: SqlContext, window: Exclude<Window, { kind: 'since' }>): string[] {
  if (window.kind === 'ever') return [];
  if (window.kind === 'last') return [`timestamp > ${sql.moment(sql.at.now - durationMs(window.duration))}`];
  const { from, to } = spanOf(window);
  return [
    ...(Number.isFinite(from) ? [`timestamp >= ${sql.moment(from)}`] : []),
    ...(Number.isFinite(to) ? [`timestamp < ${sql.moment(to)}`] : []),
  ];
}

/** The column `value` that a measure looks at; none where it looks at the event alone. */
export function valueColumn(measure: Measure, { needs, numberMax }: Fold): Record<string, string> {
  if (!('of' in measure) || needs === 'nothing') return {};
  const { sql } = compileEventField(measure.of);
  if (needs === 'scalar') return { value: scalarJson(sql) };
  return {
    value:
      numberMax === undefined ? sql.number : `if(abs(${sql.number}) <= ${numberMax}, ${sql.number}, NULL)`,
  };
}
