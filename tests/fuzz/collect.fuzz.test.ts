/**
 * Nonsense at the door. Properties, of every round of requests:
 * 1. The answer is 200 or a 4xx, never a 5xx, and the server lives on.
 * 2. The receipt counts every item, and the ledger moves by just as many: each has one verdict, none stays pending.
 * 3. Whatever the door accepted is processed or a duplicate or conflict: no step and no store chokes on it.
 * 4. What is stored comes back equal (see `survivor.ts`), from the timeline and from the profile.
 * 5. A good event sent after the round is processed within seconds.
 *
 * FUZZ_SEED repeats a run, FUZZ_RUNS makes it longer.
 */
import { randomInt } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/json.js';
import type { Tally, TestSource } from '../harness/running-server.js';
import { balances, RunningServer } from '../harness/running-server.js';
import { oddObject, oddValue, wildValue } from './odd-json.js';
import { isSame, repairedValue, survivor } from './survivor.js';

const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));
const RUNS = Number(process.env.FUZZ_RUNS ?? 10);
const GOOD_EVENT_MS_MAX = 15_000;

interface Sent {
  readonly path: string;
  readonly body: Buffer | string;
  readonly headers: Readonly<Record<string, string>>;
}

interface Answered {
  readonly status: number;
  /** Items of the request that reached the log, and how many of them the door refused. */
  readonly taken: number;
  readonly refused: number;
}

let server: RunningServer;
let source: TestSource;
let serial = 0;

beforeAll(async () => {
  process.stdout.write(`fuzz: FUZZ_SEED=${SEED} FUZZ_RUNS=${RUNS}\n`);
  server = await RunningServer.start();
  source = await server.source('fuzz');
});
afterAll(() => server?.remove());

/** Fields that an event may have; each is left out, right, or anything. */
const EVENT_FIELDS: Readonly<Record<string, readonly string[]>> = {
  type: ['"track"', '"identify"', '"page"', '"group"', '"alias"', '"screen"'],
  userId: ['"ann"', '"bob"', '7'],
  anonymousId: ['"device-1"', '"device-2"'],
  event: ['"Seen"', '"__proto__"', '"constructor"', '"(other)"', '"toString"'],
  name: ['"Home"'],
  groupId: ['"acme"'],
  previousId: ['"device-3"'],
  messageId: ['"m-1"', '"m-2"', '1'],
  timestamp: [
    ...['"2026-01-31T09:30:00Z"', '1700000000', '1700000000000', '"+275760-09-13T00:00:00Z"', '"1899-12-31"'],
    ...[
      '"99999-01-01T00:00:00Z"',
      '"-000001-01-01T00:00:00Z"',
      '"2026-13-45"',
      '1e300',
      '-1e15',
      '"yesterday"',
    ],
  ],
  sentAt: ['"2026-01-31T09:30:01Z"', '"0001-01-01"'],
  properties: ['{}'],
  traits: ['{"email":"ann@example.com"}', '{"email":"\\u0000@example.com"}'],
  context: [
    '{"consent":{"categoryPreferences":{"__proto__":true,"constructor":false,"\\u0000":true}}}',
    '{"traits":{"email":"bob@example.com"},"page":{"url":5},"userAgent":[],"campaign":"x","ip":{},"direct":true}',
  ],
  integrations: ['{"All":false}'],
};

const event: fc.Arbitrary<string> = fc
  .tuple(
    ...Object.entries(EVENT_FIELDS).map(([field, right]) =>
      fc
        .oneof(
          { weight: 3, arbitrary: fc.constant('') },
          { weight: 6, arbitrary: fc.constantFrom(...right) },
          { weight: 2, arbitrary: oddObject },
          { weight: 1, arbitrary: wildValue },
        )
        .map((value) => (value === '' ? '' : `"${field}":${value}`)),
    ),
  )
  .map((members) => `{${members.filter((member) => member !== '').join(',')}}`);

const item = fc.oneof({ weight: 9, arbitrary: event }, { weight: 1, arbitrary: wildValue });

