/**
 * Golden cases: requests as clients send them, and what comes out, as data in `cases/`. All run on one real server, each
 * with a source and people of its own. Of a profile, a ledger and a moment exactly what is named must be there; of events
 * and refusals at least that. `{"$near": seconds}` is a moment that far from now, give or take a minute.
 */
import { readdirSync, readFileSync } from 'node:fs';
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
  readonly expect: {
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

beforeAll(async () => {
  server = await RunningServer.start();
  for (const { name, requests } of cases) {
    const source = await server.source(name);
    sources.set(name, source);
    for (const { path, body, headers, status = 200 } of requests) {
      const answer = await send(source, path, body, headers);
      const text = await answer.text();
      if (answer.status !== status)
        throw new Error(`${name}: /v1/${path} answered ${answer.status}: ${text}`);
    }
  }
  await server.settled();
});
afterAll(() => server.remove());

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
