/**
 * `npm run bench:activation`: how fast what is decided leaves. A real server on a fresh data folder, and a tool on the same machine that takes webhooks:
 *
 * - throughput: events that all go to a webhook, as fast as they come; deliveries a second from the first arrival to the last.
 * - latency: from sending an event to its webhook's arrival, at a steady rate, with live segments.
 * - first sync: an audience is filled with everybody who is in a segment; people a second, and the memory that it takes.
 *
 * It fails when anything does not arrive exactly once, or when the books do not balance.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { liveSegments } from '../ingest/live-segments.js';
import { treeCpu, treeMemory } from '../ingest/processes.js';
import { HOST, Server } from '../ingest/server.js';
import { Receiver } from './receiver.js';

const HELP = `npm run bench:activation -- [options]
  --part NAME      only this one; may be repeated: throughput, latency, sync
  --events N       events of throughput (60000)
  --rate N         events a second of latency (1000)
  --seconds N      how long latency goes on (20)
  --segments N     live segments of latency (10)
  --members N      people of the first sync (100000); the aim is stated for 1000000
  --entry FILE     script of the server (dist/main.js)`;

const EVENTS_PER_REQUEST = 200;
const QUIET_MS_MAX = 60_000;
/** To look at all pages of all processes takes a while itself. */
const MEMORY_INTERVAL_MS = 2_000;

interface Bench {
  readonly server: Server;
  readonly receiver: Receiver;
  readonly writeKey: string;
  readonly destinationId: string;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      ...{ part: { type: 'string', multiple: true }, events: { type: 'string', default: '60000' } },
      ...{ rate: { type: 'string', default: '1000' }, seconds: { type: 'string', default: '20' } },
      ...{ segments: { type: 'string', default: '10' }, members: { type: 'string', default: '100000' } },
      ...{ entry: { type: 'string', default: 'dist/main.js' }, help: { type: 'boolean', default: false } },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return;
  }
  const parts: Record<string, (bench: Bench) => Promise<string>> = {
    throughput: (bench) => throughput(bench, Number(values.events)),
    latency: (bench) => latency(bench, Number(values.rate), Number(values.seconds), Number(values.segments)),
    sync: (bench) => firstSync(bench, Number(values.members)),
  };
  for (const name of values.part ?? Object.keys(parts)) {
    const part = parts[name];
    if (part === undefined) throw new Error(`There is no part ${name}\n${HELP}`);
    process.stdout.write(`${name}: ${await withServer(values.entry, part)}\n`);
  }
}

async function withServer(entry: string, run: (bench: Bench) => Promise<string>): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'tributary-bench-'));
  await chmod(folder, 0o755); // PostgreSQL runs as another user when we are root
  const receiver = await Receiver.start();
  const server = await Server.start(entry, path.join(folder, 'data'), {
    TRIBUTARY_DESTINATION_NETWORKS: HOST,
  });
  try {
    const writeKey = await server.createSource('bench');
    const destination = (await server.call('/api/v1/destinations', {
      ...{ name: 'Receiver', kind: 'webhook', purposes: ['bench'] },
      settings: { url: receiver.url, secret: `whsec_${Buffer.alloc(32, 1).toString('base64')}` },
    })) as { id: string };
    return await run({ server, receiver, writeKey, destinationId: destination.id });
  } finally {
    await server.stop();
    receiver.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function connect({ server, destinationId }: Bench, from: object, action: string): Promise<unknown> {
  return server.call('/api/v1/connections', {
    ...{ name: action, destinationId },
    definition: {
      ...{ action, ...from },
      mapping: {
        body: {
          sent: { '@path': '$.properties.sent' },
          id: { '@path': '$.messageId' },
          user: { '@path': '$.userId' },
        },
      },
    },
  });
}

async function throughput(bench: Bench, events: number): Promise<string> {
  const { server, receiver } = bench;
  await consenting(bench, 2_000);
  await connect(bench, { events: '"Product Viewed"' }, 'send');
  const cpu = treeCpu(server.pid);
  for (let from = 0; from < events; from += EVENTS_PER_REQUEST)
    await send(bench, viewed(from, Math.min(EVENTS_PER_REQUEST, events - from)));
  await arrived(receiver, events);
  const spent = treeCpu(server.pid);
  const [first, last] = ends(receiver);
  const perSecond = events / ((last - first) / 1000);
  const seconds = spent.server - cpu.server + spent.postgres - cpu.postgres;
  return `${Math.round(perSecond)} deliveries/s (${events} events, each a signed request; ${((seconds / events) * 1e6).toFixed(0)} CPU-s per million; aim 3,000)`;
}

async function latency(bench: Bench, rate: number, seconds: number, segments: number): Promise<string> {
  const { server, receiver } = bench;
  for (const [index, definition] of liveSegments(segments).entries())
    await server.createSegment(`live-${index}`, definition);
  await consenting(bench, 2_000);
  await connect(bench, { events: '"Product Viewed"' }, 'send');
  const begun = Date.now();
  const each = Math.max(1, Math.round(rate / 50));
  let sent = 0;
  const waiting: Promise<void>[] = [];
  while (sent < rate * seconds) {
    waiting.push(send(bench, viewed(sent, each)));
    sent += each;
    await sleep(begun + (sent / rate) * 1000 - Date.now());
  }
  await Promise.all(waiting);
  await arrived(receiver, sent);
  const took = receiver.arrivals.map(({ sentAt, at }) => at - sentAt).sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor((took.length - 1) * share)];
  return `p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms from sending to arrival (${rate} events/s for ${seconds} s, ${segments} live segments; aim p95 500 ms)`;
}