const batchBody = fc
  .tuple(
    fc.array(item, { maxLength: 8 }),
    fc.oneof(fc.constant('{}'), oddObject),
    fc.oneof(fc.constant('null'), oddValue),
  )
  .map(
    ([items, context, rest]) =>
      `{"batch":[${items.join(',')}],"context":${context},"integrations":${rest},"sentAt":${rest}}`,
  );

const body: fc.Arbitrary<Buffer | string> = fc.oneof(
  { weight: 4, arbitrary: batchBody },
  { weight: 4, arbitrary: item },
  {
    weight: 1,
    arbitrary: fc.tuple(batchBody, fc.nat()).map(([text, at]) => text.slice(0, at % (text.length + 1))),
  },
  {
    // Bytes that are not UTF-8, anywhere.
    weight: 2,
    arbitrary: fc
      .tuple(item, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 4 }))
      .map(([text, at, bytes]) => {
        const whole = Buffer.from(text);
        const place = at % (whole.length + 1);
        return Buffer.concat([whole.subarray(0, place), bytes, whole.subarray(place)]);
      }),
  },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
);

const request: fc.Arbitrary<Sent> = fc.record({
  path: fc.constantFrom(
    ...['batch', 'b', 'import', 'track', 't', 'identify', 'i', 'page', 'p', 'group', 'alias', 'm'],
  ),
  body,
  headers: fc.oneof(
    { weight: 6, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
    { weight: 2, arbitrary: fc.constant({ 'content-type': 'text/plain', origin: 'https://shop.example' }) },
    { weight: 1, arbitrary: fc.constant({ 'content-encoding': 'gzip' }) },
    { weight: 1, arbitrary: fc.constant({ 'content-encoding': 'br', 'content-type': 'text/plain' }) },
  ),
});

it('answers nonsense with 200 or 4xx, keeps the books, and goes on', { timeout: 240_000 }, async () => {
  const rounds = fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 12 }), async (requests) => {
    await round(() => Promise.all(requests.map(send)));
  });
  await fc.assert(rounds, { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: 180_000 });
});

it('gives back what it took in', { timeout: 120_000 }, async () => {
  const rounds = fc.asyncProperty(fc.array(oddObject, { minLength: 1, maxLength: 20 }), async (texts) => {
    serial += 1;
    const ids = texts.map((_, index) => `kept-${SEED}-${serial}-${index}`);
    const events = texts.map((text, index) => {
      const own = `"messageId":"${ids[index]}","userId":"${ids[index]}"`;
      return `{${own},"type":"identify","traits":${text},"properties":${text},"context":${text}}`;
    });
    await round(() => Promise.all([send(jsonTo('batch', `{"batch":[${events.join(',')}]}`))]));
    const stored = await storedEvents(new Set(ids));
    for (const [index, text] of texts.entries()) {
      await expectKept(JSON.parse(text) as JsonObject, ids[index] as string, stored);
    }
  });
  await fc.assert(rounds, { seed: SEED, numRuns: Math.ceil(RUNS / 4), interruptAfterTimeLimit: 90_000 });
});

/** An object that an event's check lets pass must be in the timeline and in the profile. */
async function expectKept(
  given: JsonObject,
  id: string,
  stored: ReadonlyMap<string, JsonObject>,
): Promise<void> {
  const event = stored.get(id);
  expect(event, `${id} of ${JSON.stringify(given)}`).toBeDefined();
  for (const column of ['properties', 'traits'] as const) {
    const back = event?.[column] ?? null;
    const told = `${column}: ${JSON.stringify(given)} came back as ${JSON.stringify(back)}`;
    expect(isSame(survivor(given), back), told).toBe(true);
  }
  const profile = await server.admin<{ traits: JsonObject }>(`/profiles/user_id:${id}`);
  const context = given.traits;
  // Traits of the context belong to the person too; here they would only blur the picture.
  if (context !== undefined) return;
  const told = `profile: ${JSON.stringify(given)} came back as ${JSON.stringify(profile.traits)}`;
  expect(isSame(repairedValue(given), profile.traits), told).toBe(true);
}

async function storedEvents(ids: ReadonlySet<string>): Promise<Map<string, JsonObject>> {
  const { data } = await server.admin<{ data: Array<JsonObject & { messageId: string }> }>(
    '/events?limit=100',
  );
  return new Map(data.filter(({ messageId }) => ids.has(messageId)).map((found) => [found.messageId, found]));
}

