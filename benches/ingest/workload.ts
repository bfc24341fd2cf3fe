import { createEarlierEvents, KEPT_EVERY } from './earlier-events.js';
import {
  buildTemplate,
  CALLS,
  type CallType,
  type EventTemplate,
  SLOTS,
  type Slot,
  USER_AGENTS,
  VARIANTS,
} from './event-template.js';
import { below, createRandom, createZipf, mix } from './random.js';
import { copy, writeCents, writeDigits, writeIp, writeName, writeText, writeUuid } from './write-bytes.js';

/** What a workload is made from. */
export interface WorkloadOptions {
  readonly seed: number;
  /** Time of the first event, in milliseconds since 1970. Bytes depend on it and on the seed, on nothing else. */
  readonly startMs: number;
  /** People who send; 100,000 unless told. */
  readonly people?: number;
}

/** An endless, seeded stream of a shop's events, written as JSON into the caller's memory. */
export interface Workload {
  /** Writes the next event at `at` and returns the offset behind it. An event is under EVENT_BYTES_MAX. */
  next(into: Uint8Array, at: number): number;
  /** Type of the event written last. */
  readonly type: CallType;
  /** The workload's clock as 24 bytes of ISO 8601: when the event written last happened. */
  readonly time: Uint8Array;
  /** Events written, repeats included. */
  readonly sent: number;
  /** Events written again with the messageId and body of an earlier one. */
  readonly repeats: number;
  /** Distinct people who sent something. */
  readonly peopleSeen: number;
  /** What a server must know of a person, by number from 0 (the busiest) up. */
  person(number: number): Person;
}

/** One sender of the workload. */
export interface Person {
  readonly userId: string;
  readonly anonymousId: string;
  /** True when the person had no userId at first, and gets one by a later identify call. */
  readonly anonymousFirst: boolean;
  /** True once an event with the userId was written. */
  readonly identified: boolean;
  /** Events written, without repeats. */
  readonly events: number;
}

/** Whom events are about unless somebody says otherwise. */
export const PEOPLE = 100_000;
/** One word of 2^32 below this makes a repeat: 2%. */
const REPEAT_BELOW = 0.02 * 2 ** 32;
const EVENTS_PER_MS = 3;

/** Makes a workload. Events are patched into ready templates: about a microsecond each, without garbage. */
export function createWorkload({ seed, startMs, people = PEOPLE }: WorkloadOptions): Workload {
  const random = createRandom(seed);
  const zipf = createZipf(people, 1, random);
  const templates = buildTemplates();
  const calls = buildCallTable();
  const counts = new Uint32Array(people);
  const earlier = createEarlierEvents(random);
  const clock = createClock(startMs);
  const state = { type: 'track' as CallType, sent: 0, repeats: 0, peopleSeen: 0 };

  function fresh(into: Uint8Array, at: number): number {
    const person = zipf();
    const before = counts[person] as number;
    counts[person] = before + 1;
    if (before === 0) state.peopleSeen++;
    const identifiesAt = firstIdentify(person);
    const identifies = identifiesAt > 0 && before === identifiesAt;
    const call = identifies ? IDENTIFY : drawCall(calls, random, before >= identifiesAt);
    const known = before >= identifiesAt;
    const variant = below(random, VARIANTS);
    const template = templates[templateIndex(call, agentOf(person), variant, known)] as EventTemplate;
    into.set(template.bytes, at);
    patch(into, at, template, person, clock, random);
    state.type = template.type;
    return at + template.bytes.length;
  }

  return {
    get type() {
      return state.type;
    },
    get sent() {
      return state.sent;
    },
    get repeats() {
      return state.repeats;
    },
    get peopleSeen() {
      return state.peopleSeen;
    },
    time: clock.iso,
    next(into, at) {
      if (state.sent % EVENTS_PER_MS === 0) clock.advance();
      state.sent++;
      if (random() >>> 0 < REPEAT_BELOW) {
        const end = earlier.repeat(into, at);
        if (end > at) {
          state.type = earlier.type;
          state.repeats++;
          return end;
        }
      }
      const end = fresh(into, at);
      if (state.sent % KEPT_EVERY === 0) earlier.keep(into, at, end, state.type);
      return end;
    },
    person: (number) => describePerson(number, counts[number] ?? 0),
  };
}

function describePerson(number: number, events: number): Person {
  const id = new Uint8Array(36);
  writePersonUuid(id, 0, number);
  const identifiesAt = firstIdentify(number);
  return {
    userId: `user-${String(number).padStart(7, '0')}`,
    anonymousId: new TextDecoder().decode(id),
    anonymousFirst: identifiesAt > 0,
    identified: events > identifiesAt,
    events,
  };
}

