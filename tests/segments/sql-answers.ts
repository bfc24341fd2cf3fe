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
