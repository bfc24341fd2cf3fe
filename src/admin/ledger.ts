import { Type } from 'typebox';
import { readLedger } from '../stores/state/ledger.js';
import type { AdminApp, AdminParts } from './admin-parts.js';

const tally = {
  received: Type.Integer({ description: 'Events written to the log.' }),
  processed: Type.Integer(),
  duplicate: Type.Integer(),
  rejected: Type.Record(Type.String(), Type.Integer(), { description: 'By code.' }),
  pending: Type.Integer({ description: 'In the log, not processed yet.' }),
};

/** The books. */
export async function ledgerRoutes(app: AdminApp, { pool }: AdminParts): Promise<void> {
  app.get(
    '/api/v1/ledger',
    {
      config: { access: { personal: 'none' } },
      schema: {
        tags: ['ledger'],
        summary: 'What came in, and what became of it',
        description: 'Always balances: received = processed + duplicate + all rejected + pending.',
        response: {
          200: Type.Object({
            total: Type.Object(tally),
            sources: Type.Array(Type.Object({ sourceId: Type.String(), ...tally })),
          }),
        },
      },
    },
    async () => {
      const { total, sources } = await readLedger(pool);
      return { total, sources: [...sources] };
    },
  );
}