const IDENTIFY = CALLS.findIndex((call) => call.type === 'identify');
const EMAIL_OPENED = CALLS.findIndex((call) => call.event === 'Email Opened');
const PRODUCT_VIEWED = CALLS.findIndex((call) => call.event === 'Product Viewed');

/** How many events a person sends before the first that carries the userId: 0 for most, 1 to 6 for one in five. */
function firstIdentify(person: number): number {
  const hash = mix(person ^ 0x5bd1e995) >>> 0;
  return hash % 5 === 0 ? 1 + ((hash >>> 8) % 6) : 0;
}

function agentOf(person: number): number {
  return (mix(person ^ 0x1b873593) >>> 0) % USER_AGENTS.length;
}

function templateIndex(call: number, agent: number, variant: number, known: boolean): number {
  return ((call * USER_AGENTS.length + agent) * VARIANTS + variant) * 2 + (known ? 1 : 0);
}

function buildTemplates(): EventTemplate[] {
  const templates: EventTemplate[] = [];
  for (let call = 0; call < CALLS.length; call++) {
    for (let agent = 0; agent < USER_AGENTS.length; agent++) {
      for (let variant = 0; variant < VARIANTS; variant++) {
        for (const known of [false, true]) {
          templates[templateIndex(call, agent, variant, known)] = buildTemplate(call, agent, variant, known);
        }
      }
    }
  }
  return templates;
}

/** The calls by weight: a hundred entries, so that a draw is one look-up. */
function buildCallTable(): Uint8Array {
  return Uint8Array.from(CALLS.flatMap((call, index) => new Array<number>(call.weight).fill(index)));
}

/** Nobody unknown is identified by chance, nor opens an e-mail. */
function drawCall(calls: Uint8Array, random: () => number, known: boolean): number {
  const call = calls[below(random, calls.length)] as number;
  return !known && (call === IDENTIFY || call === EMAIL_OPENED) ? PRODUCT_VIEWED : call;
}

interface Clock {
  readonly iso: Uint8Array;
  readonly digits: Uint8Array;
  advance(): void;
}

function createClock(startMs: number): Clock {
  const iso = new Uint8Array(24);
  const digits = new Uint8Array(13);
  let now = startMs - 1;
  const advance = (): void => {
    now++;
    const ms = now % 1000;
    if (ms === 0 || iso[0] === 0) {
      writeText(iso, new Date(now).toISOString());
      writeText(digits, String(now).padStart(13, '0'));
    } else {
      writeDigits(iso, 20, 3, ms);
      writeDigits(digits, 10, 3, ms);
    }
  };
  return { iso, digits, advance };
}

function patch(
  into: Uint8Array,
  at: number,
  template: EventTemplate,
  person: number,
  clock: Clock,
  random: () => number,
): void {
  const product = below(random, 5000);
  const other = below(random, 5000);
  for (let index = 0; index < template.slots.length; index++) {
    const slot = template.slots[index] as readonly [Slot, number]; // within bounds
    const to = at + slot[1];
    switch (slot[0]) {
      case 'messageMs':
        copy(into, to, clock.digits);
        break;
      case 'messageUuid':
        writeUuid(into, to, random(), random(), random(), random());
        break;
      case 'time':
        copy(into, to, clock.iso);
        break;
      case 'anonymousId':
        writePersonUuid(into, to, person);
        break;
      case 'person':
        writeDigits(into, to, SLOTS.person.width, person);
        break;
      case 'lastName':
        writeName(into, to, mix(person ^ 0x3c6ef372));
        break;
      case 'ip':
        writeIp(into, to, mix(person ^ 0x510e527f));
        break;
      case 'product':
        writeDigits(into, to, 4, 1000 + product);
        break;
      case 'otherProduct':
        writeDigits(into, to, 4, 1000 + other);
        break;
      case 'price':
        writeCents(into, to, priceOf(product));
        break;
      case 'otherPrice':
        writeCents(into, to, priceOf(other));
        break;
      case 'priceSum':
        writeCents(into, to, priceOf(product) + priceOf(other));
        break;
      case 'order':
        writeDigits(into, to, 8, below(random, 1e8));
        break;
    }
  }
}

/** Cents from 100.00 to 499.99: the sum of two has as many digits as one. */
function priceOf(product: number): number {
  return 10_000 + ((mix(product) >>> 0) % 40_000);
}

function writePersonUuid(into: Uint8Array, at: number, person: number): void {
  writeUuid(
    into,
    at,
    mix(person),
    mix(person ^ 0xa54ff53a),
    mix(person ^ 0x6a09e667),
    mix(person ^ 0xbb67ae85),
  );
}
