/**
 * Golden cases: requests as clients send them, and what comes out, as data in `cases/`. All run on one real server, each
 * with a source and people of its own. Of a profile, a ledger and a moment exactly what is named must be there; of events
 * and refusals at least that. `{"$near": seconds}` is a moment that far from now, give or take a minute. Connections of a case take from its source and send to a
 * webhook of the tests: what arrives there are its deliveries.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Tally, TestSource } from '../harness/running-server.js';
import { balances, RunningServer } from '../harness/running-server.js';

interface Case {
  readonly name: string;
  readonly requests: ReadonlyArray<{
    readonly path: string;
    readonly body: unknown;
    readonly headers?: Record<string, string>;
    /** 200 unless said otherwise. */
    readonly status?: number;
  }>;
  /** Made before the requests; `from` is the case's own source. */
  readonly connections?: ReadonlyArray<{ readonly purposes: readonly string[]; readonly definition: object }>;
  readonly expect: {
    /** Bodies by the place of the connection, in any order. */
    readonly deliveries?: ReadonlyArray<readonly object[]>;
    /** By the place of the connection, how many by which reason. */
    readonly filtered?: ReadonlyArray<Readonly<Record<string, number>>>;
    readonly profiles?: Record<string, Partial<ProfileView>>;
    /** References that lead to one profile. */
    readonly same?: readonly string[][];
    /** References that lead nowhere. */
    readonly unknown?: readonly string[];
    /** Newest first. */
    readonly timeline?: Record<string, readonly object[]>;
    readonly ledger?: Partial<Tally>;
    /** Newest first. */
    readonly rejected?: readonly object[];
  };
}

interface Profile {
  readonly id: string;
  readonly identifiers: ReadonlyArray<{ kind: string; value: string }>;
  readonly traits: Record<string, unknown>;
  readonly provenance: Record<string, { messageId: string }>;
  readonly consent: Record<string, boolean>;
  readonly eventCounts: { total: number; byName: Record<string, number> };
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  readonly mergedIds: readonly string[];
}

/** A profile as the cases speak of it. */
interface ProfileView {
  /** As `kind:value`, sorted. */
  readonly identifiers: readonly string[];
  readonly traits: Record<string, unknown>;
  /** The messageId that each trait came from. */
  readonly from: Record<string, string>;
  readonly consent: Record<string, boolean>;
  readonly counts: Record<string, number>;
  readonly firstSeenAt: unknown;
  readonly lastSeenAt: unknown;
  /** Profiles that were taken in. */
  readonly merged: number;
}

const FOLDER = new URL('cases/', import.meta.url);
const NEAR_MS = 60_000;
const cases = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as Case);

let server: RunningServer;
const sources = new Map<string, TestSource>();

