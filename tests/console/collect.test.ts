/** What comes in, as people see it: live, its way through the pipeline, the quarantine, imports. A real browser, a real server. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.js';
import { createOwner, openConsole, seriousFaults, type Watched } from '../harness/console-page.js';
import { RunningServer } from '../harness/running-server.js';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let watched: Watched;
let writeKey: string;
beforeAll(async () => {
  [server, browser] = await Promise.all([RunningServer.start(), launchBrowser()]);
  ({ context, page, watched } = await openConsole(browser, server));
  await createOwner(page);
  ({ writeKey } = await server.admin<{ writeKey: string }>('/sources', { name: 'Web shop', kind: 'web' }));
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

async function send(...batch: object[]): Promise<void> {
  const answer = await fetch(`${server.url}/v1/batch`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ batch }),
  });
  expect(answer.status).toBe(200);
}

test('an event appears the moment it comes in, waits while paused, and tells its way', async () => {
  await page.goto('/live');
  await page.getByRole('heading', { name: 'Nothing has come in yet' }).waitFor();
  await page.getByRole('status').getByText('live').waitFor();
  await send({ type: 'track', userId: 'ann', event: 'Order Completed', messageId: 'order-1' });
  await page.getByRole('cell', { name: 'Order Completed' }).waitFor();
  await page.getByRole('button', { name: 'Pause' }).click();
  await send(
    { type: 'track', userId: 'ann', event: 'Cart Viewed' },
    { type: 'track', userId: 'ann', event: '', messageId: 'nameless' },
  );
  await page.getByRole('button', { name: 'Resume (2 new)' }).click();
  await page.getByRole('cell', { name: 'Cart Viewed' }).waitFor();
  await page.getByLabel('Text', { exact: true }).fill('order-1');
  await page.getByRole('cell', { name: 'Cart Viewed' }).waitFor({ state: 'detached' });
  await page.getByRole('row', { name: /Order Completed/ }).press('Enter');
  const way = page.getByRole('dialog');
  await way.getByText('In the profile of').waitFor();
  await way.getByText('Nobody entered or left a segment by it.').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.goto('/live?verdict=refused&open=2&message=nameless');
  await page.getByRole('dialog').getByText('Refused: event name missing').waitFor();
});

test('a file is mapped, looked at and imported; its bad row is mended in the quarantine', async () => {
  await page.goto('/imports');
  await page.getByRole('heading', { name: 'Nothing was imported yet' }).waitFor();
  await page.getByRole('link', { name: 'New import' }).click();
  const lines = [
    'customer_id;email;ordered_at;total',
    'c1;ann@shop.example;03.02.2026;1.234,50',
    ';;04.02.2026;9,90',
  ];
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) });
  await page.getByText('1 of the first 2 rows would be refused').waitFor();
  await page.getByText('total: 1234.5').waitFor();
  expect(await page.getByLabel('What customer_id is').inputValue()).toBe('userId');
  expect(await page.getByLabel('Form of ordered_at').inputValue()).toBe('%d.%m.%Y');
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Import orders.csv' }).click();
  await page.getByText('Every row has been processed.').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('link', { name: 'See them, line by line' }).click();
  await page.getByRole('row', { name: /identifier missing/ }).click();
  const event = page.getByLabel('The event');
  await event.fill((await event.inputValue()).replace('{', '{"userId":"c2",'));
  await page.getByRole('button', { name: 'Send again' }).click();
  await page.getByRole('alert').getByText('Processed').or(page.getByText('Processed')).first().waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test.each(['/', '/quality', '/quality?tab=quarantine', '/live?form=raw', '/imports'])(
  'axe finds nothing serious on %s, and dark can be read',
  async (path) => {
    await page.goto(path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await expect.poll(() => page.getByLabel('Loading').count()).toBe(0);
    expect(await seriousFaults(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.reload();
    await expect.poll(() => page.getByLabel('Loading').count()).toBe(0);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await seriousFaults(page, ['color-contrast'])).toEqual([]);
    await page.emulateMedia({ colorScheme: 'light' });
  },
);

test('nothing went wrong unseen, and nothing left the machine', async () => {
  expect(watched).toEqual({ errors: [], elsewhere: [] });
  await context.close();
});