/** Sends what is given, then a good event, and holds the books against the receipts. */
async function round(sending: () => Promise<readonly Answered[]>): Promise<void> {
  const before = await server.settled();
  const answers = await sending();
  serial += 1;
  const startedAt = Date.now();
  const good = await send(jsonTo('track', `{"userId":"good-${serial}","event":"Good"}`));
  expect(good).toMatchObject({ status: 200, taken: 1, refused: 0 });
  const after = await server.settled();
  expect(Date.now() - startedAt).toBeLessThan(GOOD_EVENT_MS_MAX);
  expect(balances(after), JSON.stringify(after)).toBe(true);
  const taken = answers.reduce((sum, answer) => sum + answer.taken, 1);
  const refused = answers.reduce((sum, answer) => sum + answer.refused, 0);
  expect(after.received - before.received).toBe(taken);
  const conflicts = rejectedAs('message_id_conflict', after) - rejectedAs('message_id_conflict', before);
  expect(rejectedAs('processing_failed', after), server.output).toBe(rejectedAs('processing_failed', before));
  expect(allRejected(after) - allRejected(before)).toBe(refused + conflicts);
  await server.admin(`/profiles/user_id:good-${serial}`);
  expect(await server.adminAnswer('/rejected?limit=50').then(({ status }) => status)).toBe(200);
}

function rejectedAs(code: string, { rejected }: Tally): number {
  return rejected[code] ?? 0;
}

function allRejected({ rejected }: Tally): number {
  return Object.values(rejected).reduce((sum, events) => sum + events, 0);
}

function jsonTo(path: string, text: string): Sent {
  return { path, body: text, headers: { 'content-type': 'application/json' } };
}

