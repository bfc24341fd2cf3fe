import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testContext, testItem } from '../../test-kit.js';
import { SendFailure } from '../destination.js';
import { kafka } from './kafka.js';

/** `host:port` of a broker without TLS to try it on, and one that asks `ann` for her password `secret` by SASL PLAIN: there is none by npm. */
const broker = process.env.TEST_KAFKA_BROKER;
const saslBroker = process.env.TEST_KAFKA_SASL_BROKER;

const send = async (items: ReturnType<typeof testItem>[], context: ReturnType<typeof testContext>) =>
  await kafka.actions.send?.send(items, context);

test('a dry run shows the messages: keys, headers and all', async () => {
  const settings = { brokers: ['kafka.example.com:9092'] };
  const context = testContext({ settings, options: { topic: 'events' }, dryRun: true });
  const item = testItem({ value: { a: 1 }, headers: { kind: 'x', n: 1 } });
  expect(await send([item, testItem({ value: {}, key: 'mine' })], context)).toEqual([
    { status: 'delivered' },
    { status: 'delivered' },
  ]);
  const [exchange] = context.exchanges;
  expect(exchange?.request.url).toBe('kafka://kafka.example.com:9092/events');
  const messages: unknown = JSON.parse(exchange?.request.body ?? '');
  expect(messages).toMatchObject([
    {
      key: item.profileId,
      value: '{"a":1}',
      headers: { kind: 'x', n: '1', 'tributary-delivery-key': item.key },
    },
    { key: 'mine', value: '{}' },
  ]);
});

test('no socket opens to an address that may not be spoken to, a literal one neither', async () => {
  for (const host of ['127.0.0.1', 'kafka.internal']) {
    const asked: string[] = [];
    const failure = { code: 'address_refused', message: 'no', retry: false };
    const context = {
      ...testContext({ settings: { brokers: [`${host}:9092`], tls: false } }),
      resolve(wanted: string) {
        asked.push(wanted);
        return Promise.reject(new SendFailure(failure));
      },
    };
    await expect(kafka.test?.(context)).rejects.toMatchObject({ failure });
    expect(new Set(asked)).toEqual(new Set([host]));
  }
});

test('a broker that is not there is tried again', async () => {
  const context = testContext({ settings: { brokers: ['127.0.0.1:1'], tls: false } });
  await expect(kafka.test?.(context)).rejects.toMatchObject({
    failure: { code: 'connection_failed', retry: true },
  });
});

describe.skipIf(broker === undefined)('a broker (TEST_KAFKA_BROKER)', () => {
  const topic = `events-${process.pid}`;
  const client = new Kafka({ brokers: [broker ?? ''], logLevel: logLevel.NOTHING });
  const settings = { brokers: [broker ?? ''], tls: false };

  beforeAll(async () => {
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 3 }] });
    await admin.disconnect();
  });
  afterAll(async () => {
    const admin = client.admin();
    await admin.connect();
    await admin.deleteTopics({ topics: [topic] });
    await admin.disconnect();
  });

  async function consumed(count: number) {
    const seen: Array<{ key: string; value: string; partition: number; delivery: string }> = [];
    const consumer = client.consumer({ groupId: `test-${process.pid}-${count}` });
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve) => {
      void consumer.run({
        async eachMessage({ message, partition }) {
          const delivery = String(message.headers?.['tributary-delivery-key']);
          seen.push({ key: String(message.key), value: String(message.value), partition, delivery });
          if (seen.length === count) resolve();
        },
      });
    });
    await consumer.disconnect();
    return seen;
  }

  test('keeps the order of each person, also over calls at the same time', async () => {
    const context = testContext({ settings, options: { topic } });
    const batches = [0, 1, 2, 3].map((batch) =>
      [0, 1, 2].flatMap((person) =>
        [0, 1].map((n) => testItem({ value: { at: batch * 2 + n } }, { profileId: `p${person}` })),
      ),
    );
    for (const batch of batches.slice(0, 2)) await send(batch, context);
    await Promise.all(batches.slice(2).map((batch) => send(batch, context)));
    const seen = await consumed(24);
    expect(seen.map(({ delivery }) => delivery).sort()).toEqual(
      batches
        .flat()
        .map(({ key }) => key)
        .sort(),
    );
    for (const person of ['p0', 'p1', 'p2']) {
      const own = seen.filter(({ key }) => key === person);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      expect(own.slice(0, 4).map(({ value }) => value)).toEqual([0, 1, 2, 3].map((at) => `{"at":${at}}`));
    }
  });

  test('says which message is too large, and takes the others', async () => {
    const context = testContext({ settings, options: { topic } });
    const noise = Array.from({ length: 400_000 }, () => Math.random().toString(36).slice(2, 8)).join('');
    const results = await send(
      [testItem({ value: { n: 1 } }), testItem({ value: { noise } }), testItem({ value: { n: 2 } })],
      context,
    );
    expect(results).toMatchObject([
      { status: 'delivered' },
      { status: 'failed', code: 'message_too_large', retry: false },
      { status: 'delivered' },
    ]);
  });

  test('waits for a topic that somebody has to make', async () => {
    const context = testContext({ settings, options: { topic: `${topic}-missing` } });
    await expect(send([testItem({ value: {} })], context)).rejects.toMatchObject({
      failure: { code: 'kafka_unknown_topic_or_partition', retry: true },
    });
  });

  test('ends a call that is cut off', async () => {
    const context = testContext({ settings: { ...settings }, options: { topic } });
    context.abort();
    await expect(send([testItem({ value: {} })], context)).rejects.toMatchObject({
      failure: { retry: true },
    });
  });

  test.skipIf(saslBroker === undefined)('that asks who is there (TEST_KAFKA_SASL_BROKER)', async () => {
    const own = { brokers: [saslBroker ?? ''], tls: false, mechanism: 'plain', user: 'ann' };
    const context = testContext({ settings: { ...own, password: 'secret' }, options: { topic } });
    expect(await send([testItem({ value: {} })], context)).toEqual([{ status: 'delivered' }]);
    const stranger = testContext({ settings: { ...own, password: 'wrong' } });
    await expect(kafka.test?.(stranger)).rejects.toMatchObject({
      failure: { code: 'auth_failed', retry: true },
    });
  });
});
