/** Telling of suppressions, where the log fails, or the process between two of its steps: on a real PostgreSQL. */
import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { RulesWatch } from '../../src/admin/rules-in-force.js';
import { watchRules } from '../../src/admin/rules-in-force.js';
import { Suppressing } from '../../src/admin/suppressing.js';
import { TributaryError } from '../../src/core/errors.js';
import type { JsonObject } from '../../src/core/json.js';
import { openPool } from '../../src/engines/postgres.js';
import { migrate } from '../../src/stores/migrate.js';
import { Sources } from '../../src/stores/state/sources.js';
import type { NewSuppression } from '../../src/stores/state/suppressions.js';
import { Suppressions } from '../../src/stores/state/suppressions.js';
import type { FreshStores } from '../support/fresh-stores.js';
import { startFreshStores } from '../support/fresh-stores.js';

let stores: FreshStores;
let pool: Pool;
let rules: RulesWatch;
let suppressions: Suppressions;
beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'test', max: 4 });
  await migrate(pool, stores.clickhouse);
  rules = await watchRules(pool);
  suppressions = new Suppressions(pool);
});
afterAll(async () => {
  rules?.stop();
  await pool?.end();
  await stores?.remove();
});
beforeEach(() => pool.query('TRUNCATE suppression, suppression_outbox'));

/** One that appends to `log` as `append` lets it. */
function suppressing(log: JsonObject[], append: (write: () => void) => void): Suppressing {
  return new Suppressing({
    ...{ pool, suppressions, sources: new Sources(pool), rulesInForce: () => rules.read() },
    async appendOwn(_source, calls) {
      append(() => void log.push(...calls));
      return 'receipt';
    },
  });
}
const down = () => {
  throw new TributaryError('log_unavailable', 'The log cannot be written now.');
};
const ann: NewSuppression = {
  ...{ kind: 'email', value: 'ann@example.com', channel: 'email', reason: 'unsubscribed' },
  ...{ purposes: ['mail'], source: 'test', proof: null },
};

test('what cannot be told holds all the same, and is told later', async () => {
  const log: JsonObject[] = [];
  expect(await suppressing(log, down).suppress([ann])).toBe(1);
  expect([...(await suppressions.suppressedAmong('email', [ann])).keys()]).toEqual([
    'email\nann@example.com',
  ]);
  await expect(suppressing(log, down).tell()).rejects.toThrow('The log cannot be written now');
  const later = suppressing(log, (write) => write());
  await Promise.all([later.tell(), later.tell(), later.tell()]);
  expect(log).toMatchObject([
    {
      ...{ type: 'track', event: 'Unsubscribed', properties: { channel: 'email' } },
      context: { traits: { email: 'ann@example.com' }, consent: { purposes: { mail: false } } },
    },
  ]);
});

test('what was told just before a crash is told once more, as the same message', async () => {
  const log: JsonObject[] = [];
  await suppressing(log, (write) => {
    write();
    down();
  }).suppress([ann]);
  await suppressing(log, (write) => write()).tell();
  expect(log).toHaveLength(2);
  expect(log[1]).toEqual(log[0]);
  expect(await suppressions.untold(10)).toEqual([]);
});

test('many who add the same at once make one entry, and tell it once', async () => {
  const log: JsonObject[] = [];
  const others = Array.from({ length: 50 }, (_, n) => ({ ...ann, value: `p${n}@example.com` }));
  const adding = Array.from({ length: 6 }, (_, n) =>
    suppressing(log, (write) => write()).suppress(n % 2 === 0 ? others : [...others].reverse()),
  );
  expect((await Promise.all(adding)).reduce((sum, added) => sum + added, 0)).toBe(50);
  await suppressing(log, (write) => write()).tell();
  expect(new Set(log.map(({ messageId }) => messageId)).size).toBe(50);
});
