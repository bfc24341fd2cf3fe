/**
 * Senders that behave as SDKs do, and remember: a request without a certain answer is sent again as it was, with the same
 * messageIds, until it is acknowledged or given up.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../src/core/demo/random.js';
import { createRandom } from '../../src/core/demo/random.js';
import type { RunningServer, TestSource } from '../harness/running-server.js';

const PEOPLE = 60;
const SENDERS = 5;
const EVENTS_PER_BATCH_MAX = 40;
const RETRY_MS = 40;
const PAUSE_MS_MAX = 30;
const NAMES = ['Viewed', 'Ordered', 'Left'];

/** A valid event that was sent, and whose it is. */
export interface SentEvent {
  readonly person: number;
  /** The name under which its profile counts it. */
  readonly name: string;
  acknowledged: boolean;
}

/** What was sent to one source. */
export interface SentToSource {
  readonly source: TestSource;
  /** Valid events by messageId. */
  readonly events: Map<string, SentEvent>;
  /** Events in requests that were answered with 200, the refused ones and repeats included. */
  acknowledged: number;
  /** Events in requests whose fate is unknown; each try counts. */
  uncertain: number;
}

interface Item {
  readonly body: Readonly<Record<string, unknown>>;
  /** Undefined for one that must be refused. */
  readonly event: SentEvent | undefined;
  readonly messageId: string;
}

/** The load: runs until stopped. */
export class Load {
  readonly sent: readonly SentToSource[];
  readonly #server: RunningServer;
  readonly #seed: number;
  #stopped = false;
  #running: Promise<void>[] = [];

  constructor(server: RunningServer, sources: readonly TestSource[], seed: number) {
    this.#server = server;
    this.#seed = seed;
    this.sent = sources.map((source) => ({ source, events: new Map(), acknowledged: 0, uncertain: 0 }));
  }

  /** The user of every person. */
  get users(): string[] {
    return Array.from({ length: PEOPLE }, (_, person) => namesOf(person).user);
  }

  /** Lets all senders loose. */
  start(): void {
    this.#running = Array.from({ length: SENDERS }, (_, nth) => this.#sender(nth));
  }

  /** Resolves when every sender has its last answer; the server must be up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running);
  }

  /**
   * Says of every person outright which names are theirs, so that each ends as one profile whatever was lost. The server
   * must be up.
   */
  async unite(): Promise<void> {
    // Invariant: there is at least one source.
    const to = this.sent[0] as SentToSource;
    const items = Array.from({ length: PEOPLE }, (_, person) => unitingItems(person)).flat();
    for (let at = 0; at < items.length; at += EVENTS_PER_BATCH_MAX) {
      await this.#deliver(to, items.slice(at, at + EVENTS_PER_BATCH_MAX), 'batch', () => false);
    }
  }

  async #sender(nth: number): Promise<void> {
    const random = createRandom('sender', this.#seed, nth);
    for (let request = 0; !this.#stopped; request += 1) {
      const to = random.pick(this.sent);
      const single = random.chance(0.3);
      const count = single ? 1 : random.int(2, EVENTS_PER_BATCH_MAX);
      const items = Array.from({ length: count }, (_, index) =>
        anItem(random, `${nth}-${request}-${index}`, !single),
      );
      const call = single ? (items[0]?.body.type as string) : 'batch';
      // Some senders lose heart: what became of such a request nobody can say.
      await this.#deliver(to, items, call, () => random.chance(0.1));
      // Others send again what was acknowledged: their answer got lost on the way.
      if (random.chance(0.08)) await this.#deliver(to, items, call, () => random.chance(0.1));
      await sleep(random.int(0, PAUSE_MS_MAX));
    }
  }

  async #deliver(
    to: SentToSource,
    items: readonly Item[],
    call: string,
    givesUp: () => boolean,
  ): Promise<void> {
    for (const { event, messageId } of items)
      if (event && !to.events.has(messageId)) to.events.set(messageId, event);
    const body = call === 'batch' ? { batch: items.map((item) => item.body) } : items[0]?.body;
    for (;;) {
      const outcome = await this.#post(to, call, body);
      if (outcome === 'acknowledged') {
        to.acknowledged += items.length;
        for (const { messageId } of items) {
          const event = to.events.get(messageId);
          if (event) event.acknowledged = true;
        }
        return;
      }
      if (outcome === 'uncertain') to.uncertain += items.length;
      if (givesUp()) return;
      await sleep(RETRY_MS);
    }
  }

  async #post(
    to: SentToSource,
    call: string,
    body: unknown,
  ): Promise<'acknowledged' | 'uncertain' | 'not sent'> {
    try {
      const answer = await this.#server.send(to.source.writeKey, call, body);
      await answer.arrayBuffer();
      if (answer.status === 200) return 'acknowledged';
      if (answer.status === 503) return 'uncertain';
      throw new UnexpectedAnswer(`${call} was answered ${answer.status}`);
    } catch (error) {
      if (error instanceof UnexpectedAnswer) throw error;
      const { code } = ((error as Error).cause ?? {}) as { code?: string };
      return code === 'ECONNREFUSED' ? 'not sent' : 'uncertain';
    }
  }
}

class UnexpectedAnswer extends Error {}

/** One event of a person: by a name of theirs, or one that ties two of them together. */
function anItem(random: Random, messageId: string, mayBeRefused: boolean): Item {
  if (mayBeRefused && random.chance(0.02)) {
    return { messageId, event: undefined, body: { type: 'track', messageId, event: 'Nobody' } };
  }
  const person = random.int(0, PEOPLE - 1);
  const names = namesOf(person);
  const who = random.pick([
    { anonymousId: random.pick(names.devices) },
    { userId: names.user, anonymousId: random.pick(names.devices) },
    { userId: names.user },
    { userId: names.formerUser },
  ]);
  if (random.chance(0.1)) {
    const traits = {
      ...('userId' in who && who.userId === names.user ? { email: names.email } : {}),
      n: random.int(1, 9),
    };
    return item(messageId, person, { type: 'identify', ...who, traits });
  }
  if (random.chance(0.02)) {
    return item(messageId, person, { type: 'alias', userId: names.user, previousId: names.formerUser });
  }
  const event = random.pick(NAMES);
  return item(messageId, person, { type: 'track', event, ...who, properties: { amount: random.int(1, 99) } });
}

function unitingItems(person: number): Item[] {
  const { user, formerUser, email, devices } = namesOf(person);
  return [
    ...devices.map((anonymousId) => ({ type: 'identify', userId: user, anonymousId, traits: { email } })),
    { type: 'alias', userId: user, previousId: formerUser },
  ].map((body, nth) => item(`unite-${person}-${nth}`, person, body));
}

function item(messageId: string, person: number, body: Readonly<Record<string, unknown>>): Item {
  const name = body.type === 'track' ? String(body.event) : String(body.type);
  return { messageId, event: { person, name, acknowledged: false }, body: { ...body, messageId } };
}

function namesOf(person: number) {
  return {
    user: `user-${person}`,
    formerUser: `former-${person}`,
    email: `person-${person}@shop.example`,
    devices: [`device-${person}-a`, `device-${person}-b`],
  };
}
