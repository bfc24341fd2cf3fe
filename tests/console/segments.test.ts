/** Segments, computed traits, insights, SQL and dashboards as people use them: a real browser, a real server with six people. */
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser } from '../harness/browser.js';
import {
  createOwner,
  openConsole,
  seriousFaults,
  seriousFaultsInBoth,
  type Watched,
} from '../harness/console-page.js';
import type { RunningServer } from '../harness/running-server.js';
import { SegmentsServer } from '../harness/segments-server.js';

const SEQUENCE = 'sequence ("Order Completed" then "Order Completed")';

let server: RunningServer;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let watched: Watched;
beforeAll(async () => {
  const [people, launched] = await Promise.all([SegmentsServer.start(), launchBrowser()]);
  [server, browser] = [people.server, launched];
  ({ context, page, watched } = await openConsole(browser, server));
  await createOwner(page);
});
afterAll(async () => {
  await browser?.close();
  await server?.remove();
});

// Not the list of suggestions, which has the same label.
const field = (label: string) => page.locator('input, textarea').and(page.getByLabel(label, { exact: true }));
const size = (people: number) =>
  page.getByRole('status', { name: 'Size of the segment' }).getByText(String(people), { exact: true });
const add = async (what: string) => {
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('menuitem', { name: what }).click();
};

