import { expect } from 'vitest';
import type { SqlContext } from '../../src/core/segments/sql/sql-context.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { READ_ROWS } from '../../src/stores/events/read-rows.js';

/** Whether each of the conditions holds, in one question, by person. */
export async function sqlAnswers(
  clickhouse: ClickHouse,
  sql: SqlContext,
  conditions: readonly string[],
): Promise<Map<string, readonly boolean[]>> {
  const all = conditions.map((one) => `(${one})::Bool`).join(',\n');
  const rows = await clickhouse.query<{ id: string; answers: boolean[] }>(
    `SELECT toString(p.profile_id) AS id, [${all}] AS answers FROM ${sql.people()}`,
    sql.params,
    READ_ROWS,
  );
  return new Map(rows.map(({ id, answers }) => [id, answers]));
}

/** Who is found by each of some SELECTs of `person`, in one question: `id place`. */
export async function sqlMembers(
  clickhouse: ClickHouse,
  sql: SqlContext,
  selects: readonly string[],
): Promise<Set<string>> {
  const all = selects.map((one, place) => `SELECT person, ${place} AS place FROM (${one})`);
  const rows = await clickhouse.query<{ found: string }>(
    `SELECT concat(toString(person), ' ', toString(place)) AS found FROM (${all.join(' UNION ALL ')})`,
    sql.params,
    READ_ROWS,
  );
  expect(rows.length, 'nobody is found twice').toBe(new Set(rows.map(({ found }) => found)).size);
  return new Set(rows.map(({ found }) => found));
}

/** When the answers of each of the definitions may change, in one question, by the person's id and the place of the definition. */
export async function sqlDues(
  clickhouse: ClickHouse,
  sql: SqlContext,
  dues: ReadonlyArray<readonly string[]>,
): Promise<Map<string, number>> {
  const all = dues.flatMap((some, index) =>
    some.map((one) => `SELECT toString(person) AS id, due, ${index} AS place FROM (${one})`),
  );
  if (all.length === 0) return new Map();
  const rows = await clickhouse.query<{ id: string; place: number; at: number }>(
    `SELECT id, place, min(due) AS at FROM (${all.join(' UNION ALL ')}) GROUP BY id, place`,
    sql.params,
    READ_ROWS,
  );
  return new Map(rows.map(({ id, place, at }) => [`${id} ${place}`, at]));
}
