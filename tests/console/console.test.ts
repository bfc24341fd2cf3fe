/** The console as people use it: a real browser, a real server. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.js';
import { createOwner, OWNER, openConsole, seriousFaults, type Watched } from '../harness/console-page.js';
import { RunningServer } from '../harness/running-server.js';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let watched: Watched;
beforeAll(async () => {
  [server, browser] = await Promise.all([RunningServer.start(), launchBrowser()]);
  ({ context, page, watched } = await openConsole(browser, server));
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

test('whoever comes first becomes the owner, and signs in again later', async () => {
  await createOwner(page);
  await page.getByRole('button', { name: `Account of ${OWNER.name}` }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await page.getByLabel('E-mail').fill(OWNER.email);
  await page.getByRole('textbox', { name: 'Password' }).fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('The e-mail address or the password is wrong.').waitFor();
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Home' }).waitFor();
});

test('a source is made, and its first event appears', async () => {
  await page.keyboard.press('g');
  await page.keyboard.press('s');
  await page.getByRole('button', { name: 'New source' }).first().click();
  await page.getByLabel('Name').fill('Web shop');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByRole('heading', { name: 'Web shop' }).waitFor();
  const snippet = await page
    .getByRole('tab', { name: 'curl' })
    .click()
    .then(() => page.getByLabel('curl snippet', { exact: true }).textContent());
  const [, writeKey] = /-u ([\w-]+):/.exec(snippet ?? '') ?? [];
  const sent = await fetch(`${server.url}/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${writeKey}:`)}` },
    body: JSON.stringify({ userId: '42', event: 'Order Completed' }),
  });
  expect(sent.status).toBe(200);
  const received = page.locator('div', { hasText: /^Processed1$/ });
  await received.first().waitFor();
});

test.each(['/', '/sources'])('axe finds nothing serious on %s', async (path) => {
  await page.goto(path, { waitUntil: 'networkidle' });
  expect(await seriousFaults(page)).toEqual([]);
});

test('nothing went wrong unseen, and nothing left the machine', async () => {
  expect(watched).toEqual({ errors: [], elsewhere: [] });
  await context.close();
});