test('a segment of three parts is put together, and tells whom it means on the way', async () => {
  await page.goto('/segments');
  await page.getByText('No segments yet').waitFor();
  await page.getByRole('link', { name: 'New segment' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Pro, and bought twice');
  await page.getByRole('button', { name: 'Trait', exact: true }).click();
  await field('Trait').fill('plan');
  await field('Value').fill('pro');
  await size(3).waitFor();
  await add('Behaviour');
  await field('Event').fill('Order Completed');
  await size(2).waitFor();
  await add('Sequence of events');
  await field('Step 1').fill('Order Completed');
  await field('Step 2').fill('Order Completed');
  await size(1).waitFor();
  const text = field('Definition as text');
  expect(await text.inputValue()).toBe(`plan = "pro" and did "Order Completed" and ${SEQUENCE}`);
});

test('the text draws the picture, and says what is wrong with it', async () => {
  const text = field('Definition as text');
  await text.fill('plan = "pro" or plan = "free"');
  await size(4).waitFor();
  expect(await field('Value').count()).toBe(2);
  expect(await page.getByRole('radio', { name: 'any of' }).isChecked()).toBe(true);
  await text.fill('plan = "pro" and');
  await page.getByText(/^Line 1, column/).waitFor();
  expect(await page.getByRole('button', { name: 'Create segment' }).isDisabled()).toBe(true);
  await text.fill(`plan = "pro" and ${SEQUENCE}`);
  await size(1).waitFor();
  // A link to what is written shows the same.
  await expect.poll(() => new URL(page.url()).searchParams.get('text')).toContain('sequence');
  await page.reload();
  await size(1).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('its page says who is in it, and why', async () => {
  await page.getByRole('button', { name: 'Create segment' }).click();
  await page.getByRole('heading', { name: 'Pro, and bought twice' }).waitFor();
  await page.getByText('People now', { exact: true }).locator('..').getByText('1', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Members' }).click();
  await page.getByRole('row', { name: 'ann@mail.example' }).click();
  const why = page.getByRole('dialog', { name: 'Why is this person in it?' });
  await why.getByText('found: pro').waitFor();
  await page.keyboard.press('Escape');
  await why.waitFor({ state: 'hidden' });
});

test('axe finds nothing serious on its tabs, light and dark', async () => {
  for (const tab of ['members', 'overlap', 'versions', 'changes', 'history']) {
    await page.goto(`/segments/pro_and_bought_twice?tab=${tab}`, { waitUntil: 'load' });
    await page.getByRole('tabpanel').locator('*').first().waitFor();
    expect(await seriousFaultsInBoth(page)).toEqual([]);
  }
});

test('members of accounts are asked about by another segment', async () => {
  await page.goto('/segments/new');
  await page.getByRole('button', { name: 'Members of the account', exact: true }).click();
  await field('Segment').fill('pro_and_bought_twice');
  // Nobody has an account.
  await size(0).waitFor();
  await field('Members').click();
  await page.getByRole('option', { name: 'no account member' }).click();
  await size(6).waitFor();
  expect(await field('Definition as text').inputValue()).toBe(
    'no account member in segment pro_and_bought_twice',
  );
  expect(await seriousFaults(page)).toEqual([]);
});

test('trends, funnels and retention count what happened', async () => {
  await page.goto('/insights');
  await field('Event 1').fill('Order Completed');
  await page.getByRole('button', { name: 'Numbers' }).click();
  // Four orders, all of them today.
  await page
    .getByRole('table', { name: /per day$/ })
    .getByRole('cell', { name: '4', exact: true })
    .waitFor();
  await page.getByRole('tab', { name: 'Funnels' }).click();
  await field('Step 1').fill('Order Completed');
  await field('Step 2').fill('Order Completed');
  const second = page.getByRole('table', { name: 'Steps' }).getByRole('row', { name: /^2\./ });
  await second.getByText('33.3%').first().waitFor();
  await page.getByRole('tab', { name: 'Retention' }).click();
  await field('Start').fill('Order Completed');
  await field('Return').fill('Order Completed');
  const cohorts = page.getByRole('table', { name: 'Cohorts' });
  await cohorts.getByText('33.3%').waitFor();
  expect(await seriousFaults(page)).toEqual([]);
});

test('a trend is pinned, and answered on a dashboard beside SQL', async () => {
  await page.goto('/insights');
  await field('Event 1').fill('Order Completed');
  await page.getByRole('button', { name: 'Pin to a dashboard' }).click();
  await page.getByRole('textbox', { name: 'Name of the new dashboard' }).fill('Monday');
  await page.getByRole('button', { name: 'Pin', exact: true }).click();
  await page.getByRole('button', { name: 'Open it' }).click();
  await page.getByRole('heading', { name: 'Monday' }).waitFor();
  const trend = page.getByRole('region', { name: 'Order Completed per day' });
  await trend.getByRole('button', { name: 'Numbers' }).click();
  await trend.getByRole('cell', { name: '4', exact: true }).waitFor();
  await server.admin(`${new URL(page.url()).pathname}/cards`, {
    ...{ title: 'People', question: { kind: 'sql', sql: 'SELECT count() AS people FROM profiles' } },
  });
  await page.reload();
  const people = page.getByRole('region', { name: 'People' });
  await people.getByRole('cell', { name: '6', exact: true }).waitFor();
  expect(await seriousFaultsInBoth(page)).toEqual([]);
});

test('cards are moved by keyboard, taken off and put back, and lead to where they were made', async () => {
  const focused = (item: string) => page.locator('[role=menuitem]:focus', { hasText: item });
  const titles = () => page.getByRole('main').getByRole('heading', { level: 2 }).allTextContents();
  await page.getByRole('button', { name: 'Change Order Completed per day' }).focus();
  await page.keyboard.press('Enter');
  await focused('Full width').waitFor();
  await page.keyboard.press('ArrowDown');
  await focused('Move down').waitFor();
  await page.keyboard.press('Enter');
  await page.getByText('Order Completed per day is now 2 of 2.').waitFor();
  expect(await titles()).toEqual(['People', 'Order Completed per day']);
  await page.locator('[aria-label="Change Order Completed per day"]:focus').waitFor();
  await page.getByRole('button', { name: 'Change People' }).click();
  await page.getByRole('menuitem', { name: 'Take off' }).click();
  await page.getByRole('region', { name: 'People' }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('region', { name: 'People' }).getByRole('cell', { name: '6', exact: true }).waitFor();
  expect(await titles()).toEqual(['People', 'Order Completed per day']);
  await page.getByRole('link', { name: 'Open the question: Order Completed per day' }).click();
  await expect.poll(() => field('Event 1').inputValue()).toBe('Order Completed');
});

test('what somebody else changed meanwhile is shown, and not overwritten', async () => {
  await page.goto('/dashboards');
  await page.getByRole('row', { name: 'Monday' }).click();
  await page.getByRole('button', { name: 'Edit' }).click();
  await server.admin(new URL(page.url()).pathname, { description: 'Theirs' }, 'PATCH');
  await page.getByRole('textbox', { name: 'Name' }).fill('Mine');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText(/^This is version \d+ by now, of admin/).waitFor();
  await page.keyboard.press('Escape');
  await page.getByText('Theirs').waitFor();
  await page.getByRole('heading', { name: 'Monday' }).waitFor();
});

test('a computed trait is written beside its words, and stays while a segment asks for it', async () => {
  await page.goto('/computed-traits');
  await page.getByText('No computed traits yet').waitFor();
  await page.getByRole('link', { name: 'New computed trait' }).first().click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('orders');
  await field('Definition as text').fill('count of');
  await page.getByText(/^Line 1, column/).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await field('Definition as text').fill('count of "Order Completed"');
  await page.getByText('The number of “Order Completed” events').waitFor();
  await page.getByRole('button', { name: 'Create computed trait' }).click();
  await page.getByRole('heading', { name: 'orders' }).waitFor();
  await page.getByText('None yet.').waitFor();
  await server.admin('/segments', { id: 'twice', name: 'Twice', text: 'orders >= 2' });
  await page.reload();
  await page.getByRole('row', { name: 'Twice' }).waitFor();
  expect(await page.getByRole('button', { name: 'Delete' }).isDisabled()).toBe(true);
  expect(await seriousFaultsInBoth(page)).toEqual([]);
  await page.getByRole('link', { name: 'Edit' }).click();
  await field('Definition as text').fill('count of "Order Completed" in the last 90 days');
  await page.getByText('1 segment will get a new version').waitFor();
  await page.getByRole('button', { name: 'Save' }).click();
  // The form says the same in words, before it is saved.
  await page.getByRole('link', { name: 'Edit' }).waitFor();
  await page.getByText('events in the last 90 days').waitFor();
  await server.adminAnswer('/segments/twice', undefined, 'DELETE');
  await page.reload();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No computed traits yet').waitFor();
});

test('SQL is asked by keyboard, and a link to it shows its answer', async () => {
  await page.goto('/query');
  await field('SQL').fill("SELECT name, count() AS n FROM events WHERE type = 'track' GROUP BY name");
  await page.keyboard.press('Control+Enter');
  await page.getByRole('row', { name: 'Order Completed 4' }).waitFor();
  await page.reload();
  await page.getByRole('row', { name: 'Order Completed 4' }).waitFor();
  expect(await seriousFaults(page)).toEqual([]);
  await field('SQL').fill('SELECT * FROM file(1)');
  await page.keyboard.press('Control+Enter');
  await page.getByRole('alert').waitFor();
});

test('a search that finds no segment says so', async () => {
  await page.goto('/segments?q=nothing-of-that-name');
  await page.getByRole('heading', { name: 'No such segment' }).waitFor();
  expect(await page.getByLabel('Find a segment').inputValue()).toBe('nothing-of-that-name');
});

test('deleting says whom it touches', async () => {
  await page.goto('/segments');
  await page.getByRole('row', { name: 'Pro, and bought twice' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  const asked = page.getByRole('dialog');
  await asked.getByText(/^1 person leaves it at once/).waitFor();
  await asked.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('No segments yet').waitFor();
});

test('nothing went wrong unseen, and nothing left the machine', async () => {
  expect(watched).toEqual({ errors: [], elsewhere: [] });
  await context.close();
});
