/** The console as people use it: a real browser, a real server. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.js';
import {
  createOwner,
  OWNER,
  openConsole,
  seriousFaults,
  signIn,
  type Watched,
} from '../harness/console-page.js';
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
  await signIn(page, { ...OWNER, password: 'not the password' });
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

test('what fails says what to do until there is an answer, also while it is asked again', async () => {
  const other = await context.newPage();
  await other.clock.install();
  let isHeld = false;
  await other.route('**/api/v1/ledger', async (route) => {
    if (!isHeld) await route.fulfill({ status: 500, json: { code: 'internal', title: 'An error of ours' } });
  });
  await other.goto('/');
  const advice = other.getByRole('alert').getByText('look whether the stores answer');
  const passes = async (ms: number) => {
    await other.clock.runFor(ms);
    return advice.isVisible();
  };
  await expect.poll(() => passes(1_000)).toBe(true);
  isHeld = true;
  const again = other.waitForRequest('**/api/v1/ledger');
  expect(await passes(3_000)).toBe(true);
  await again;
  expect(await passes(100)).toBe(true);
  await other.close();
});

test('nothing went wrong unseen, and nothing left the machine', async () => {
  expect(watched).toEqual({ errors: [], elsewhere: [] });
  await context.close();
});
