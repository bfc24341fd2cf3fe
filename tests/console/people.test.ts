/** People, accounts and identity in the console: found, explained, taken apart and joined, with rules tried out. A real browser, a real server. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.js';
import {
  createOwner,
  openConsole,
  seriousFaultsInBoth,
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
  const { writeKey } = await server.source('Web shop', 'web');
  const ann = { userId: 'ann-1', anonymousId: 'laptop-1' };
  const bea = { userId: 'bea-1', anonymousId: 'phone-1' };
  const batch = [
    { type: 'page', name: 'Home', anonymousId: 'laptop-1', properties: { path: '/' } },
    {
      type: 'identify',
      ...ann,
      traits: { email: 'ann@river.example', name: 'Ann Mill', birthday: '1990-04-01', plan: 'pro' },
    },
    { type: 'track', event: 'Order Completed', ...ann, properties: { order_id: 'R-1', total: 99 } },
    { type: 'group', ...ann, groupId: 'acme', traits: { name: 'Acme Boats' } },
    {
      type: 'identify',
      ...bea,
      traits: { email: 'ann@lake.example', name: 'Ann Mill', birthday: '1990-04-01', plan: 'free' },
    },
    { type: 'identify', userId: 'cid-1', traits: { phone: '+4930901820', plan: 'free' } },
    { type: 'identify', ...ann, traits: { phone: '+4930901820' } },
  ];
  expect((await server.send(writeKey, 'batch', { batch })).status).toBe(200);
  await server.settled();
  ({ context, page, watched } = await openConsole(browser, server));
  await createOwner(page);
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

const opened = (name: string) => page.getByRole('heading', { name, level: 1 }).waitFor();

test('a person is found by how an identifier begins, and the address keeps the search', async () => {
  await page.goto('/people');
  await page.getByText('cid-1').first().waitFor();
  await page.getByLabel('Search people').fill('ann@r');
  await page.getByText('1 person found').waitFor();
  expect(new URL(page.url()).search).toBe('?q=ann%40r');
  await page.reload();
  await page.getByText('1 person found').waitFor();
  await page.getByRole('row', { name: /Ann Mill/ }).press('Enter');
  await opened('Ann Mill');
  await page.getByText('Perhaps the same person').waitFor();
});

test('from anywhere, the palette finds people too', async () => {
  await page.keyboard.press('Control+k');
  await page.getByLabel('Search or jump to').fill('cid-1');
  await page.getByRole('button', { name: /cid-1/ }).waitFor();
  await page.keyboard.press('Enter');
  await opened('cid-1');
});

test('the timeline opens events and is filtered by the address', async () => {
  await page.goto('/people/user_id:ann-1?tab=timeline&event=Order%20Completed');
  await page.getByRole('button', { name: /Order Completed/ }).click();
  await page.getByLabel('event', { exact: true }).getByText('"R-1"').waitFor();
  expect(
    await page.getByRole('region', { name: 'Events' }).getByRole('button', { expanded: false }).count(),
  ).toBe(0);
});

test('why two identifiers are one person is read, undone with a preview, and joined again', async () => {
  await page.goto('/people/user_id:ann-1?tab=identity');
  const graph = page.getByRole('region', { name: 'Identity graph' });
  await graph.getByRole('button', { name: /laptop-1/ }).click();
  await graph.getByRole('button', { name: /ann@river/ }).click();
  await page.getByText(/anonymous_id laptop-1 and user_id ann-1 came in one event/).waitFor();
  await page.getByRole('button', { name: 'Undo this link…' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Take this person apart' });
  await dialog.getByText('Person 2').waitFor();
  await dialog.getByRole('button', { name: 'Make 2 people of 1' }).click();
  await page.getByText(/Taken apart\.|It is on its way/).waitFor();
  const devices = async () => {
    const { identifiers } = await server.admin<{ identifiers: Array<{ kind: string }> }>(
      '/profiles/user_id:ann-1',
    );
    return identifiers.filter(({ kind }) => kind === 'anonymous_id').length;
  };
  await expect.poll(devices, { timeout: 30_000 }).toBe(0);
  await page.getByRole('button', { name: 'Undo', exact: true }).click();
  await page.getByText('They are one person again.').waitFor();
  await expect.poll(devices, { timeout: 30_000 }).toBe(1);
});

test('suspected duplicates are compared and merged', async () => {
  await page.goto('/identity?tab=duplicates');
  await page.getByRole('button', { name: 'Compare' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Are they one person?' });
  await dialog.getByRole('row', { name: /plan/ }).getByText('differ').waitFor();
  await dialog.getByRole('button', { name: 'Make 1 person of 2' }).click();
  await page.getByText(/They are one person now\.|It is on its way/).waitFor();
  const ids = () =>
    Promise.all(
      ['ann-1', 'bea-1'].map(
        async (id) => (await server.admin<{ id: string }>(`/profiles/user_id:${id}`)).id,
      ),
    );
  await expect.poll(async () => new Set(await ids()).size, { timeout: 30_000 }).toBe(1);
});

test('other rules are simulated and applied, with the number of people', async () => {
  await page.goto('/identity');
  await page.getByRole('button', { name: /^phone/ }).click();
  await page.getByRole('combobox', { name: 'What it does' }).last().click();
  await page.getByRole('option', { name: 'Joins people who share it' }).click();
  await page.getByRole('button', { name: 'Simulate' }).click();
  await page.getByRole('status', { name: 'Simulation' }).getByText('stay as they are').waitFor();
  await page.getByRole('button', { name: 'Apply…' }).click();
  await page
    .getByRole('dialog', { name: 'Apply these rules' })
    .getByRole('button', { name: /^Change \d+ p/ })
    .click();
  await page.getByText('Version 1 is in force').waitFor();
});

test.each([
  '/people',
  '/people/user_id:ann-1',
  '/people/user_id:ann-1?tab=timeline',
  '/people/user_id:ann-1?tab=identity',
  '/accounts/acme',
  '/identity',
  '/identity?tab=refused',
])('axe finds nothing serious on %s, light and dark', async (path) => {
  await page.goto(path, { waitUntil: 'networkidle' });
  expect(await seriousFaultsInBoth(page)).toEqual([]);
});

describe('somebody without the right to see personal data', () => {
  test('finds people by whole identifiers, is shown none of it, and may not change anybody', async () => {
    const viewer = { name: 'Vic', email: 'vic@shop.example', password: 'still waters run' };
    await server.admin('/users', { ...viewer, role: 'viewer', personalData: false });
    const window = await openConsole(browser, server);
    await window.page.goto('/people?q=cid-1');
    await signIn(window.page, viewer);
    await window.page.getByText('1 person found').waitFor();
    await window.page.getByRole('row', { name: /Visitor/ }).click();
    await window.page.getByRole('tab', { name: 'Identity' }).click();
    await window.page.getByText('The picture needs values').waitFor();
    expect(await window.page.locator('body').textContent()).not.toMatch(/4930901820|cid-1/);
    await window.page.getByRole('button', { name: 'Actions' }).click();
    await window.page.getByText('Changing people is for editors.').waitFor();
    expect(window.watched).toEqual({ errors: [], elsewhere: [] });
    await window.context.close();
  });
});

test('nothing went wrong unseen, and nothing left the machine', async () => {
  expect(watched).toEqual({ errors: [], elsewhere: [] });
  await context.close();
});
