/** What clients see while the server is in trouble: nothing is acknowledged that is not kept, and all ends by itself. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { HttpAnswer } from '../harness/http-request.js';
import { balances, RunningServer } from '../harness/running-server.js';
import { basic, expectProblem, WireClient } from '../harness/wire-client.js';

const AWAY_MS_MAX = 30_000;
let server: RunningServer;
let client: WireClient;

beforeAll(async () => {
  server = await RunningServer.start();
  client = new WireClient(server, await server.source('trouble'));
});
afterAll(async () => {
  const total = await server?.settled();
  if (total) expect(balances(total)).toBe(true);
  await server?.remove();
});

/** Stops the server, orderly or not, and starts it again. */
async function restart(how: 'stop' | 'kill', env: Readonly<Record<string, string>> = {}): Promise<void> {
  if (how === 'stop') expect(await server.stop()).toBe(0);
  else await server.kill();
  await server.launch(env);
  await server.ready();
}

it('knows the messages that came before a restart and before a kill', async () => {
  const userId = client.somebody();
  const event = (n: number) => ({ type: 'track', userId, event: 'Seen', messageId: `${userId}-${n}` });
  const batch = [event(1), event(2)];
  await client.post('batch', { batch });
  await restart('stop');
  await client.post('batch', { batch: [...batch, event(3)] });
  // Killed before or after these are processed: it must make no difference.
  await restart('kill');
  await client.post('batch', { batch: [...batch, event(3), event(4)] });
  const total = await server.settled();
  expect(total).toMatchObject({ received: 9, processed: 4, duplicate: 5, rejected: {} });
  expect(await client.eventsOf(userId)).toHaveLength(4);
  const profile = await server.admin<{ eventCounts: { total: number } }>(`/profiles/user_id:${userId}`);
  expect(profile.eventCounts.total).toBe(4);
});

it('asks clients to wait with 429 while too much waits, and lets only the allowed origins read', async () => {
  const origin = 'https://shop.example';
  await restart('stop', { TRIBUTARY_BACKLOG_EVENTS_MAX: '1', TRIBUTARY_CORS_ORIGINS: origin });
  const batch = Array.from({ length: 3_000 }, () => ({ type: 'track', userId: 'crowd', event: 'Seen' }));
  const headers = { ...basic(client.source.writeKey), origin };
  let refused: HttpAnswer | undefined;
  const tally = await client.change(async () => {
    const first = await client.post('batch', { batch }, { headers });
    expect(first.status).toBe(200);
    refused = await client.post('batch', { batch }, { headers });
  });
  expectProblem(refused as HttpAnswer, 429, 'backlog_full');
  expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
  expect(refused?.headers['x-ratelimit-reset']).toBe(refused?.headers['retry-after']);
  expect(refused?.headers['access-control-allow-origin']).toBe(origin);
  expect(refused?.headers['access-control-expose-headers']).toMatch(/retry-after.*x-ratelimit-reset/i);
  expect(tally).toMatchObject({ received: 3_000, processed: 3_000 });
  const again = await client.post('track', { userId: 'crowd', event: 'Seen' }, { headers });
  expect(again.status).toBe(200);
  const elsewhere = { ...headers, origin: 'https://elsewhere.example' };
  const answer = await client.post('track', { userId: 'crowd', event: 'Seen' }, { headers: elsewhere });
  expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  await restart('stop');
});

/** Sends single events until told to stop; gives the ids of those that were acknowledged, and every other answer. */
function keepSending(userId: string) {
  const acknowledged = new Set<string>();
  const others: HttpAnswer[] = [];
  let on = true;
  const sending = Array.from({ length: 4 }, async (_, lane) => {
    for (let n = 0; on; n += 1) {
      const messageId = `${userId}-${lane}-${n}`;
      const answer = await client.post('track', { userId, event: 'Seen', messageId });
      if (answer.status === 200) acknowledged.add(messageId);
      else others.push(answer);
      await sleep(5);
    }
  });
  const stop = async () => {
    on = false;
    await Promise.all(sending);
  };
  return { acknowledged, others, stop };
}

async function until(met: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + AWAY_MS_MAX; !(await met()); await sleep(20)) {
    if (Date.now() > deadline) throw new Error(`It took longer than ${AWAY_MS_MAX} ms\n${server.output}`);
  }
}

async function expectAllKept(userId: string, acknowledged: ReadonlySet<string>): Promise<void> {
  await server.settled();
  const kept = await client.eventsOf(userId);
  const ids = new Set(kept.map(({ messageId }) => messageId));
  expect(ids.size, 'stored once each').toBe(kept.length);
  expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
}

it('answers 503 while PostgreSQL is dead, keeps what it acknowledged, and goes on by itself', async () => {
  const userId = client.somebody();
  const { acknowledged, others, stop } = keepSending(userId);
  await until(() => acknowledged.size >= 20);
  process.kill((await server.postgresPid()) as number, 'SIGKILL');
  const read: number[] = [];
  await until(async () => {
    read.push((await server.adminAnswer('/profiles?limit=1')).status);
    return others.length > 0 && read.includes(503);
  });
  const before = acknowledged.size;
  await until(() => acknowledged.size >= before + 20);
  await stop();
  expect(read.filter((status) => status !== 200 && status !== 503)).toEqual([]);
  for (const answer of others) {
    expectProblem(answer, 503, 'log_unavailable');
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
  }
  await server.ready();
  await expectAllKept(userId, acknowledged);
}, 90_000);

it.runIf(process.platform === 'linux')(
  'answers 503 while PostgreSQL hangs, and goes on when it wakes',
  async () => {
    const userId = client.somebody();
    const event = (n: number) => ({ userId, event: 'Seen', messageId: `${userId}-${n}` });
    // Its connections are open: the hanging itself is what is tried.
    expect((await client.post('track', event(0))).status).toBe(200);
    await server.settled();
    const stopped = await withChildren((await server.postgresPid()) as number);
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    try {
      const first = client.post('track', event(1));
      await sleep(50);
      const answers = await Promise.all([first, client.post('track', event(2))]);
      answers.push(await client.post('track', event(3)));
      for (const answer of answers) expectProblem(answer, 503, 'log_unavailable');
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    }
    // As a client does: the same again, until it is taken.
    for (const n of [1, 2, 3]) {
      let status = 0;
      for (
        const deadline = Date.now() + AWAY_MS_MAX;
        status !== 200 && Date.now() < deadline;
        await sleep(50)
      ) {
        ({ status } = await client.post('track', event(n)));
      }
      expect(status).toBe(200);
    }
    const ids = (await client.eventsOf(userId)).map(({ messageId }) => messageId).sort();
    expect(ids).toEqual([0, 1, 2, 3].map((n) => `${userId}-${n}`));
  },
  90_000,
);

/** A process and its children: what PostgreSQL consists of, one of them for each connection. */
async function withChildren(parent: number): Promise<number[]> {
  const found = [parent];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    // The name, in parentheses, may hold anything: the fields are counted from its end.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[1]) === parent) found.push(Number(name));
  }
  return found;
}
