import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { DAY_MS } from '../core/demo/season.js';
import { createShop } from '../core/demo/shop.js';
import type { ShopSummary } from '../core/demo/shop-summary.js';
import { countCall, emptySummary } from '../core/demo/shop-summary.js';
import type { Showcase } from '../core/demo/showcase.js';
import { createShowcase } from '../core/demo/showcase.js';
import { action } from './action.js';
import type { Client, ServerOptions } from './client.js';
import { createClient, withServerOptions } from './client.js';
import { createLiveStamp } from './live-stamp.js';
import { createPace } from './pace.js';
import { createProgressLine } from './progress-line.js';
import type { ShopSender } from './shop-sender.js';
import { createShopSender, ensureShopSources } from './shop-sender.js';
import { wholeNumber } from './whole-number.js';

interface DemoOptions extends ServerOptions {
  readonly people: number;
  readonly days: number;
  readonly seed: number;
  readonly rate?: number;
  readonly live?: boolean;
}

const LIVE_RATE = 5;

/** `tributary demo`: fills a server with a shop that does not exist. */
export function registerDemo(program: Command): void {
  const command = program
    .command('demo')
    .description('send a made-up shop: its people on web, app, e-mail and till, over many days')
    .option('--people <n>', 'people of the shop', wholeNumber(1), 2000)
    .option('--days <n>', 'days of history, today included', wholeNumber(1), 90)
    .option('--seed <n>', 'another seed gives another shop', wholeNumber(0), 1)
    .option('--rate <n>', 'events a second (default: as fast as the server takes them)', wholeNumber(1))
    .option(
      '--live',
      `go on after the history as if it happened now, at --rate (default: ${LIVE_RATE}), until Ctrl-C`,
    );
  withServerOptions(command).action(action(runDemo));
}

async function runDemo(options: DemoOptions): Promise<void> {
  const client = createClient(options);
  const writeKeys = await ensureShopSources(client);
  const sender = createShopSender(client, writeKeys);
  const summary = emptySummary();
  const showcase = createShowcase();
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  process.once('SIGINT', onSignal);
  process.once('SIGTERM', onSignal);
  const startMs = performance.now();
  try {
    await sendShop(options, { url: client.url, sender, summary, showcase, stop: stop.signal });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
  await report(client, sender, summary, showcase, (performance.now() - startMs) / 1000);
  if (sender.rejected > 0) process.exitCode = 1;
}

interface Run {
  readonly url: string;
  readonly sender: ShopSender;
  readonly summary: ShopSummary;
  readonly showcase: Showcase;
  readonly stop: AbortSignal;
}

/** Sends the history up to now, then, if asked, what follows as if it happened now. */
async function sendShop(options: DemoOptions, { url, sender, summary, showcase, stop }: Run): Promise<void> {
  const { people, days, seed } = options;
  const now = Date.now();
  // A day starts at midnight UTC, so that a second run on the same day sends the same calls, and changes nothing.
  const startAt = Math.floor(now / DAY_MS) * DAY_MS - (days - 1) * DAY_MS;
  const stamp = createLiveStamp(now.toString(36));
  const progress = createProgressLine();
  // With --live the rate is that of the live part; its history is over as soon as can be.
  let pace = createPace(options.live === true ? undefined : options.rate, performance.now());
  let live = false;
  for (const demoCall of createShop({ seed, people, days, startAt, endless: options.live === true })) {
    if (stop.aborted) break;
    if (!live && demoCall.at > now) {
      if (options.live !== true) break;
      live = true;
      pace = createPace(options.rate ?? LIVE_RATE, performance.now());
      await sender.flush();
      progress.end(
        ['The history is sent. Going on live; Ctrl-C ends it.', ...lookAt(url, showcase)].join('\n'),
      );
    }
    await sender.send(demoCall.channel, live ? stamp(demoCall, Date.now()) : demoCall.call);
    countCall(summary, demoCall);
    showcase.note(demoCall);
    progress.show(() => `${summary.calls} events sent, ${summary.orders} orders`);
    const restMs = pace.restMs(performance.now());
    if (restMs > 0) {
      await sender.flush();
      // Ctrl-C ends the rest early; the loop sees it next.
      await sleep(restMs, undefined, { signal: stop }).catch(() => undefined);
    }
  }
  await sender.flush();
  progress.end();
}

async function report(
  client: Client,
  sender: ShopSender,
  summary: ShopSummary,
  showcase: Showcase,
  seconds: number,
): Promise<void> {
  const { processed, pending } = await client.ledger();
  const lines = [
    `${summary.calls} events sent in ${seconds.toFixed(1)} s (${Math.round(summary.calls / seconds)}/s), ${summary.repeats} of them repeats.`,
    `${summary.signUps} sign-ups, ${summary.orders} orders, ${(summary.revenueCents / 100).toFixed(2)} USD of revenue.`,
    `The server: ${sender.accepted} accepted now; in all ${processed} processed, ${pending} waiting.`,
  ];
  if (sender.rejected > 0) lines.push(`${sender.rejected} were rejected, for example: ${sender.complaint}`);
  lines.push(...lookAt(client.url, showcase));
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Where the one is found whose profile shows most. */
function lookAt(url: string, showcase: Showcase): string[] {
  const best = showcase.best();
  if (best === undefined) return [];
  return [
    ...['', 'Look at one person, in the console or by the API:', `  ${url}/people/user_id:${best}`],
    `  curl -s -H "Authorization: Bearer $TRIBUTARY_ADMIN_TOKEN" ${url}/api/v1/profiles/user_id:${best}`,
  ];
}
