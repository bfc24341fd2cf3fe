/** Real data of a grocer: what households bought and what is known of them, from two files, meet in one profile each. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ADMIN_TOKEN, RunningServer } from '../harness/running-server.js';

const ROOT = new URL('../../', import.meta.url);
const DATA = new URL('../shared/data/completejourney/', ROOT);
const MAIN = fileURLToPath(new URL('dist/main.js', ROOT));
const missing = !existsSync(DATA);
const TEST_MS_MAX = 120_000;

let server: RunningServer;
beforeAll(async () => {
  server = await RunningServer.start();
});
afterAll(() => server?.remove());

/** Imports a file by the command line: what it printed. */
function importFile(file: string, mapping: string): Promise<string> {
  const env = { ...process.env, TRIBUTARY_URL: server.url, TRIBUTARY_ADMIN_TOKEN: ADMIN_TOKEN };
  const args = [
    new URL(file, DATA),
    '--mapping',
    new URL(`docs/examples/${mapping}.mapping.json`, ROOT),
    '--source',
    mapping,
  ];
  const plain = args.map((arg) => (arg instanceof URL ? fileURLToPath(arg) : arg));
  const child = spawn(process.execPath, [MAIN, 'import', ...plain], { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}

test.skipIf(missing)(
  `purchases and demographics are one profile a household, and repeated demographics change nothing${missing ? ` (skipped: ${DATA.pathname} is missing)` : ''}`,
  async () => {
    const demographics = async () => {
      expect(await importFile('demographics.csv', 'completejourney-demographics')).toContain(
        'Done: 801 rows read, 0 of',
      );
      await server.settled();
    };
    const household = () => server.admin<Record<string, unknown>>('/profiles/user_id:household-1');
    expect(await importFile('transactions_sample.csv', 'completejourney-transactions')).toContain(
      'Done: 75000 rows',
    );
    await demographics();
    const once = await household();
    expect(once).toMatchObject({
      identifiers: [{ kind: 'user_id', value: 'household-1' }],
      traits: { age: '65+', income: '35-49K', household_size: '2' },
      eventCounts: { byName: { identify: 1, 'Product Purchased': expect.any(Number) } },
    });
    await demographics();
    expect(await household()).toEqual(once);
  },
  TEST_MS_MAX,
);