async function firstSync(bench: Bench, members: number): Promise<string> {
  const { server, receiver } = bench;
  await consenting(bench, members);
  await server.call('/api/v1/segments', { id: 'all', name: 'All', text: 'consent to bench' });
  await until(async () => {
    const { status, size } = (await server.call('/api/v1/segments/all')) as { status: string; size: number };
    return status === 'live' && size === members;
  });
  const before = await treeMemory(server.pid);
  const cpu = treeCpu(server.pid);
  const begun = Date.now();
  await connect(bench, { from: { segment: 'all' } }, 'sendBatch');
  let most = 0;
  const watch = setInterval(() => {
    void treeMemory(server.pid).then(({ pssBytes }) => {
      most = Math.max(most, pssBytes);
    });
  }, MEMORY_INTERVAL_MS);
  await arrived(receiver, members);
  clearInterval(watch);
  const [, last] = ends(receiver);
  const spent = treeCpu(server.pid);
  const seconds = spent.server - cpu.server + spent.postgres - cpu.postgres;
  const mega = (bytes: number) => Math.round(bytes / 1024 / 1024);
  return `${Math.round(members / ((last - begun) / 1000))} people/s (${members} members in ${receiver.requests} requests; ${((seconds / members) * 1e6).toFixed(0)} CPU-s per million; memory ${mega(before.pssBytes)} MB before, ${mega(most)} MB at most; aim 10,000)`;
}

/** People who consent, so many. */
async function consenting(bench: Bench, people: number): Promise<void> {
  const context = { consent: { categoryPreferences: { bench: true } } };
  for (let from = 0; from < people; from += EVENTS_PER_REQUEST) {
    const count = Math.min(EVENTS_PER_REQUEST, people - from);
    const batch = Array.from({ length: count }, (_, index) => ({
      ...{ type: 'identify', userId: `u-${from + index}`, messageId: `c-${from + index}`, context },
      traits: { email: `u-${from + index}@bench.example`, plan: index % 3 === 0 ? 'pro' : 'free' },
    }));
    await send(bench, batch);
  }
  await until(async () => (await bench.server.ledger()).pending === 0);
}

function viewed(from: number, count: number): object[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{
      type: 'track',
      event: 'Product Viewed',
      userId: `u-${(from + index) % 2_000}`,
      messageId: `v-${from + index}`,
    },
    properties: { sent: Date.now(), product_id: `p-${index % 50}`, category: 'shoes', price: 39.9 },
  }));
}

async function send({ server, writeKey }: Bench, batch: readonly object[]): Promise<void> {
  for (;;) {
    const answer = await fetch(`http://${HOST}:${server.port}/v1/batch`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
      },
      body: JSON.stringify({ batch }),
    });
    await answer.arrayBuffer();
    if (answer.ok) return;
    if (answer.status !== 429) throw new Error(`batch answered ${answer.status}`);
    await sleep(200);
  }
}

/** Resolves when so many have arrived, and no more come. */
async function arrived({ arrivals }: Receiver, wanted: number): Promise<void> {
  let quietSince = Date.now();
  let known = arrivals.length;
  while (arrivals.length < wanted) {
    await sleep(100);
    if (arrivals.length !== known) quietSince = Date.now();
    known = arrivals.length;
    if (Date.now() - quietSince > QUIET_MS_MAX)
      throw new Error(`${known} of ${wanted} arrived, and no more come`);
  }
  await sleep(500);
  if (arrivals.length !== wanted) throw new Error(`${arrivals.length} arrived of ${wanted}: some came twice`);
}

function ends({ arrivals }: Receiver): readonly [first: number, last: number] {
  return [arrivals[0]?.at ?? 0, arrivals.at(-1)?.at ?? 0];
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(100);
}

await main();
