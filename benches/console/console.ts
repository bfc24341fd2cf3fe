/**
 * `npm run bench:console -- --data-dir DIR`: how long pages, lists and searches take over what is stored in a data folder, such as `npm run bench:ingest -- --growth --people 2000000 --keep`
 * leaves. It starts a server on the folder, creates an owner and a segment of nearly everybody where there are none, and looks at each page twice in a real browser.
 */
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import type { Node } from '../../src/core/segments/definition.js';
import { launchBrowser } from '../../tests/harness/browser.js';
import { createOwner, OWNER, openConsole, signIn } from '../../tests/harness/console-page.js';
import { HOST, Server } from '../ingest/server.js';
import { PAGES, REQUESTS } from './asked.js';

const HELP = `npm run bench:console -- --data-dir DIR [options]
  --data-dir DIR   a data folder with people and events in it
  --entry FILE     script of the server (dist/main.js)`;
const TRIES = 5;
/** What a page asks for second is there, too. */
const CALM_MS = 1_500;
const SEGMENT = 'viewers';
const DEFINITION: Node = { kind: 'events', event: 'Product Viewed', window: { kind: 'ever' } };

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      'data-dir': { type: 'string' },
      entry: { type: 'string', default: 'dist/main.js' },
      help: { type: 'boolean' },
    },
  });
  const dataDir = values['data-dir'];
  if (values.help || dataDir === undefined) return void process.stdout.write(`${HELP}\n`);
  const server = await Server.start(path.resolve(values.entry), path.resolve(dataDir));
  try {
    print(`ready after ${server.readySeconds.toFixed(1)} s`);
    await fillSegment(server);
    await timeRequests(server);
    await timePages(server);
  } finally {
    await server.stop();
  }
}

/** A segment whose members are a long list. */
async function fillSegment(server: Server): Promise<void> {
  const { data } = (await server.call('/api/v1/segments')) as { data: Array<{ id: string }> };
  if (data.some(({ id }) => id === SEGMENT)) return;
  const startedAt = performance.now();
  await server.createSegment(SEGMENT, DEFINITION);
  for (;;) {
    const { status } = (await server.call(`/api/v1/segments/${SEGMENT}`)) as { status: string };
    if (status === 'live') break;
    await setTimeout(200);
  }
  print(`a segment of who viewed a product was filled in ${seconds(performance.now() - startedAt)}`);
}

async function timeRequests(server: Server): Promise<void> {
  print('\nrequest: the first time, and the median of four more, in ms');
  for (const [name, route] of Object.entries(REQUESTS)) {
    const times: number[] = [];
    for (let index = 0; index < TRIES; index++) {
      const startedAt = performance.now();
      await server.call(route);
      times.push(performance.now() - startedAt);
    }
    const [first = 0, ...more] = times;
    print(`${line(name)}${ms(first)}${ms(more.sort((a, b) => a - b)[2] ?? 0)}`);
  }
}

async function timePages(server: Server): Promise<void> {
  const browser = await launchBrowser();
  try {
    const { page } = await openConsole(browser, { url: `http://${HOST}:${server.port}` });
    const { data: users } = (await server.call('/api/v1/users')) as { data: readonly unknown[] };
    if (users.length === 0) await createOwner(page);
    else {
      await page.goto('/');
      await signIn(page, OWNER);
      await page.getByRole('heading', { name: 'Home' }).waitFor();
    }
    print('\npage: first paint, the last answer of the API, and the slowest request, in ms');
    for (const [name, address] of Object.entries(PAGES)) {
      const { paint, last, slowest, slowestMs } = await look(page, address);
      print(`${line(name)}${ms(paint)}${ms(last)}${ms(slowestMs)}  ${slowest}`);
    }
  } finally {
    await browser.close();
  }
}

interface Look {
  readonly paint: number;
  readonly last: number;
  readonly slowest: string;
  readonly slowestMs: number;
}

/** What the browser knows of a request. */
interface Asked {
  readonly name: string;
  readonly duration: number;
  readonly responseEnd: number;
}

/** Loads a page as by its address, and asks the browser what took how long since. */
async function look(page: Page, address: string): Promise<Look> {
  await page.goto(address);
  await page.getByRole('heading', { level: 1 }).first().waitFor();
  await page.waitForTimeout(CALM_MS);
  return page.evaluate(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN;
    const asked = performance
      .getEntriesByType('resource')
      .filter(({ name }) => name.includes('/api/v1/')) as unknown as readonly Asked[];
    const [slowest] = asked.toSorted((a, b) => b.duration - a.duration);
    return {
      paint,
      last: Math.max(0, ...asked.map(({ responseEnd }) => responseEnd)),
      slowest: slowest === undefined ? '' : new URL(slowest.name).pathname.slice('/api/v1/'.length),
      slowestMs: slowest?.duration ?? 0,
    };
  });
}

const line = (text: string) => text.padEnd(34);
const ms = (value: number) => String(Math.round(value)).padStart(8);
const seconds = (value: number) => `${(value / 1000).toFixed(1)} s`;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

await main();
