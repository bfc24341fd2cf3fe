/** A source of a running server, spoken to by raw HTTP, and what became of what was sent. */
import { expect } from 'vitest';
import type { HttpAnswer, HttpOptions } from './http-request.js';
import { httpRequest } from './http-request.js';
import type { RunningServer, Tally, TestSource } from './running-server.js';

/** The answer of collect. */
export interface Receipt {
  readonly success: boolean;
  readonly receipt: string;
  readonly accepted: number;
  readonly rejected: ReadonlyArray<{ index: number; code: string; message: string }>;
}

/** An event as the timeline gives it. */
export interface StoredEvent {
  readonly type: string;
  readonly name: string;
  readonly messageId: string;
  readonly userId: string;
  readonly anonymousId: string;
  readonly groupId: string;
  readonly previousId: string;
  readonly timestamp: string;
  readonly receivedAt: string;
  readonly properties: Record<string, unknown>;
  readonly traits: Record<string, unknown>;
  readonly context: Record<string, unknown>;
  readonly enrichment: Record<string, unknown>;
}

/** The content type of most clients. */
export const JSON_TYPE = { 'content-type': 'application/json' };

/** HTTP Basic of a user and password, or of whatever is given. */
export function basic(user: string): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
}

/** Speaks the wire to one server with one key. */
export class WireClient {
  readonly server: RunningServer;
  readonly source: TestSource;
  #people = 0;

  constructor(server: RunningServer, source: TestSource) {
    this.server = server;
    this.source = source;
  }

  /** A user id that nobody else has. */
  somebody(): string {
    this.#people += 1;
    return `${this.source.id}-person-${this.#people}`;
  }

  /** Posts to a path below /v1, with the write key as HTTP Basic unless headers say otherwise. */
  post(path: string, body: unknown, options: HttpOptions = {}): Promise<HttpAnswer> {
    const text = typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body);
    const headers = options.headers ?? { ...basic(`${this.source.writeKey}:`), ...JSON_TYPE };
    return httpRequest(`${this.server.url}/v1/${path}`, { method: 'POST', ...options, headers, body: text });
  }

  /** The timeline of a person, newest first, when all that was received is processed. */
  async eventsOf(userId: string): Promise<StoredEvent[]> {
    await this.server.settled();
    const answer = await this.server.adminAnswer(
      `/profiles/user_id:${encodeURIComponent(userId)}/events?limit=500`,
    );
    if (answer.status === 404) return [];
    return ((await answer.json()) as { data: StoredEvent[] }).data;
  }

  /** By how much the ledger moved meanwhile. */
  async change(during: () => Promise<unknown>): Promise<Tally> {
    const before = await this.server.settled();
    await during();
    const after = await this.server.settled();
    const rejected = Object.entries(after.rejected)
      .map(([code, n]) => [code, n - (before.rejected[code] ?? 0)] as const)
      .filter(([, n]) => n !== 0);
    return {
      received: after.received - before.received,
      processed: after.processed - before.processed,
      duplicate: after.duplicate - before.duplicate,
      rejected: Object.fromEntries(rejected),
      pending: after.pending,
    };
  }
}

/** Holds an answer against RFC 9457 and our codes. */
export function expectProblem(answer: HttpAnswer, status: number, code: string): void {
  expect(answer.status).toBe(status);
  expect(answer.headers['content-type']).toMatch(/^application\/problem\+json/);
  const problem = answer.json();
  expect(problem).toMatchObject({ type: `urn:tributary:error:${code}`, status, code });
  expect(problem.title).toEqual(expect.any(String));
  expect(String(problem.detail).length).toBeGreaterThan(10);
}
