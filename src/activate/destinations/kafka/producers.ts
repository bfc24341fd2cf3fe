/** Producers, kept open between calls. */
import { Kafka, logLevel, Partitioners, type Producer, type SASLOptions } from 'kafkajs';
import type { JsonObject } from '../../../core/json.js';
import { type SendContext, SendFailure } from '../destination.js';
import { requiredText, textOf, textsOf } from '../read-values.js';
import { guardedSockets } from './guarded-socket.js';
import { kafkaFailure } from './kafka-failure.js';
import { SASL_MECHANISMS } from './kafka-fields.js';

const CONNECT_MS_MAX = 10_000;
const REQUEST_MS_MAX = 20_000;
/** Of one request, within one attempt: beyond that the deliverer decides when to try again. */
const RETRY = { retries: 3, initialRetryTime: 200 };
/** Quiet after which the connections close. */
const IDLE_MS_MAX = 60_000;

interface Kept {
  readonly producer: Promise<Producer>;
  /** Why a broker may not be spoken to. */
  refused: unknown;
  calls: number;
  closing: NodeJS.Timeout | undefined;
}

/** By the settings of the destination, whose lifetime they have at most. */
const opened = new WeakMap<JsonObject, Kept>();

/**
 * Lets work be done with the destination's producer. One whose work failed is not used again: what it has counted of its messages may not be what the
 * brokers have.
 * @throws SendFailure
 */
export async function withProducer<Result>(
  context: SendContext,
  work: (producer: Producer) => Promise<Result>,
): Promise<Result> {
  const kept = opened.get(context.settings) ?? open(context);
  clearTimeout(kept.closing);
  kept.calls += 1;
  try {
    const producer = await kept.producer;
    return await unlessCut(work(producer), context.signal);
  } catch (error) {
    close(kept, context.settings);
    throw kept.refused instanceof SendFailure ? kept.refused : kafkaFailure(error);
  } finally {
    kept.calls -= 1;
    if (kept.calls === 0) {
      kept.closing = setTimeout(() => close(kept, context.settings), IDLE_MS_MAX).unref();
    }
  }
}

function open({ settings, resolve, destinationId }: SendContext): Kept {
  const kept: Kept = {
    producer: connect(settings, destinationId, resolve, (error) => {
      kept.refused = error;
    }),
    refused: undefined,
    calls: 0,
    closing: undefined,
  };
  opened.set(settings, kept);
  return kept;
}

function close(kept: Kept, settings: JsonObject): void {
  if (opened.get(settings) === kept) opened.delete(settings);
  clearTimeout(kept.closing);
  kept.producer.then((producer) => producer.disconnect()).catch(() => {});
}

async function connect(
  settings: JsonObject,
  destinationId: string,
  resolve: SendContext['resolve'],
  refused: (error: unknown) => void,
): Promise<Producer> {
  const ca = textOf(settings, 'certificateAuthority');
  const sasl = saslOf(settings);
  const kafka = new Kafka({
    clientId: `tributary-${destinationId}`,
    brokers: [...textsOf(settings, 'brokers')],
    ...(settings.tls === false ? {} : { ssl: ca === undefined ? {} : { ca } }),
    ...(sasl === undefined ? {} : { sasl }),
    socketFactory: guardedSockets(resolve, refused),
    connectionTimeout: CONNECT_MS_MAX,
    requestTimeout: REQUEST_MS_MAX,
    retry: RETRY,
    // What goes wrong is thrown, and told with the attempt.
    logLevel: logLevel.NOTHING,
  });
  const producer = kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: RETRY,
  });
  await producer.connect();
  return producer;
}

function saslOf(settings: JsonObject): SASLOptions | undefined {
  const mechanism = SASL_MECHANISMS.find((known) => known === settings.mechanism);
  if (mechanism === undefined) return undefined;
  const username = requiredText(settings, 'user');
  return { mechanism, username, password: requiredText(settings, 'password') } as SASLOptions;
}

/** The client knows no signals. */
async function unlessCut<Result>(working: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let cut = () => {};
  const cutting = new Promise<never>((_, reject) => {
    cut = () => reject(signal.reason);
    signal.addEventListener('abort', cut, { once: true });
    if (signal.aborted) cut();
  });
  try {
    return await Promise.race([working, cutting]);
  } finally {
    signal.removeEventListener('abort', cut);
  }
}
