import { Type } from 'typebox';
import type { AdminApp, AdminParts } from './admin-parts.js';
import { Moment, mapOf } from './schemas.js';

/** What the server knows of itself. */
export interface SystemParts {
  checks(): Promise<Readonly<Record<string, { readonly ok: boolean; readonly [detail: string]: unknown }>>>;
  sizes(): Promise<{ readonly state: number; readonly events: readonly StoredTable[] }>;
  readonly embedded: { readonly postgres: boolean; readonly clickhouse: boolean };
  readonly retention: {
    readonly logHours: number;
    readonly logBytesMax: number;
    readonly dedupeDays: number;
    readonly quarantineDays: number;
  };
}

/** A table of the event store. */
export interface StoredTable {
  readonly table: string;
  readonly rows: number;
  readonly bytes: number;
}

const Engine = Type.Object({
  embedded: Type.Boolean({ description: 'Run by this process; else a server.' }),
  bytes: Type.Integer({ description: 'On disk.' }),
});
const System = Type.Object({
  version: Type.String(),
  at: Moment,
  checks: mapOf(Type.Intersect([Type.Object({ ok: Type.Boolean() }), mapOf(Type.Unknown())]), {
    description: 'What readiness asks, by name; beside `ok` figures or a sentence.',
  }),
  engines: Type.Object({
    postgres: Engine,
    clickhouse: Type.Object({
      ...Engine.properties,
      tables: Type.Array(Type.Object({ table: Type.String(), rows: Type.Integer(), bytes: Type.Integer() }), {
        description: 'The largest first.',
      }),
    }),
  }),
  retention: Type.Object({
    logHours: Type.Integer({ description: 'For which the log keeps processed events, to replay them.' }),
    logBytesMax: Type.Integer({ description: 'Beyond which its oldest processed parts are dropped.' }),
    dedupeDays: Type.Integer({ description: 'For which a messageId is remembered.' }),
    quarantineDays: Type.Integer({ description: 'For which refused events are kept.' }),
  }),
});

/** How the engines are doing, and what is kept how long. */
export async function systemRoutes(app: AdminApp, parts: AdminParts): Promise<void> {
  app.get(
    '/api/v1/system',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags: ['system'],
        summary: 'How the engines are doing, what they hold, and what is kept how long',
        response: { 200: System },
      },
    },
    async () => {
      const { system, version } = parts;
      const [checks, { state, events }] = await Promise.all([system.checks(), system.sizes()]);
      return {
        ...{ version, at: new Date().toISOString(), checks: { ...checks }, retention: system.retention },
        engines: {
          postgres: { embedded: system.embedded.postgres, bytes: state },
          clickhouse: {
            embedded: system.embedded.clickhouse,
            bytes: events.reduce((sum, { bytes }) => sum + bytes, 0),
            tables: [...events],
          },
        },
      };
    },
  );
}
