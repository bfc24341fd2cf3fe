/**
 * Segments of real people: a preview by SQL, and what the pipeline kept, each against an answer computed here from the file. One
 * segment is made before its file is imported, so that it is kept up to date event by event; the other after, so that it is filled from history.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ADMIN_TOKEN, RunningServer } from '../harness/running-server.js';

const ROOT = new URL('../../', import.meta.url);
const MAIN = fileURLToPath(new URL('dist/main.js', ROOT));
const CDNOW = new URL('../shared/data/cdnow/', ROOT);
const JOURNEY = new URL('../shared/data/completejourney/', ROOT);
const TEST_MS_MAX = 150_000;
const DAY_MS = 86_400_000;

let server: RunningServer;
beforeAll(async () => {
  server = await RunningServer.start();
});
afterAll(() => server?.remove());

function importFile(file: URL, mapping: string): Promise<string> {
  const env = { ...process.env, TRIBUTARY_URL: server.url, TRIBUTARY_ADMIN_TOKEN: ADMIN_TOKEN };
  const path = fileURLToPath(new URL(`docs/examples/${mapping}.mapping.json`, ROOT));
  const args = [MAIN, 'import', fileURLToPath(file), '--mapping', path, '--source', mapping];
  const child = spawn(process.execPath, args, { env });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (output += text));
  return new Promise((resolve) => child.once('close', () => resolve(output)));
}

const create = (id: string, text: string) => server.admin('/segments', { id, name: id, text }, 'POST');
const preview = (text: string) => server.admin<{ size: number }>('/segments/preview', { text }, 'POST');

/** userIds of a segment's members, when its backfill is done. */
async function membersOf(id: string): Promise<string[]> {
  for (;;) {
    const { status } = await server.admin<{ status: string }>(`/segments/${id}`);
    if (status === 'live') break;
    expect(['pending', 'backfilling']).toContain(status);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const members: string[] = [];
  for (let cursor: string | null = ''; cursor !== null; ) {
    const page: {
      data: Array<{ identifiers: Array<{ kind: string; value: string }> }>;
      nextCursor: string | null;
    } = await server.admin(`/segments/${id}/members?limit=500${cursor === '' ? '' : `&cursor=${cursor}`}`);
    for (const { identifiers } of page.data)
      members.push(...identifiers.filter(({ kind }) => kind === 'user_id').map(({ value }) => value));
    cursor = page.nextCursor;
  }
  return members.sort();
}

const skipped = (data: URL) => (existsSync(data) ? '' : ` (skipped: ${data.pathname} is missing)`);

describe('CDNOW', () => {
  test.skipIf(!existsSync(CDNOW))(
    `three or more purchases within any 30 days, and none in the last 90, as of 1998-03-01${skipped(CDNOW)}`,
    async () => {
      const text = `sequence ("Order Completed" then "Order Completed" then "Order Completed") within 30 days until 1998-03-01
        and not did "Order Completed" between 1997-12-01 and 1998-03-01`;
      await create('live', text);
      const file = new URL('CDNOW_master.txt', CDNOW);
      expect(await importFile(file, 'cdnow')).toContain('Done: 69659 rows');
      await server.settled();
      await create('filled', text);

      const asOf = Date.UTC(1998, 2, 1);
      const purchases = new Map<string, number[]>();
      for (const line of (await readFile(file, 'utf8')).split('\n').slice(1)) {
        const [customer, date = ''] = line.trim().split(/\s+/);
        if (customer === undefined || customer === '') continue;
        const at = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6, 8)));
        if (at < asOf)
          purchases.set(`cdnow-${customer}`, [...(purchases.get(`cdnow-${customer}`) ?? []), at]);
      }
      const expected: string[] = [];
      for (const [customer, times] of purchases) {
        times.sort((a, b) => a - b);
        const often = times.some((at, index) => ((times[index + 2] ?? Number.NaN) - at) / DAY_MS <= 30);
        if (often && !times.some((at) => at >= asOf - 90 * DAY_MS)) expected.push(customer);
      }
      expect(expected.length).toBeGreaterThan(100);
      expect((await preview(text)).size).toBe(expected.length);
      expect(await membersOf('live')).toEqual(expected.sort());
      expect(await membersOf('filled')).toEqual(expected);
    },
    TEST_MS_MAX,
  );
});

describe('Complete Journey', () => {
  test.skipIf(!existsSync(JOURNEY))(
    `redeemed a coupon of campaign 18 and is 45-54${skipped(JOURNEY)}`,
    async () => {
      const text =
        'did "Coupon Redeemed" where properties.campaign_id = "18" at least 1 times and age = "45-54"';
      const [coupons, demographics] = ['coupon_redemptions.csv', 'demographics.csv'].map(
        (name) => new URL(name, JOURNEY),
      ) as [URL, URL];
      await create('redeemed', text);
      expect(await importFile(coupons, 'completejourney-coupons')).toContain('Done: 2102 rows');
      expect(await importFile(demographics, 'completejourney-demographics')).toContain('Done: 801 rows');
      await server.settled();

      const rowsOf = async (file: URL) =>
        (await readFile(file, 'utf8'))
          .trim()
          .split('\n')
          .slice(1)
          .map((line) => line.split(','));
      const aged = new Set(
        (await rowsOf(demographics)).filter(([, age]) => age === '45-54').map(([id]) => id),
      );
      const redeemed = (await rowsOf(coupons))
        .filter(([, , campaign]) => campaign === '18')
        .map(([id]) => id);
      const expected = [...new Set(redeemed.filter((id) => aged.has(id)))]
        .map((id) => `household-${id}`)
        .sort();
      expect(expected.length).toBeGreaterThan(10);
      expect((await preview(text)).size).toBe(expected.length);
      expect(await membersOf('redeemed')).toEqual(expected);
    },
    TEST_MS_MAX,
  );
});