async function send({ path, body: given, headers }: Sent): Promise<Answered> {
  const zipped = headers['content-encoding'] === 'gzip' && given.length % 2 === 0;
  const answer = await fetch(`${server.url}/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${source.writeKey}:`).toString('base64')}`, ...headers },
    body: new Uint8Array(zipped ? gzipSync(given) : Buffer.from(given)),
  });
  const text = await answer.text();
  expect(
    answer.status === 200 || (answer.status >= 400 && answer.status < 500),
    `${answer.status} ${text}`,
  ).toBe(true);
  const { accepted = 0, rejected = [] } = JSON.parse(text) as { accepted?: number; rejected?: JsonValue[] };
  return { status: answer.status, taken: accepted + rejected.length, refused: rejected.length };
}

/** One worst case each, with the answer that is due. */
const WORST: ReadonlyArray<
  readonly [name: string, call: string, body: string, status: number, code?: string]
> = [
  ['arrays 100,000 deep', 'track', nested('[', ']', 100_000), 400, 'nesting_too_deep'],
  ['objects 100,000 deep', 'track', nested('{"a":', '}', 100_000, '1'), 400, 'nesting_too_deep'],
  ['an event that is 100,000 arrays deep', 'track', '['.repeat(1e5) + ']'.repeat(1e5), 400, 'not_an_object'],
  ['10,000 keys', 'track', withProperties(manyKeys(10_000)), 400, 'too_many_keys'],
  ['4,000 keys', 'track', withProperties(manyKeys(4_000)), 200],
  ['1e999', 'track', withProperties('{"a":1e999}'), 400, 'number_invalid'],
  ['2^70', 'track', withProperties(`{"a":${2n ** 70n},"b":[${2n ** 64n},-${2n ** 63n},1]}`), 200],
  ['a user id of 2^70', 'track', `{"userId":${2n ** 70n},"event":"e"}`, 400, 'identifier_invalid'],
  ['a user id with NUL', 'track', '{"userId":"a\\u0000","event":"e"}', 400, 'identifier_invalid'],
  [
    'a user id with a lone surrogate',
    'track',
    '{"userId":"a\\ud800","event":"e"}',
    400,
    'identifier_invalid',
  ],
  [
    'a messageId of 10,000 characters',
    'track',
    withField('messageId', `"${'m'.repeat(10_000)}"`),
    400,
    'message_id_invalid',
  ],
  ['an object for a messageId', 'track', withField('messageId', '{"a":1}'), 400, 'message_id_invalid'],
  ['the year 99999', 'track', withField('timestamp', '"99999-01-01T00:00:00Z"'), 400, 'timestamp_invalid'],
  [
    'the year 99999 with a plus',
    'track',
    withField('timestamp', '"+099999-01-01T00:00:00Z"'),
    400,
    'timestamp_invalid',
  ],
  [
    'a year before Christ',
    'track',
    withField('timestamp', '"-000044-03-15T12:00:00Z"'),
    400,
    'timestamp_invalid',
  ],
  ['a timestamp of 1e300', 'track', withField('timestamp', '1e300'), 400, 'timestamp_invalid'],
  ['an array for a timestamp', 'track', withField('timestamp', '[2026,1,1]'), 400, 'timestamp_invalid'],
  ['a string of 250,000 characters', 'track', withProperties(`{"a":"${'x'.repeat(250_000)}"}`), 200],
  [
    'a string of 300,000 characters',
    'track',
    withProperties(`{"a":"${'x'.repeat(300_000)}"}`),
    400,
    'event_too_large',
  ],
  ['an event named __proto__', 'track', '{"userId":"proto","event":"__proto__"}', 200],
  ['an event name with a line break', 'track', '{"userId":"proto","event":"a\\nb"}', 200],
  ['an event name that is a number', 'track', '{"userId":"u","event":5}', 400, 'field_invalid'],
  [
    'an event name of 10,000 characters',
    'track',
    `{"userId":"u","event":"${'n'.repeat(10_000)}"}`,
    400,
    'field_invalid',
  ],
  ['an array for properties', 'track', '{"userId":"u","event":"e","properties":[1]}', 400, 'field_invalid'],
  [
    'a row error with NUL and half a line',
    'import',
    rowError('"\\u0000 \\ud800"', '1.5'),
    400,
    'row_invalid',
  ],
  ['a row error on line 1e300', 'import', rowError('7', '1e300'), 400, 'row_invalid'],
  ['null for an event', 'track', 'null', 400],
  ['20,001 events', 'batch', `{"batch":[${Array.from({ length: 20_001 }, () => '0').join(',')}]}`, 413],
];

it.each(WORST.map(([name, ...worst]) => ({ name, worst })))('$name', async ({ worst }) => {
  const [call, text, status, code] = worst;
  const watch = new AbortController();
  // Somebody looks at the live stream meanwhile: what is shown there must not end the server either.
  const stream = await fetch(`${server.url}/api/v1/events/stream`, {
    headers: { authorization: 'Bearer test-admin-token' },
    signal: watch.signal,
  });
  expect(stream.status).toBe(200);
  await round(async () => {
    const answer = await send(jsonTo(call, text));
    expect(answer.status).toBe(status);
    return [answer];
  });
  watch.abort();
  if (code !== undefined) {
    const { data } = await server.admin<{ data: Array<{ code: string }> }>('/rejected?limit=1');
    expect(data[0]?.code).toBe(code);
  }
});

it('counts events of every name', async () => {
  const { eventCounts } = await server.admin<{ eventCounts: { byName: JsonObject } }>(
    '/profiles/user_id:proto',
  );
  expect(Object.entries(eventCounts.byName).sort()).toEqual([
    ['__proto__', 1],
    ['a\nb', 1],
  ]);
});

function withProperties(properties: string): string {
  return `{"userId":"u","event":"e","properties":${properties}}`;
}

function withField(field: string, value: string): string {
  return `{"userId":"u","event":"e","${field}":${value}}`;
}

function nested(open: string, close: string, levels: number, inside = ''): string {
  return withProperties(`{"a":${open.repeat(levels)}${inside}${close.repeat(levels)}}`);
}

function manyKeys(count: number): string {
  return `{${Array.from({ length: count }, (_, index) => `"key${index}":${index}`).join(',')}}`;
}

function rowError(error: string, line: string): string {
  return `{"batch":[{"type":"row_error","error":${error},"line":${line}}]}`;
}
