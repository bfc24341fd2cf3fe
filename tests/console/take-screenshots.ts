/**
 * Pictures of all pages, light and dark, wide and narrow: `npm run screenshots -- [--states] [folder] [page …]`. A server with the demo shop's data is started for it. With `--states` also
 * as they load, and as the server fails. For people to look at; tests do not compare them. With `--docs` instead the pictures of README.md and docs/tour.md.
 */
import { mkdir } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../harness/browser.js';
import { createOwner, openConsole } from '../harness/console-page.js';
import { runCommand } from '../harness/run-command.js';
import { RunningServer } from '../harness/running-server.js';
import { openTool, SENDS_TO_LOOPBACK, setActivationScene } from './activation-scene.js';
import { type Shown, takeDocsPictures } from './docs-pictures.js';
import { type Answers, FORMS, shootPages } from './pages.js';
import { setQuestionScene } from './question-scene.js';

const { values, positionals } = parseArgs({
  options: { states: { type: 'boolean' }, docs: { type: 'boolean' } },
  allowPositionals: true,
});
const { states: isOfStates = false, docs: isForDocs = false } = values;
const [folder = isForDocs ? 'docs/pictures' : 'screenshots', ...names] = positionals;
await mkdir(folder, { recursive: true });
const [server, browser] = await Promise.all([RunningServer.start(SENDS_TO_LOOPBACK), launchBrowser()]);
// Some fail, so that it can be seen what becomes of them.
const tool = await openTool((body) => (isForDocs ? /"total":\d*7\b/ : /"total":\d*[02468]\b/).test(body));
try {
  const first = await openConsole(browser, server);
  await createOwner(first.page);
  const cookies = await first.context.cookies();
  if (!isForDocs) await shoot('empty', 'real');
  await setActivationScene(server, tool.url);
  await setQuestionScene(server);
  const told = await runCommand([
    ...['demo', '--people', '300', '--url', server.url, '--token', 'test-admin-token'],
  ]);
  await server.settled();
  if (isForDocs) await takeDocsPictures(browser, server, cookies, await shownOf(told), folder);
  else await shoot('full', 'real');
  if (isOfStates) {
    await shoot('loading', 'none');
    await shoot('error', 'failures');
  }

  async function shoot(state: string, answers: Answers): Promise<void> {
    for (const form of FORMS)
      await shootPages(browser, server, { folder, state, answers, form, names, cookies });
  }

  /** What there is to show: whom the shop itself recommends to be looked at, and what the scenes set first. */
  async function shownOf(told: string): Promise<Shown> {
    const [person = ''] = /user_id:\S+/.exec(told) ?? [];
    const idIn = async (list: string, name: string) => {
      const { data } = await server.admin<{ data: Array<{ id: string; name: string }> }>(`/${list}`);
      return data.find((one) => one.name === name)?.id ?? '';
    };
    return {
      person,
      destination: await idIn('destinations', 'Order warehouse'),
      dashboard: await idIn('dashboards', 'Monday morning'),
    };
  }
} finally {
  tool.close();
  await browser.close();
  await server.remove();
}
