import { Type } from 'typebox';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { refuseDeepBody } from './definition-body.js';
import { Problem } from './schemas.js';

const tags = ['query'];
const LIMIT = 1_000;
const Value = Type.Unsafe<unknown>({
  description:
    'A text, a number, true, false or null, or a list of them; times as texts such as 2026-01-31T09:30:00Z.',
});

/** What may be asked. */
export const SqlText = Type.String({
  ...{ minLength: 1, maxLength: 20_000 },
  description: 'One SELECT in the SQL of ClickHouse. Parameters are bound where it says {name:Type}.',
  examples: [
    'SELECT name, count() AS n FROM events_resolved WHERE timestamp >= {from:DateTime64(3)} GROUP BY name',
  ],
});
const QueryBody = Type.Object(
  {
    sql: SqlText,
    params: Type.Optional(
      Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: Value }),
    ),
    limit: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10_000, default: LIMIT, description: 'Rows at most.' }),
    ),
  },
  { additionalProperties: false },
);
const Column = { name: Type.String(), type: Type.String({ description: 'As ClickHouse calls it.' }) };
const Answer = Type.Object({
  columns: Type.Array(Type.Object(Column)),
  rows: Type.Array(Type.Array(Type.Unknown()), {
    description: 'Values in the order of the columns; integers beyond 2^53 are texts.',
  }),
  truncated: Type.Boolean({ description: 'There were more rows than the limit.' }),
});
const Schema = Type.Object({
  tables: Type.Array(
    Type.Object({
      name: Type.String(),
      description: Type.String(),
      columns: Type.Array(Type.Object({ ...Column, description: Type.String() })),
    }),
  ),
});

/** The query console: read-only SQL over events, people and segments. */
export async function queryRoutes(app: AdminApp, { queries }: AdminParts): Promise<void> {
  app.post(
    '/api/v1/query',
    {
      config: { access: { role: 'viewer', personal: 'required' }, audited: false },
      preValidation: refuseDeepBody,
      schema: {
        ...{ tags, summary: 'Ask in SQL', body: QueryBody },
        response: { 200: Answer, 429: Problem },
      },
    },
    async ({ body: { sql, params = {}, limit = LIMIT } }) => {
      const { columns, rows, truncated } = await queries.run({ sql, params, limit });
      return { columns: [...columns], rows: rows.map((row) => [...row]), truncated };
    },
  );
  app.get(
    '/api/v1/query/schema',
    {
      config: { access: { personal: 'none' } },
      schema: { tags, summary: 'Read which tables can be asked', response: { 200: Schema, 429: Problem } },
    },
    async () => {
      const tables = await queries.schema();
      return { tables: tables.map(({ columns, ...table }) => ({ ...table, columns: [...columns] })) };
    },
  );
}
