/** A running server with six people whose answers are easily counted by hand, and what tests of its segments ask of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'vitest';
import { RunningServer } from './running-server.js';
import { WireClient } from './wire-client.js';

/** A segment, as far as tests look at one. */
export interface Segment {
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly version: number;
  readonly size: number;
  readonly progress: { done: number; total: number } | null;
  readonly definition: unknown;
  readonly text: string;
  readonly english: string;
  readonly versions: ReadonlyArray<{ version: number; status: string }>;
}

/** A page of a list. */
export interface Page<Item> {
  readonly data: readonly Item[];
  readonly nextCursor: string | null;
}

/** A refusal: problem details. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const WAIT_MS_MAX = 20_000;
const POLL_MS = 50;

/** Six people: plans pro, pro, free, null, missing and pro; orders of 0, 100 + 50, 20, none … */
const PEOPLE = [
  {
    name: 'ann',
    traits: { plan: 'pro', email: 'ann@mail.example', tags: ['a', 'b'] },
    ads: true,
    orders: [100, 50],
  },
  { name: 'bob', traits: { plan: 'pro', email: 'bob@mail.example', age: 40 }, ads: false, orders: [20] },
  { name: 'cid', traits: { plan: 'free', email: 'cid@mail.example' }, ads: true, orders: [200] },
  { name: 'dan', traits: { plan: null, address: { city: 'Graz' } }, ads: undefined, orders: [] },
  { name: 'eve', traits: { phone: '+4930901820' }, ads: undefined, orders: [] },
  { name: 'fay', traits: { plan: 'pro' }, ads: true, orders: [] },
].flatMap(({ name, traits, ads, orders }) => [
  {
    ...{ type: 'identify', userId: name, messageId: `${name}-id`, traits },
    ...(ads === undefined ? {} : { context: { consent: { categoryPreferences: { ads } } } }),
  },
  ...orders.map((total, index) => ({
    ...{ type: 'track', event: 'Order Completed', userId: name, messageId: `${name}-${index}` },
    ...{ properties: { total } },
  })),
]);

/** Of the people: ann, bob and fay. */
export const PRO = { kind: 'trait', trait: 'plan', is: { op: 'equals', value: 'pro' } };
/** Ann (150) and cid (200). */
export const SPENT = {
  ...{ kind: 'events', event: 'Order Completed', measure: { kind: 'sum', of: 'properties.total' } },
  is: { op: 'gte', value: 100 },
};

/** See the head of the file. */
export class SegmentsServer {
  readonly server: RunningServer;
  readonly #client: WireClient;

  private constructor(server: RunningServer, client: WireClient) {
    this.server = server;
    this.#client = client;
  }

  static async start(): Promise<SegmentsServer> {
    const server = await RunningServer.start();
    const started = new SegmentsServer(server, new WireClient(server, await server.source('web')));
    await started.send(...PEOPLE);
    return started;
  }

  /** Sends calls, and waits until they are processed. */
  async send(...batch: object[]): Promise<void> {
    expect((await this.#client.post('batch', { batch })).status).toBe(200);
    await this.server.settled();
  }

  /** Waits until something holds. */
  async until<Value>(read: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
    for (let waited = 0; ; waited += POLL_MS) {
      const value = await read();
      if (holds(value)) return value;
      if (waited > WAIT_MS_MAX) throw new Error(`Still ${JSON.stringify(value)}\n${this.server.output}`);
      await sleep(POLL_MS);
    }
  }

  /** Waits until a segment is right for everybody, and has so many people: the event store is told of them a moment later. */
  live(id: string, size: number): Promise<Segment> {
    const read = () => this.server.admin<Segment>(`/segments/${id}`);
    return this.until(read, (segment) => segment.status === 'live' && segment.size === size);
  }

  async refusal(path: string, body: unknown, method = 'POST'): Promise<Refusal> {
    return (await (await this.server.adminAnswer(path, body, method)).json()) as Refusal;
  }

  /** Deletes something; answers with the status. */
  async remove(path: string): Promise<number> {
    return (await this.server.adminAnswer(path, undefined, 'DELETE')).status;
  }

  async idOf(ref: string): Promise<string> {
    return (await this.server.admin<{ id: string }>(`/profiles/${encodeURIComponent(ref)}`)).id;
  }

  /** All items of a list, by pages of two. */
  async allOf<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const more: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const page: Page<Item> = await this.server.admin(
        `${path}${path.includes('?') ? '&' : '?'}limit=2${more}`,
      );
      items.push(...page.data);
      cursor = page.nextCursor;
    }
    return items;
  }
}
