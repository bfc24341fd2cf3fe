/** Parts of an insight, one for each value of a field of the event, or of a trait of the person. */
import type { JsonValue } from '../json.js';
import { compileEventField, readEventField } from '../segments/events/event-field.js';
import { pathKeys } from '../segments/path.js';
import { Fields, refuse } from '../segments/read.js';
import type { SqlContext } from '../segments/sql/sql-context.js';
import { scalarJson, traitValue } from '../segments/sql/sql-value.js';
import type { InsightScope } from './among.js';

/** What is told apart. The values that most have get a part each, `top` of them; all others are one more. */
export type Breakdown = ({ readonly field: string } | { readonly trait: string }) & { readonly top?: number };

const TOP_MAX = 50;
const TOP = 10;

/** Labels are JSON texts: this is that of a value which is missing, or no scalar. */
const MISSING = 'null';
/** The label of all values that have no part of their own: no JSON text. */
const OTHER = '';

/** Which part a figure belongs to. */
export interface Part {
  /** The value; null where it is missing, or no scalar. Left out for all others together. */
  readonly value?: JsonValue;
  readonly other?: true;
}

/** Reads `by`. */
export function readBreakdown(fields: Fields): { by?: Breakdown } {
  const { value, at } = fields.raw('by');
  if (value === undefined) return {};
  const parts = new Fields(value, at);
  if (parts.has('field') === parts.has('trait')) refuse(at, 'must have one of field and trait.');
  const of = parts.has('field') ? { field: readEventField(parts, 'field') } : { trait: parts.path('trait') };
  const top =
    parts.raw('top').value === undefined ? {} : { top: parts.whole('top', { min: 1, max: TOP_MAX }) };
  parts.end();
  return { by: { ...of, ...top } };
}

/** The columns of event rows that it needs: `label`, where it is a field of the event. */
export function labelColumn(by: Breakdown | undefined): Record<string, string> {
  if (by === undefined || !('field' in by)) return {};
  return { label: `ifNull(${scalarJson(compileEventField(by.field).sql)}, '${MISSING}')` };
}

/** Adds the column `label` to rows with a `person` and these columns, where it is not there yet. */
export function labelled(
  rows: string,
  columns: readonly string[],
  by: Breakdown | undefined,
  scope: InsightScope,
  sql: SqlContext,
): string {
  if (by === undefined || 'field' in by) return rows;
  const { labels, missing } = traitLabels(by.trait, scope, sql);
  const same = ['person', ...columns].map((name) => `rows.${name} AS ${name}`).join(', ');
  return `(SELECT ${same}, if(labels.label = '', ${sql.text(missing)}, labels.label) AS label
    FROM ${rows} AS rows LEFT ANY JOIN ${labels} AS labels ON rows.person = labels.person)`;
}

/** Rows of `person` and `label`, and the label of those who are in none. */
function traitLabels(
  trait: string,
  { vocabulary, compiler }: InsightScope,
  sql: SqlContext,
): { labels: string; missing: string } {
  const [name, ...rest] = pathKeys(trait) as [string, ...string[]];
  const computed = rest.length === 0 ? vocabulary.computed.get(name) : undefined;
  if (computed === undefined) {
    const label = scalarJson(traitValue(sql, 'p', [name, ...rest]));
    const labels = `(SELECT p.profile_id AS person, assumeNotNull(${label}) AS label FROM profiles AS p FINAL
      WHERE NOT p.deleted AND isNotNull(${label}))`;
    return { labels, missing: MISSING };
  }
  const { group, empty } = compiler.trait(computed);
  const { rows, value } = group(sql);
  const labels = `(SELECT person, ifNull(${scalarJson(value)}, '${MISSING}') AS label FROM ${rows} GROUP BY person)`;
  return { labels, missing: typeof empty === 'number' ? JSON.stringify(empty) : MISSING };
}

/**
 * What stands for the label of rows: itself, or that of all others.
 * @param rows a subquery; those of its labels that most rows have, of equals the first, keep their own.
 */
export function shownLabel(by: Breakdown | undefined, rows: string): string {
  if (by === undefined) return `'${OTHER}'`;
  const { top = TOP } = by;
  return `if(label IN (SELECT label FROM ${rows} GROUP BY label ORDER BY count() DESC, label LIMIT ${top}), label, '${OTHER}')`;
}

/** The part that a shown label names; nothing without a breakdown. */
export function partOf(by: Breakdown | undefined, label: string): Part {
  if (by === undefined) return {};
  return label === OTHER ? { other: true } : { value: JSON.parse(label) as JsonValue };
}
