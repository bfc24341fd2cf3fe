/** Messages in topics of Kafka, and of whatever else speaks its protocol. */
import { CompressionTypes, type IHeaders, type Message } from 'kafkajs';
import type { DestinationKind, SendContext, SendItem, SendResult } from '../destination.js';
import { SendFailure } from '../destination.js';
import { objectOf, requiredText, textOf, textsOf } from '../read-values.js';
import { KAFKA_FIELDS, KAFKA_OPTIONS, KAFKA_SETTINGS } from './kafka-fields.js';
import { withProducer } from './producers.js';

/** Brokers take 1 MB at once unless they are told otherwise. */
const BATCH = { itemsMax: 500, bytesMax: 768 * 1024 };
const KEY_HEADER = 'tributary-delivery-key';
const ALL_IN_SYNC = -1;

/** `kafka`. */
export const kafka: DestinationKind = {
  kind: 'kafka',
  title: 'Kafka',
  description: 'Sends messages to topics of Apache Kafka.',
  docsUrl: 'https://kafka.apache.org/documentation/#producerapi',
  categories: ['developer', 'database'],
  channel: 'other',
  settings: KAFKA_SETTINGS,
  actions: {
    send: {
      title: 'Send messages',
      description: `One message for each delivery, with its key in the header ${KEY_HEADER}: what comes again is known by it.`,
      fields: KAFKA_FIELDS,
      options: KAFKA_OPTIONS,
      batch: BATCH,
      ordered: true,
      send: async (items, context) => await produce(items, context),
    },
  },
  presets: [
    {
      name: 'Every event',
      action: 'send',
      from: { events: 'anything' },
      mapping: { value: { '@path': '$.' } },
    },
    {
      name: 'Who enters a segment',
      action: 'send',
      from: { when: 'entered' },
      mapping: { value: { '@path': '$.' } },
    },
  ],
  async test(context) {
    await withProducer(context, async () => {});
  },
};

/** Where all together are too large, in halves: the one that is too large alone is the one that fails. */
async function produce(items: readonly SendItem[], context: SendContext): Promise<readonly SendResult[]> {
  try {
    await produceAll(items, context);
    return items.map(() => ({ status: 'delivered' }));
  } catch (error) {
    if (!(error instanceof SendFailure) || error.failure.code !== 'message_too_large') throw error;
    if (items.length === 1) return [{ status: 'failed', ...error.failure }];
    const middle = Math.ceil(items.length / 2);
    return [
      ...(await produce(items.slice(0, middle), context)),
      ...(await produce(items.slice(middle), context)),
    ];
  }
}

async function produceAll(items: readonly SendItem[], context: SendContext): Promise<void> {
  const { settings, options, dryRun, now, record } = context;
  const topic = requiredText(options, 'topic');
  const messages = items.map(messageOf);
  const request = {
    method: 'PRODUCE',
    url: `kafka://${textsOf(settings, 'brokers').join(',')}/${topic}`,
    headers: {},
    body: JSON.stringify(messages),
  };
  if (dryRun) return record({ request, tookMs: 0 });
  const startedAt = now();
  const recorded = (status: number, body: string) =>
    record({ request, response: { status, headers: {}, body }, tookMs: now() - startedAt });
  try {
    const said = await withProducer(context, (producer) =>
      producer.send({ topic, messages, acks: ALL_IN_SYNC, compression: CompressionTypes.GZIP }),
    );
    recorded(200, JSON.stringify(said));
  } catch (error) {
    recorded(0, (error as Error).message);
    throw error;
  }
}

function messageOf({ key, profileId, payload, decidedAt }: SendItem): Message {
  const headers: IHeaders = {};
  for (const [name, value] of Object.entries(objectOf(payload, 'headers') ?? {})) {
    headers[name] = typeof value === 'string' ? value : JSON.stringify(value);
  }
  return {
    key: textOf(payload, 'key') ?? profileId,
    value: JSON.stringify(payload.value ?? null),
    headers: { ...headers, [KEY_HEADER]: key },
    timestamp: String(decidedAt),
  };
}
