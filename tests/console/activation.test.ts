/** The way out as people use it: a tool is connected, something is sent, what failed is sent again; and who may do that. */
import { generateKeyPairSync } from 'node:crypto';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.js';
import {
  createOwner,
  openConsole,
  seriousFaults,
  seriousFaultsInBoth,
  signIn,
  type Watched,
} from '../harness/console-page.js';
import { RunningServer, type TestSource } from '../harness/running-server.js';
import { openTool, SENDS_TO_LOOPBACK, setActivationScene, VIEWER } from './activation-scene.js';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let watched: Watched;
let source: TestSource;
let isMended = false;
let tool: Awaited<ReturnType<typeof openTool>>;
beforeAll(async () => {
  tool = await openTool((body) => !isMended && body.includes('"total":13'));
  [server, browser] = await Promise.all([RunningServer.start(SENDS_TO_LOOPBACK), launchBrowser()]);
  ({ context, page, watched } = await openConsole(browser, server));
  await createOwner(page);
  source = await server.admin<TestSource>('/sources', { name: 'Web', kind: 'web' });
  await order('first', 12);
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
  tool?.close();
});

async function order(messageId: string, total: number): Promise<void> {
  const sent = await fetch(`${server.url}/v1/track`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Basic ${btoa(`${source.writeKey}:`)}` },
    body: JSON.stringify({ messageId, userId: '42', event: 'Order Completed', properties: { total } }),
  });
  expect(sent.status).toBe(200);
  await server.settled();
}

test('a tool is set up by what it asks for, closed until consent is spoken of, and tried', async () => {
  await page.goto('/destinations');
  await page.getByRole('link', { name: 'Connect a webhook' }).click();
  await page.getByLabel('Address').fill(tool.url);
  const create = page.getByRole('button', { name: 'Create destination' });
  expect(await create.isDisabled()).toBe(true);
  await page.getByText('No consent needed').click();
  await page.getByLabel('Why is no consent needed?').fill('Orders are part of the contract.');
  await create.click();
  await page.getByRole('heading', { name: 'Webhook', exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Test the connection' }).click();
  await page.getByText('The tool takes these settings').waitFor();
  expect(tool.bodies).toEqual(['{"type":"tributary.test"}']);
});

test('a connection is written beside the exact request, and then sends it', async () => {
  await page.getByRole('tab', { name: 'Connections' }).click();
  await page.getByRole('link', { name: 'Add connection' }).click();
  await page.getByRole('textbox', { name: 'Events' }).fill('"Order Completed"');
  const path = page.getByRole('combobox', { name: 'Body: From the event' });
  await path.fill('$.properties');
  await page.getByRole('option', { name: '$.properties.total' }).waitFor();
  await page.keyboard.press('Escape');
  const request = page.getByLabel('request', { exact: true });
  await request.filter({ hasText: '{\n  "total": 12\n}' }).waitFor();
  await page.getByRole('textbox', { name: 'Name' }).fill('Orders');
  await page.getByRole('button', { name: 'Create connection' }).click();
  await page.getByRole('heading', { name: 'Orders' }).waitFor();
  await page.getByRole('combobox', { name: 'How Body is filled' }).click();
  await page.getByRole('option', { name: 'Field by field' }).click();
  await page.getByLabel('Name of another field of Body').fill('total');
  await page.getByRole('button', { name: 'Add a field' }).click();
  await request.filter({ hasText: '{\n  "total": 12\n}' }).waitFor();
  await page.getByRole('button', { name: 'Save as version 2' }).click();
  await page.getByRole('button', { name: 'Save as version 3' }).waitFor();
  await order('second', 14);
  await page.getByRole('link', { name: 'Its deliveries' }).click();
  await page.getByRole('row').filter({ hasText: 'delivered' }).click();
  await page.getByText('version 2').waitFor();
  await page.getByText('Attempt 1').waitFor();
  await page.getByText('Webhook (this one)').waitFor();
  expect(tool.bodies.at(-1)).toBe('{"total":14}');
});

test('what a tool refused lies among the dead letters, and is sent again when all of them are', async () => {
  await order('third', 13);
  await page.getByRole('link', { name: 'Webhook', exact: true }).click();
  await page.getByRole('link', { name: /^1\s*dead$/ }).waitFor();
  await page.getByRole('tab', { name: 'Dead letters' }).click();
  await page.getByRole('row').filter({ hasText: 'Answered 422' }).waitFor();
  isMended = true;
  await page.getByRole('button', { name: 'Try all again' }).click();
  await page.getByText('1 deliveries that match').waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Try all again' }).click();
  await page.getByRole('tab', { name: 'Overview' }).click();
  await page.getByRole('link', { name: /^2\s*delivered$/ }).waitFor();
  expect(tool.bodies.slice(-2)).toEqual(['{"total":13}', '{"total":13}']);
});

test('a segment is written out by a plan, and at once when somebody asks', async () => {
  await server.admin('/segments', { id: 'all', name: 'All who bought', text: 'did "Order Completed"' });
  const { id } = await server.admin<{ id: string }>('/destinations', {
    ...{ name: 'Files', kind: 'files', settings: {}, consentNotRequired: 'Our own warehouse.' },
  });
  await page.goto(`/destinations/${id}/connect`);
  await page.getByText('Snapshots', { exact: true }).click();
  await page.getByRole('combobox', { name: 'Segment' }).fill('All who');
  await page.getByRole('option', { name: 'All who bought' }).click();
  await page.getByRole('textbox', { name: 'When' }).fill('0 25 * * *');
  await page.getByRole('textbox', { name: 'Name', exact: true }).first().fill('Everybody');
  await page.getByRole('button', { name: 'Create connection' }).click();
  // The dry run says it, too.
  await page.getByRole('paragraph').filter({ hasText: 'must be five fields' }).waitFor();
  await page.getByRole('textbox', { name: 'When' }).fill('0 5 * * 1-5');
  await page.getByRole('button', { name: 'Create connection' }).click();
  await page.getByText('None was taken yet.').waitFor();
  await page.getByRole('button', { name: 'Take one now' }).click();
  const row = page.getByRole('table', { name: 'Snapshots' }).getByRole('row').filter({ hasText: 'complete' });
  await row.waitFor();
  expect((await row.getByRole('cell').allTextContents()).slice(1, 8)).toEqual([
    'complete',
    'all',
    '1',
    '1',
    '0',
    '0',
    '0',
  ]);
});

test('a token is shown once, and the audit tells who made what of it', async () => {
  await page.goto('/settings?tab=tokens');
  await page.getByRole('button', { name: 'New token' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill('export');
  await page.getByRole('button', { name: 'Make the token' }).click();
  const token = await page.getByLabel('token', { exact: true }).textContent();
  const asked = await fetch(`${server.url}/api/v1/ledger`, { headers: { authorization: `Bearer ${token}` } });
  expect(asked.status).toBe(200);
  await page.getByRole('button', { name: 'I have it' }).click();
  await page.getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByText('No tokens yet').waitFor();
  await page.getByRole('tab', { name: 'Audit' }).click();
  await page.getByLabel('Search the audit').fill('Order');
  await page.waitForURL('**/settings?tab=audit&text=Order');
  await page.getByRole('row').filter({ hasText: 'POST /connections' }).click();
  await page.getByRole('table', { name: 'What changed' }).waitFor();
});

test('an alert rule is made of its fields, switched off, made again like it was, changed, and deleted', async () => {
  await page.goto('/alerts');
  await page.getByText('No alert rules yet').waitFor();
  await page.getByRole('button', { name: 'New alert rule' }).click();
  const form = page.getByRole('dialog', { name: 'New alert rule' });
  await form.getByRole('textbox', { name: 'Name' }).fill('Much waits');
  await form.getByRole('combobox', { name: 'What is looked at' }).click();
  await page.getByRole('option', { name: 'How many deliveries wait' }).click();
  expect(await form.getByLabel('Of the last minutes').count()).toBe(0);
  await form.getByLabel('Fires above').fill('1000');
  await form.getByLabel('Address').fill(tool.url);
  await form.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('row', { name: 'More than 1,000 deliveries wait' }).click();
  const rule = page.getByRole('dialog', { name: 'Much waits', exact: true });
  await rule.getByRole('switch', { name: 'Look, and tell' }).click();
  await rule.getByText('off', { exact: true }).waitFor();
  const read = async () => (await server.admin<{ data: object[] }>('/alert-rules')).data;
  const made = { name: 'Much waits', measure: 'backlog', above: 1000, url: tool.url };
  expect(await read()).toMatchObject([{ ...made, enabled: false }]);
  await rule.getByRole('button', { name: 'Make another like it' }).click();
  await form.getByRole('button', { name: 'Create' }).click();
  await form.waitFor({ state: 'hidden' });
  expect(await read()).toMatchObject([{ enabled: false }, { ...made, enabled: true }]);
  await page.getByRole('row', { name: 'Much waits' }).first().click();
  await rule.getByRole('button', { name: 'Change' }).click();
  const change = page.getByRole('dialog', { name: 'Change Much waits' });
  await change.getByLabel('Fires above').fill('2000');
  await change.getByRole('button', { name: 'Save' }).click();
  await change.waitFor({ state: 'hidden' });
  expect(await read()).toMatchObject([{ ...made, above: 2000, enabled: false }, made]);
  await page.getByRole('row', { name: 'More than 2,000 deliveries wait' }).click();
  await rule.getByRole('button', { name: 'Delete' }).click();
  await page
    .getByRole('dialog', { name: 'Delete Much waits?' })
    .getByRole('button', { name: 'Delete' })
    .click();
  await rule.waitFor({ state: 'hidden' });
  expect(await read()).toMatchObject([{ ...made, enabled: true }]);
});

test('an alert rule about a source asks for the source, and says when it fires', async () => {
  await page.goto('/alerts');
  await page.getByRole('button', { name: 'New alert rule' }).click();
  const form = page.getByRole('dialog', { name: 'New alert rule' });
  await form.getByRole('textbox', { name: 'Name' }).fill('The web is silent');
  await form.getByRole('combobox', { name: 'What is looked at' }).click();
  await page.getByRole('option', { name: 'How long a source sends nothing' }).click();
  await form.getByLabel('Address').fill(tool.url);
  expect(await form.getByLabel('Destination').count()).toBe(0);
  expect(await form.getByRole('button', { name: 'Create' }).isDisabled()).toBe(true);
  await form.getByRole('combobox', { name: 'Source' }).click();
  await page.getByRole('option', { name: 'Web', exact: true }).click();
  await form.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('row', { name: 'Nothing comes in for 1 hour' }).click();
  const rule = page.getByRole('dialog', { name: 'The web is silent', exact: true });
  await rule.getByRole('link', { name: 'Web', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: 'Web', exact: true }).waitFor();
});

test('a key keeps its lines when it is pasted, stays while nothing is typed, and goes when it is taken away', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  await page.goto('/destinations/new/email');
  const input = (name: string) => page.getByRole('textbox', { name, exact: true });
  expect(await input('DKIM private key').count()).toBe(0);
  await input('Mail server').fill('mail.shop.example');
  await input('Sender').fill('shop@shop.example');
  await input('DKIM domain').fill('shop.example');
  await input('DKIM selector').fill('news');
  await input('DKIM private key').fill(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  await page.getByText('No consent needed').click();
  await page.getByLabel('Why is no consent needed?').fill('Receipts are part of the contract.');
  await page.getByRole('button', { name: 'Create destination' }).click();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await input('DKIM private key').fill('x');
  await input('DKIM private key').fill('');
  const password = page.getByLabel('Password', { exact: true });
  await password.fill('of the mailbox');
  await save();
  await page.getByRole('button', { name: 'Remove Password' }).click();
  expect(await held()).toMatchObject({ dkimSelector: 'news', dkimPrivateKey: { set: true } });
  expect(await seriousFaults(page)).toEqual([]);
  await page.getByRole('button', { name: 'Remove DKIM private key' }).click();
  await input('DKIM domain').fill('');
  await input('DKIM selector').fill('');
  await save();
  expect(Object.keys(await held()).filter((name) => name.startsWith('dkim'))).toEqual([]);
  await page.getByRole('button', { name: 'Keep Password' }).waitFor({ state: 'hidden' });
  expect(await password.getAttribute('placeholder')).toBe('');

  async function save(): Promise<void> {
    const answered = page.waitForResponse((response) => response.request().method() === 'PATCH');
    await page.getByRole('button', { name: 'Save' }).click();
    expect((await answered).status()).toBe(200);
  }
  async function held(): Promise<object> {
    const id = /destinations\/([^?]+)/.exec(page.url())?.[1];
    return (await server.admin<{ settings: object }>(`/destinations/${id}`)).settings;
  }
});

test('axe finds nothing serious on any page, in light and in dark', async () => {
  await setActivationScene(server, tool.url);
  const { data: destinations } = await server.admin<{ data: Array<{ id: string }> }>('/destinations');
  const { data: connections } = await server.admin<{ data: Array<{ id: string }> }>('/connections');
  const { data: deliveries } = await server.admin<{ data: Array<{ key: string }> }>('/deliveries');
  const destination = `/destinations/${destinations[0]?.id}`;
  const paths = [
    ...['/destinations', '/destinations/catalogue?q=goog', '/destinations/new/library%2Fbraze'],
    ...[destination, `${destination}?tab=dead`, `${destination}?tab=settings`],
    ...connections.slice(0, 2).map(({ id }) => `/connections/${id}`),
    ...['/deliveries', `/deliveries/${deliveries[0]?.key}`],
    ...['/coupons', '/consent', '/suppressions', '/alerts'],
    ...['users', 'tokens', 'audit', 'system', 'you'].map((tab) => `/settings?tab=${tab}`),
  ];
  const faults: string[] = [];
  for (const path of paths) {
    await page.goto(path);
    // A colour on its way to another is none of the page.
    await page.addStyleTag({ content: '* { transition: none !important }' });
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.getByRole('status', { name: 'Loading' }).first().waitFor({ state: 'detached' });
    faults.push(...(await seriousFaultsInBoth(page)).map((fault) => `${path} ${fault}`));
  }
  expect(faults).toEqual([]);
});

test('who may only look, and not at personal data, sees what happened and nothing of whom', async () => {
  const { data } = await server.admin<{ data: Array<{ key: string }> }>('/deliveries?messageId=second');
  const viewer = await openConsole(browser, server);
  await viewer.page.goto(`/deliveries/${data[0]?.key}`);
  await signIn(viewer.page, VIEWER);
  const request = viewer.page.getByLabel('request', { exact: true });
  await request.getByText('•••').first().waitFor();
  expect(await viewer.page.locator('main').textContent()).not.toContain('"total"');
  await viewer.page.getByRole('link', { name: 'Webhook', exact: true }).click();
  await viewer.page.getByRole('tab', { name: 'Settings' }).click();
  await viewer.page.getByText('Your role may look only').waitFor();
  expect(await viewer.page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
  expect(viewer.watched).toEqual({ errors: [], elsewhere: [] });
  await viewer.context.close();
});

test('nothing went wrong unseen, and nothing left the machine', async () => {
  expect(watched).toEqual({ errors: [], elsewhere: [] });
  await context.close();
});