/** Ids of destinations, and what arrived of each, by the name of the case and the place of the connection. */
const destinations = new Map<string, string>();
const arrived = new Map<string, object[]>();
const tool = createServer((request, response) => {
  let body = '';
  request.on('data', (text: Buffer) => {
    body += text.toString();
  });
  request.on('end', () => {
    const key = decodeURIComponent(request.url?.slice(1) ?? '');
    arrived.set(key, [...(arrived.get(key) ?? []), JSON.parse(body)]);
    response.end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => tool.listen(0, '127.0.0.1', resolve));
  server = await RunningServer.start({ TRIBUTARY_DESTINATION_NETWORKS: '127.0.0.1' });
  for (const { name, requests, connections = [] } of cases) {
    const source = await server.source(name);
    sources.set(name, source);
    for (const [place, connection] of connections.entries())
      await connect(`${name} ${place}`, source, connection);
    for (const { path, body, headers, status = 200 } of requests) {
      const answer = await send(source, path, body, headers);
      const text = await answer.text();
      if (answer.status !== status)
        throw new Error(`${name}: /v1/${path} answered ${answer.status}: ${text}`);
    }
  }
  await server.settled();
});
afterAll(async () => {
  await server.remove();
  tool.close();
});

async function connect(
  key: string,
  { id: source }: TestSource,
  { purposes, definition }: NonNullable<Case['connections']>[number],
): Promise<void> {
  const url = `http://127.0.0.1:${(tool.address() as AddressInfo).port}/${encodeURIComponent(key)}`;
  const { id } = await server.admin<{ id: string }>('/destinations', {
    ...{ name: key, kind: 'webhook', settings: { url }, purposes },
    ...(purposes.length === 0 ? { consentNotRequired: 'Golden cases only' } : {}),
  });
  destinations.set(key, id);
  await server.admin('/connections', {
    ...{ name: key, destinationId: id },
    definition: { from: { sources: [source] }, action: 'send', ...definition },
  });
}

interface Balance {
  readonly matched: number;
  readonly delivered: number;
  readonly pending: number;
  readonly filtered: Readonly<Record<string, number>>;
}

/** The books of a destination, when nothing waits any more. */
async function settledBalance(key: string): Promise<Balance> {
  for (;;) {
    const total = await server.admin<Balance>(`/destinations/${destinations.get(key)}/balance`);
    if (total.pending === 0) return total;
    await sleep(50);
  }
}

function send(
  { writeKey }: TestSource,
  path: string,
  body: unknown,
  headers: Record<string, string> | undefined,
): Promise<Response> {
  if (headers === undefined) return server.send(writeKey, path, body);
  return fetch(`${server.url}/v1/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain', ...headers },
    body: JSON.stringify({ ...(body as object), writeKey }),
  });
}

const profileOf = (ref: string) => server.admin<Profile>(`/profiles/${encodeURIComponent(ref)}`);

function viewOf(profile: Profile): ProfileView {
  return {
    identifiers: profile.identifiers.map(({ kind, value }) => `${kind}:${value}`).sort(),
    traits: profile.traits,
    from: Object.fromEntries(
      Object.entries(profile.provenance).map(([name, from]) => [name, from.messageId]),
    ),
    consent: profile.consent,
    counts: profile.eventCounts.byName,
    firstSeenAt: profile.firstSeenAt,
    lastSeenAt: profile.lastSeenAt,
    merged: profile.mergedIds.length,
  };
}

/** Expected data with `$near` in place of moments. */
function matcher<T>(expected: T): T {
  if (typeof expected !== 'object' || expected === null) return expected;
  if (Array.isArray(expected)) return expected.map(matcher) as T;
  if ('$near' in expected) return near(expected.$near as number) as T;
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, matcher(value)])) as T;
}

function near(seconds: number) {
  return {
    asymmetricMatch: (given: unknown) =>
      typeof given === 'string' && Math.abs(Date.parse(given) - (Date.now() + seconds * 1_000)) < NEAR_MS,
    toString: () => `near ${seconds} s`,
  };
}

describe.each(cases.map((one) => [one.name, one] as const))('%s', (name, { expect: expected }) => {
  const sourceId = () => sources.get(name)?.id ?? '';

  for (const [ref, wanted] of Object.entries(expected.profiles ?? {})) {
    test(`the profile ${ref}`, async () => {
      const view = viewOf(await profileOf(ref));
      const named = Object.fromEntries(
        Object.keys(wanted).map((field) => [field, view[field as keyof ProfileView]]),
      );
      expect(named).toEqual(matcher(wanted));
    });
  }

  for (const refs of expected.same ?? []) {
    test(`${refs.join(' and ')} are one person`, async () => {
      const ids = await Promise.all(refs.map(async (ref) => (await profileOf(ref)).id));
      expect(new Set(ids).size).toBe(1);
    });
  }

  for (const ref of expected.unknown ?? []) {
    test(`${ref} is nobody`, async () => {
      expect((await server.adminAnswer(`/profiles/${encodeURIComponent(ref)}`)).status).toBe(404);
    });
  }

  for (const [ref, events] of Object.entries(expected.timeline ?? {})) {
    test(`the timeline of ${ref}`, async () => {
      const { data } = await server.admin<{ data: object[] }>(`/profiles/${encodeURIComponent(ref)}/events`);
      expect(data.length).toBe(events.length);
      expect(data).toMatchObject(matcher(events));
    });
  }

  for (const [place, bodies] of (expected.deliveries ?? []).entries()) {
    test(`what arrives by connection ${place}`, async () => {
      const key = `${name} ${place}`;
      const filtered = expected.filtered?.[place] ?? {};
      const refused = Object.values(filtered).reduce((sum, count) => sum + count, 0);
      const balance = { matched: bodies.length + refused, delivered: bodies.length, filtered };
      expect(await settledBalance(key)).toMatchObject(balance);
      expect(arrived.get(key) ?? []).toHaveLength(bodies.length);
      expect(arrived.get(key) ?? []).toEqual(expect.arrayContaining(bodies.map(matcher)));
    });
  }

  test('the books', async () => {
    const tally = (await server.ledger()).sources.find((one) => one.sourceId === sourceId());
    if (!tally) throw new Error('the source is not in the ledger');
    expect(balances(tally)).toBe(true);
    expect(tally).toMatchObject({ rejected: {}, duplicate: 0, pending: 0, ...expected.ledger });
    const { data } = await server.admin<{ data: object[] }>(`/rejected?sourceId=${sourceId()}`);
    expect(data.length).toBe(expected.rejected?.length ?? 0);
    if (expected.rejected) expect(data).toMatchObject(matcher(expected.rejected));
  });
});
