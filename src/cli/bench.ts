import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { createShop } from '../core/demo/shop.js';
import { action } from './action.js';
import type { Client, ServerOptions } from './client.js';
import { createClient, withServerOptions } from './client.js';
import { writeKeyOf } from './shop-sender.js';
import { wholeNumber } from './whole-number.js';

interface BenchOptions extends ServerOptions {
  readonly seconds: number;
  readonly connections: number;
  readonly batch: number;
  readonly json?: boolean;
}

const PEOPLE = 5_000;
const POOL_CALLS = 20_000;
const CATCH_UP_MS_MAX = 120_000;

/** `tributary bench`: how much a running server takes from one client. */
export function registerBench(program: Command): void {
  const command = program
    .command('bench')
    .description('load a running server for a short time and print its speed')
    .option('--seconds <n>', 'how long to send', wholeNumber(1), 10)
    .option('--connections <n>', 'requests on the way at the same time', wholeNumber(1), 4)
    .option('--batch <n>', 'events in a request', wholeNumber(1), 100)
    .option('--json', 'print one JSON object');
  withServerOptions(command).action(action(runBench));
}

async function runBench(options: BenchOptions): Promise<void> {
  const client = createClient(options);
  const writeKey = await writeKeyOf(client, await client.sources(), 'Bench', 'server');
  const before = await client.ledger();
  const nextBody = createBodies(options.batch, Date.now());
  const startMs = performance.now();
  const endMs = startMs + options.seconds * 1000;
  const ackMs: number[] = [];
  let accepted = 0;
  const connection = async () => {
    while (performance.now() < endMs) {
      const sentMs = performance.now();
      const receipt = await client.sendBody(writeKey, nextBody());
      ackMs.push(performance.now() - sentMs);
      accepted += receipt.accepted;
    }
  };
  await Promise.all(Array.from({ length: options.connections }, connection));
  const ackedMs = performance.now() - startMs;
  const processed = (await catchUp(client)) - before.processed - before.pending;
  print(options, accepted, processed, ackedMs, performance.now() - startMs, ackMs);
}

/** Bodies of calls of a shop, made beforehand so that the load costs little; each call under a messageId of its own. */
function createBodies(batch: number, startAt: number): () => string {
  const pool: [before: string, after: string][] = [];
  for (const { call } of createShop({ seed: 1, people: PEOPLE, days: 30, startAt, endless: true })) {
    const { messageId: _, timestamp: __, ...rest } = call;
    pool.push(['{"messageId":"', `",${JSON.stringify(rest).slice(1)}`]);
    if (pool.length === POOL_CALLS) break;
  }
  const run = startAt.toString(36);
  let count = 0;
  return () => {
    const calls: string[] = [];
    while (calls.length < batch) {
      const [before, after] = pool[count % POOL_CALLS] ?? ['', ''];
      calls.push(`${before}bench-${run}-${count}${after}`);
      count += 1;
    }
    return `{"batch":[${calls.join(',')}]}`;
  };
}

/** Waits until nothing is pending; returns how many events the server has processed in its life. */
async function catchUp(client: Client): Promise<number> {
  const endMs = performance.now() + CATCH_UP_MS_MAX;
  for (;;) {
    const ledger = await client.ledger();
    if (ledger.pending === 0 || performance.now() > endMs) return ledger.processed;
    await sleep(50);
  }
}

function print(
  options: BenchOptions,
  accepted: number,
  processed: number,
  ackedMs: number,
  processedMs: number,
  ackMs: number[],
): void {
  ackMs.sort((one, other) => one - other);
  const result = {
    events: accepted,
    acceptedPerSecond: Math.round((accepted / ackedMs) * 1000),
    processedPerSecond: Math.round((processed / processedMs) * 1000),
    ackMs: { p50: quantile(ackMs, 0.5), p95: quantile(ackMs, 0.95), p99: quantile(ackMs, 0.99) },
  };
  const { p50, p95, p99 } = result.ackMs;
  const text = [
    `${result.events} events accepted, ${result.acceptedPerSecond}/s; ${result.processedPerSecond}/s up to the profile`,
    `acknowledged after p50 ${p50} ms, p95 ${p95} ms, p99 ${p99} ms`,
  ].join('\n');
  process.stdout.write(`${options.json === true ? JSON.stringify(result) : text}\n`);
}

/** The value below which the given share of sorted values lies, to a hundredth; 0 of none. */
export function quantile(sorted: readonly number[], share: number): number {
  const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return Math.round(value * 100) / 100;
}
