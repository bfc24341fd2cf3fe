/**
 * Pictures of all pages, light and dark, wide and narrow: `npm run screenshots [folder] [page …]`. A server with the demo shop's data is started for it. For people to look at; tests do
 * not compare them.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchBrowser } from '../harness/browser.js';
import { createOwner, openConsole } from '../harness/console-page.js';
import { runCommand } from '../harness/run-command.js';
import { RunningServer } from '../harness/running-server.js';
import { openTool, SENDS_TO_LOOPBACK, setActivationScene } from './activation-scene.js';
import { setQuestionScene } from './question-scene.js';

/** Pages, by name. A part `{…}` is looked up in the API: the first id of that list. */
const PAGES: Readonly<Record<string, string>> = {
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
const FORMS = [
  { name: 'light-1280', width: 1280, dark: false },
  { name: 'dark-1280', width: 1280, dark: true },
  { name: 'light-390', width: 390, dark: false },
  { name: 'dark-390', width: 390, dark: true },
] as const;

const [folder = 'screenshots', ...names] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const [server, browser] = await Promise.all([RunningServer.start(SENDS_TO_LOOPBACK), launchBrowser()]);
const tool = await openTool((body) => /"total":\d*[02468]\b/.test(body));
try {
  const first = await openConsole(browser, server);
  await createOwner(first.page);
  const cookies = await first.context.cookies();
  await shoot('empty');
  await setActivationScene(server, tool.url);
  await setQuestionScene(server);
  await runCommand(['demo', '--people', '300', '--url', server.url, '--token', 'test-admin-token']);
  await server.settled();
  await shoot('full');

  async function shoot(state: string): Promise<void> {
    for (const form of FORMS) {
      const { context, page } = await openConsole(browser, server, form);
      await context.addCookies(cookies);
      for (const [name, pattern] of Object.entries(PAGES)) {
        if (names.length > 0 && !names.includes(name)) continue;
        const path = await addressOf(pattern);
        if (path === undefined) continue;
        await page.goto(path, { waitUntil: 'networkidle' }).catch(() => {});
        await page.waitForTimeout(400);
        await page.screenshot({ path: join(folder, `${name}-${state}-${form.name}.png`) });
      }
      await context.close();
    }
  }

  async function addressOf(pattern: string): Promise<string | undefined> {
    const [, list] = /\{(.*)\}/.exec(pattern) ?? [];
    if (list === undefined) return pattern;
    const { data } = await server.admin<{ data: Array<{ id?: string; key?: string; name?: string }> }>(
      `/${list}`,
    );
    const [first] = data;
    return first && pattern.replace(/\{.*\}/, first.id ?? first.key ?? first.name ?? '');
  }
} finally {
  tool.close();
  await browser.close();
  await server.remove();
}
