/** The console in a real browser, for tests and screenshots: signed in as the owner of a real server. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { RunningServer } from './running-server.js';

/** The owner of every server under test. */
export const OWNER = { name: 'Ann Owner', email: 'ann@shop.example', password: 'a quiet river bends' };

/** What a page showed besides what was asked: errors in the console, and requests to elsewhere. */
export interface Watched {
  readonly errors: string[];
  readonly elsewhere: string[];
}

/** Opens a window of the console. */
export async function openConsole(
  browser: Browser,
  server: Pick<RunningServer, 'url'>,
  options: { readonly width?: number; readonly dark?: boolean } = {},
): Promise<{ context: BrowserContext; page: Page; watched: Watched }> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1280, height: 860 },
    colorScheme: options.dark ? 'dark' : 'light',
    baseURL: server.url,
  });
  const page = await context.newPage();
  const watched: Watched = { errors: [], elsewhere: [] };
  page.on('console', (message) => {
    // The browser itself reports each answer that is no success; whether that was meant is for the test to say.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      watched.errors.push(message.text());
  });
  page.on('pageerror', (error) => watched.errors.push(String(error)));
  page.on('request', (request) => {
    const { origin, protocol } = new URL(request.url());
    if (/^https?:$/.test(protocol) && origin !== server.url) watched.elsewhere.push(request.url());
  });
  return { context, page, watched };
}

/** Creates the owner by the first page that a new user sees, and waits for what comes after. */
export async function createOwner(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Name').fill(OWNER.name);
  await page.getByLabel('E-mail').fill(OWNER.email);
  await page.getByRole('textbox', { name: 'Password' }).fill(OWNER.password);
  await page.getByRole('button', { name: 'Create the owner' }).click();
  await page.getByRole('heading', { name: 'Home' }).waitFor();
}

/** Signs in where the page asks for it. */
export async function signIn(
  page: Page,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('textbox', { name: 'Password' }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Has the page shown light or dark, and waits until it is. */
export async function showIn(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor();
}

/** What axe finds on the page as it is that hinders people: contrast, labels, roles, order; or by some of its rules alone. */
export async function seriousFaults(page: Page, rules?: readonly string[]): Promise<string[]> {
  await page.evaluate(await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
  // A colour on its way to another is neither: what ends is waited for.
  await page.evaluate(
    'Promise.allSettled(document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity).map((one) => one.finished)).then(() => undefined)',
  );
  return page.evaluate(async (runOnly) => {
    // Invariant: the script above leaves it there.
    const { axe } = globalThis as unknown as { axe: Axe };
    const { violations } = await axe.run(runOnly === undefined ? {} : { runOnly });
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .flatMap(({ id, nodes }) =>
        nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
      );
  }, rules);
}

/** The same of the page light and dark. How it is built is the same in both, so in the dark the colours alone are looked at. */
export async function seriousFaultsInBoth(page: Page): Promise<string[]> {
  await showIn(page, 'light');
  const inLight = await seriousFaults(page);
  await showIn(page, 'dark');
  return [...inLight, ...(await seriousFaults(page, ['color-contrast']))];
}

interface Axe {
  run(options: { readonly runOnly?: readonly string[] }): Promise<{ violations: AxeViolation[] }>;
}

interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: ReadonlyArray<{ readonly html: string; readonly failureSummary: string }>;
}
