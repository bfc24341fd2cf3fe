/** The console's pages by name, and pictures of them in the states that a page can be in. */
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { ERRORS } from '../../src/core/errors.js';
import { openConsole } from '../harness/console-page.js';
import type { RunningServer } from '../harness/running-server.js';

/** Pages, by name. A part `{…}` is looked up in the API: the first id of that list. */
export const PAGES: Readonly<Record<string, string>> = {
  home: '/',
  sources: '/sources',
  source: '/sources/{sources}',
  people: '/people',
  'people-search': '/people?q=an',
  'people-nobody': '/people?q=zzzz',
  person: '/people/{profiles}',
  'person-timeline': '/people/{profiles}?tab=timeline',
  'person-identity': '/people/{profiles}?tab=identity',
  'person-segments': '/people/{profiles}?tab=segments',
  'person-consent': '/people/{profiles}?tab=consent',
  'person-deliveries': '/people/{profiles}?tab=deliveries',
  'person-coupons': '/people/{profiles}?tab=coupons',
  'person-recommendations': '/people/{profiles}?tab=recommendations',
  'person-unknown': '/people/00000000-0000-0000-0000-000000000000',
  accounts: '/accounts',
  account: '/accounts/{accounts}',
  identity: '/identity',
  'identity-json': '/identity?form=json',
  'identity-duplicates': '/identity?tab=duplicates',
  'identity-shared': '/identity?tab=shared',
  'identity-crowded': '/identity?tab=crowded',
  'identity-refused': '/identity?tab=refused',
  'identity-operations': '/identity?tab=operations',
  live: '/live',
  quality: '/quality',
  quarantine: '/quality?tab=quarantine',
  imports: '/imports',
  'new-import': '/imports/new',
  destinations: '/destinations',
  catalogue: '/destinations/catalogue',
  'new-destination': '/destinations/new/library%2Fbraze',
  destination: '/destinations/{destinations}?span=day',
  'destination-connections': '/destinations/{destinations}?tab=connections',
  'destination-dead': '/destinations/{destinations}?tab=dead',
  'destination-settings': '/destinations/{destinations}?tab=settings',
  'new-connection': '/destinations/{destinations}/connect',
  connection: '/connections/{connections}',
  deliveries: '/deliveries',
  delivery: '/deliveries/{deliveries?status=dead}',
  coupons: '/coupons',
  consent: '/consent',
  suppressions: '/suppressions',
  alerts: '/alerts',
  settings: '/settings',
  tokens: '/settings?tab=tokens',
  audit: '/settings?tab=audit',
  system: '/settings?tab=system',
  'own-account': '/settings?tab=you',
  segments: '/segments',
  segment: '/segments/{segments}',
  'new-segment': '/segments/new',
  'computed-traits': '/computed-traits',
  'computed-trait': '/computed-traits/{computed-traits}',
  'new-computed-trait': '/computed-traits?form=new',
  insights: '/insights',
  dashboards: '/dashboards',
  dashboard: '/dashboards/{dashboards}',
  'dashboard-gone': '/dashboards/gone',
  query: '/query',
};
/** Light and dark, wide and narrow. */
export const FORMS = [
  { name: 'light-1280', width: 1280, dark: false },
  { name: 'dark-1280', width: 1280, dark: true },
  { name: 'light-390', width: 390, dark: false },
  { name: 'dark-390', width: 390, dark: true },
] as const;

/** What becomes of the API's answers on their way to a page: they arrive, never do, or say that the server failed. */
export type Answers = 'real' | 'none' | 'failures';

/** Pictures to be taken, one for each page that there is anything to show of. */
export interface Shots {
  readonly folder: string;
  /** A part of the files' names. */
  readonly state: string;
  readonly answers: Answers;
  readonly form: (typeof FORMS)[number];
  /** Of these pages; of all when there are none. */
  readonly names: readonly string[];
  /** Of who is signed in. */
  readonly cookies: Parameters<BrowserContext['addCookies']>[0];
}

const LOADED_MS_MAX = 8_000;
/** Charts are drawn, and what is asked for second is there. */
const CALM_MS = 500;
/** A page asks twice more before it says that something failed, and what it asks then may fail as well: its clock is put on, time after time. */
const TRIES = 4;
const TRY_MS = 3_000;
const FAILURE = {
  status: ERRORS.internal.status,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    ...{ code: 'internal', title: ERRORS.internal.title },
    detail: 'Something failed in the server; its log says what.',
  }),
};

/** Takes the pictures. */
export async function shootPages(browser: Browser, server: RunningServer, shots: Shots): Promise<void> {
  const { folder, state, answers, form, names, cookies } = shots;
  const { context, page } = await openConsole(browser, server, form);
  await context.addCookies(cookies);
  await page.emulateMedia({ reducedMotion: 'reduce' });
  if (answers !== 'real') await holdBack(page, answers);
  for (const [name, pattern] of Object.entries(PAGES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const path = await addressOf(server, pattern);
    if (path === undefined) continue;
    await page.goto(path);
    await page.locator('main').waitFor();
    if (answers === 'real') await loaded(page);
    if (answers === 'failures') await givenUp(page);
    await page.waitForTimeout(CALM_MS);
    await page.screenshot({ path: join(folder, `${name}-${state}-${form.name}.png`) });
  }
  await context.close();
}

/** Waits until nothing says any more that it is loading; of what does not end, a picture is wanted all the more. */
export async function loaded(page: Page): Promise<void> {
  await page
    .locator('[aria-label^=Loading]')
    .first()
    .waitFor({ state: 'hidden', timeout: LOADED_MS_MAX })
    .catch(() => {});
}

async function givenUp(page: Page): Promise<void> {
  for (let tries = 0; tries < TRIES; tries++) {
    await page.waitForTimeout(CALM_MS / 2);
    await page.clock.runFor(TRY_MS);
  }
}

async function holdBack(page: Page, answers: 'none' | 'failures'): Promise<void> {
  if (answers === 'failures') await page.clock.install();
  // Who is signed in is known all the same: else there would be no page.
  await page.route(/\/api\/v1\/(?!session$)/, async (route) => {
    if (answers === 'failures') await route.fulfill(FAILURE);
  });
}

/** The address of a page; undefined when there is nothing of the kind that it shows. */
async function addressOf(server: RunningServer, pattern: string): Promise<string | undefined> {
  const [, list] = /\{(.*)\}/.exec(pattern) ?? [];
  if (list === undefined) return pattern;
  const { data } = await server.admin<{ data: Array<{ id?: string; key?: string; name?: string }> }>(
    `/${list}`,
  );
  const [first] = data;
  return first && pattern.replace(/\{.*\}/, first.id ?? first.key ?? first.name ?? '');
}
