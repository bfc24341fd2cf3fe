/**
 * The real server is killed while people unsubscribe. Afterwards:
 *
 * - who was answered is suppressed, and nothing is sent to them;
 * - who is suppressed has it on the timeline once, whether or not they were answered, and refuses the purpose.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { unsubscribeToken } from '../../src/core/consent/unsubscribe-token.js';
import { openSecretKey } from '../../src/stores/secret-key.js';
import { unsubscribeMac } from '../../src/stores/unsubscribe-mac.js';
import { RunningServer } from '../harness/running-server.js';

const PEOPLE = 120;
const LIVES = 3;
/** Clicks after whose answers the server is killed, with others on their way. */
const ANSWERED_A_LIFE = 15;
const CLICKS_AT_ONCE = 8;
const TOLD_MS_MAX = 30_000;

let server: RunningServer;
beforeAll(async () => {
  server = await RunningServer.start();
});
afterAll(() => server?.remove());

const emails = Array.from({ length: PEOPLE }, (_, n) => `p${n}@example.com`);

test('no word of theirs is lost or said twice', { timeout: 240_000 }, async () => {
  const { writeKey } = await server.source('website');
  const consent = { categoryPreferences: { mail: true } };
  const batch = emails.map((email) => ({ type: 'identify', traits: { email }, context: { consent } }));
  await server.send(writeKey, 'batch', { batch });
  await server.settled();
  const mac = unsubscribeMac(openSecretKey(undefined, server.dataDir));
  const answered = new Set<string>();
  const click = async (email: string) => {
    const said = {
      channel: 'email',
      kind: 'email',
      value: email,
      purposes: ['mail'],
      delivery: 'd',
    } as const;
    const answer = await fetch(`${server.url}/u/${unsubscribeToken(said, mac)}`, { method: 'POST' });
    if (answer.status === 200) answered.add(email);
  };
  for (let life = 0; life < LIVES; life += 1) {
    // Some of the life before click once more.
    const waiting = emails.slice(life * (ANSWERED_A_LIFE - 5));
    const enough = answered.size + ANSWERED_A_LIFE;
    const clicking = Array.from({ length: CLICKS_AT_ONCE }, async () => {
      for (let email = waiting.shift(); email !== undefined; email = waiting.shift()) await click(email);
    });
    const ended = Promise.allSettled(clicking);
    for (const deadline = Date.now() + TOLD_MS_MAX; answered.size < enough && Date.now() < deadline; )
      await sleep(1);
    await server.kill();
    await ended;
    await server.launch();
    await server.ready();
  }
  const suppressed = await suppressedNow();
  expect(answered.size).toBeGreaterThanOrEqual(LIVES * ANSWERED_A_LIFE);
  expect([...answered].filter((email) => !suppressed.has(email))).toEqual([]);
  for (const deadline = Date.now() + TOLD_MS_MAX; ; await sleep(200)) {
    const { processed } = await server.settled();
    if (processed >= PEOPLE + suppressed.size || Date.now() > deadline) break;
  }
  for (const email of emails) {
    const { consent: now, eventCounts } = await server.admin<{
      consent: Record<string, boolean>;
      eventCounts: { byName: Record<string, number> };
    }>(`/profiles/email:${email}`);
    const said = suppressed.has(email);
    expect({ email, mail: now.mail, told: eventCounts.byName.Unsubscribed ?? 0 }).toEqual({
      ...{ email, mail: !said, told: said ? 1 : 0 },
    });
  }
});

async function suppressedNow(): Promise<Set<string>> {
  const identifiers = emails.map((value) => ({ kind: 'email', value }));
  const body = { channel: 'email', identifiers };
  const found = await server.admin<{ suppressed: Array<{ value: string }> }>('/suppressions/check', body);
  return new Set(found.suppressed.map(({ value }) => value));
}
