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

/** Pages, by name. A part `{…}` is looked up in the API: the first id of that list. */
const PAGES: Readonly<Record<string, string>> = {
  home: '/',
  sources: '/sources',
  source: '/sources/{sources}',
  segments: '/segments',
  segment: '/segments/{segments}',
  'new-segment': '/segments/new',
  insights: '/insights',
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
const [server, browser] = await Promise.all([RunningServer.start(), launchBrowser()]);
try {
  const first = await openConsole(browser, server);
  await createOwner(first.page);
  const cookies = await first.context.cookies();
  await shoot('empty');
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
    const { data } = await server.admin<{ data: Array<{ id: string }> }>(`/${list}`);
    return data[0] && pattern.replace(/\{.*\}/, data[0].id);
  }
} finally {
  await browser.close();
  await server.remove();
}
