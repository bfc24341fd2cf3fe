/** The pictures of README.md and docs/tour.md: pages of the demo shop, in a state that shows what they are for. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { openConsole, showIn } from '../harness/console-page.js';
import type { RunningServer } from '../harness/running-server.js';
import { loaded } from './pages.js';

/** What of the shop the pictures show. */
export interface Shown {
  /** `user_id:…` of somebody with several devices. */
  readonly person: string;
  readonly destination: string;
  readonly dashboard: string;
}

/** A picture: the page, and what is done on it before. */
interface Picture {
  readonly name: string;
  /** In the dark as well: README.md shows what its reader prefers. */
  readonly isDark?: boolean;
  readonly path: (shown: Shown) => string;
  readonly prepare?: (page: Page) => Promise<void>;
}

const PICTURES: readonly Picture[] = [
  {
    name: 'identity',
    isDark: true,
    path: ({ person }) => `/people/${person}?tab=identity`,
    prepare: askWhy,
  },
  {
    name: 'segment',
    isDark: true,
    path: () => `/segments/new?${new URLSearchParams({ name: 'Loyal, and quiet of late', text: SEGMENT })}`,
    prepare: (page) => page.getByLabel('Size of the segment').waitFor(),
  },
  { name: 'delivery', isDark: true, path: ({ destination }) => `/destinations/${destination}?span=hour` },
  { name: 'home', path: () => '/?span=hour' },
  {
    name: 'event',
    path: () => '/live?text=Order%20Completed',
    prepare: (page) => page.getByRole('row').nth(1).click(),
  },
  { name: 'person', path: ({ person }) => `/people/${person}` },
  { name: 'dashboard', path: ({ dashboard }) => `/dashboards/${dashboard}` },
];
const SEGMENT =
  'did "Order Completed" at least 2 times in the last 60 days\nand not did "Order Completed" in the last 10 days\nand consent to marketing';
const FORM = { width: 1200, height: 750 };
/** Sharp on fine screens, and still small. */
const [SCALE, QUALITY] = [1.5, 80];
const CALM_MS = 1_500;

/** Takes them all into `folder`, as WebP. */
export async function takeDocsPictures(
  browser: Browser,
  server: RunningServer,
  cookies: Parameters<BrowserContext['addCookies']>[0],
  shown: Shown,
  folder: string,
): Promise<void> {
  const { context, page } = await openConsole(browser, server);
  await context.addCookies(cookies);
  const session = await context.newCDPSession(page);
  const { width, height } = FORM;
  await session.send('Emulation.setDeviceMetricsOverride', {
    ...FORM,
    deviceScaleFactor: SCALE,
    mobile: false,
  });
  for (const { name, isDark = false, path, prepare } of PICTURES) {
    await page.goto(path(shown));
    await page.locator('main').waitFor();
    await loaded(page);
    await prepare?.(page);
    for (const scheme of isDark ? (['light', 'dark'] as const) : (['light'] as const)) {
      await showIn(page, scheme);
      await page.waitForTimeout(CALM_MS);
      const clip = { x: 0, y: 0, width, height, scale: 1 };
      const { data } = await session.send('Page.captureScreenshot', {
        format: 'webp',
        quality: QUALITY,
        clip,
      });
      const file = `${name}${scheme === 'dark' ? '-dark' : ''}.webp`;
      await writeFile(join(folder, file), Buffer.from(data, 'base64'));
    }
  }
  await context.close();
}

/** Asks why two devices of the person are one. */
async function askWhy(page: Page): Promise<void> {
  const nodes = page.getByLabel('Identity graph').getByRole('button');
  await nodes.first().click();
  await nodes.last().click();
}
