/** The stage that decides what leaves, on the real engines. Nobody sends here: what was decided is looked at where it waits. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.js';
import type { Connection } from '../../src/stores/state/connections.js';
import { type NewSuppression, Suppressions } from '../../src/stores/state/suppressions.js';
import { ActivationWorld } from './activation-world.js';
import { preparedOf } from './prepared-of.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const path = (text: string) => ({ '@path': text });
/** Who entered or left, by which address. */
const WHO = { email: path('$.context.traits.email'), event: path('$.event') };

let world: ActivationWorld;
beforeAll(async () => {
  world = await ActivationWorld.start(NOON);
});
afterAll(() => world?.stop());

let ids = 0;
function call(userId: string, more: JsonObject): JsonObject {
  ids += 1;
  return {
    type: 'track',
    event: 'Seen',
    messageId: `m-${ids}`,
    userId,
    timestamp: new Date(NOON).toISOString(),
    ...more,
  };
}
const consent = (ads: boolean) => ({ consent: { categoryPreferences: { ads } } });
const says = (userId: string, traits: JsonObject, ads?: boolean) =>
  call(userId, { type: 'identify', traits, ...(ads === undefined ? {} : { context: consent(ads) }) });
const bought = (userId: string, properties: JsonObject, more: JsonObject = {}) =>
  call(userId, { event: 'Order Completed', properties, ...more });

test('an event goes to the connections that take it, mapped, with the consent of its person', async () => {
  const destination = await world.destination();
  const large = await world.connection(destination, {
    events: '"Order Completed" where properties.total > 100',
    who: 'plan = "pro"',
    mapping: {
      id: path('$.messageId'),
      mail: path('$.profile.traits.email'),
      total: path('$.properties.total'),
    },
  });
  const elsewhere = await world.connection(destination, {
    from: { sources: [] },
    events: 'page',
    mapping: {},
  });
  await world.calls(
    says('ann', { email: 'ann@shop.example', plan: 'pro' }, true),
    says('bob', { plan: 'pro' }),
    says('cid', { plan: 'pro' }, false),
    says('dan', { plan: 'free' }, true),
    bought('ann', { total: 150 }, { messageId: 'order-1' }),
    bought('ann', { total: 150 }, { messageId: 'order-1' }),
    bought('ann', { total: 50 }),
    bought(
      'ann',
      { total: 150 },
      { context: consent(false), messageId: 'order-2', timestamp: '2026-05-01T00:00:00Z' },
    ),
    bought('bob', { total: 150 }),
    bought('cid', { total: 150 }),
    bought('dan', { total: 150 }),
    bought('ann', { total: 150 }, { integrations: { All: false } }),
    bought(
      'ann',
      { total: 150 },
      { integrations: { All: false, [destination.name]: true }, messageId: 'order-3' },
    ),
    bought(
      'ann',
      { total: 150 },
      { context: { userAgent: 'Googlebot/2.1 (+http://www.google.com/bot.html)' } },
    ),
  );
  const waiting = await world.waiting(large);
  expect(waiting.map(({ payload }) => payload)).toEqual([
    { id: 'order-1', mail: 'ann@shop.example', total: '150' },
    { id: 'order-3', mail: 'ann@shop.example', total: '150' },
  ]);
  // The refusal in the event of ann is older than her yes, and still counts for that event.
  expect(await world.books(large)).toEqual({ matched: 5, consent_missing: 1, consent_refused: 2 });
  expect(await world.filtered(large)).toEqual(['consent_missing', 'consent_refused', 'consent_refused']);
  expect(await world.books(elsewhere)).toEqual({});
});

test('what cannot be mapped, and what the action does not take, is filtered with the reason', async () => {
  const destination = await world.destination({ purposes: [] });
  const connection = await world.connection(destination, {
    ...{ events: '"Rated"', mapping: { to: path('$.properties.to') }, required: ['to'] },
  });
  await world.calls(
    call('eve', { event: 'Rated' }),
    call('eve', { event: 'Rated', properties: { to: 'x' } }),
  );
  expect((await world.waiting(connection)).map(({ payload }) => payload)).toEqual([{ to: 'x' }]);
  expect(await world.books(connection)).toEqual({ matched: 2, payload_invalid: 1 });
});

test('an edit changes what is decided from then on, and nothing of what waits; switched off, nothing is', async () => {
  const destination = await world.destination({ purposes: [] });
  const definition = { events: '"Edited"', mapping: { text: 'first' } };
  const connection = await world.connection(destination, definition);
  await world.calls(call('fay', { event: 'Edited' }));
  await world.connections.change(
    connection.id,
    { version: preparedOf({ ...definition, mapping: { text: 'second' } }) },
    'test',
  );
  await world.calls(call('fay', { event: 'Edited' }));
  await world.connections.change(connection.id, { enabled: false }, 'test');
  await world.calls(call('fay', { event: 'Edited' }));
  await world.pipeline.restart();
  const waiting = await world.waiting(connection);
  expect(waiting.map(({ payload }) => payload.text)).toEqual(['first', 'second']);
  expect(new Set(waiting.map(({ connection: version }) => version)).size).toBe(2);
});

test('over its backlog a destination gets nothing more, and the books say so', async () => {
  const destination = await world.destination({ purposes: [], delivery: { backlogMax: 2 } });
  const connection = await world.connection(destination, { events: '"Crowded"', mapping: {} });
  await world.calls(...Array.from({ length: 5 }, () => call('gus', { event: 'Crowded' })));
  expect((await world.waiting(connection)).length).toBe(2);
  expect(await world.books(connection)).toEqual({ matched: 5, backlog_full: 3 });
});

test('a trigger tells what happened, by an event or by time, and not what a new definition finds', async () => {
  await world.calls(call('hal', { event: 'Basket' }), says('hal', {}, true), says('ida', {}, true));
  await world.segments.create(
    {
      ...{ id: 'basket', name: 'Basket', description: '' },
      definition: { kind: 'events', event: 'Basket', window: { kind: 'last', duration: '10 minutes' } },
    },
    'test',
  );
  const destination = await world.destination();
  const mapping = { who: path('$.userId'), event: path('$.event'), key: path('$.properties.audience_key') };
  const entered = await world.connection(destination, {
    from: { segment: 'basket', when: 'entered' },
    mapping,
  });
  const left = await world.connection(destination, { from: { segment: 'basket', when: 'left' }, mapping });
  await world.pipeline.settle();
  await world.calls(
    call('ida', { event: 'Basket', timestamp: new Date(world.pipeline.now).toISOString() }),
    call('jon', { event: 'Basket' }),
  );
  await world.pass(11 * 60_000);
  expect((await world.waiting(entered)).map(({ payload }) => payload)).toEqual([
    { who: 'ida', event: 'Audience Entered', key: 'basket' },
  ]);
  expect((await world.waiting(left)).map(({ payload }) => payload.who).sort()).toEqual(['hal', 'ida']);
  expect(await world.books(entered)).toEqual({ matched: 2, consent_missing: 1 });
});

test('an audience is filled, follows the segment and consent, and removes who was added, with the words of then', async () => {
  await world.calls(
    says('kim', { email: 'kim@old.example', tier: 'gold' }, true),
    says('lea', { email: 'lea@shop.example', tier: 'gold' }),
    says('max', { email: 'max@shop.example', tier: 'tin' }, true),
  );
  await world.segments.create(
    {
      ...{ id: 'gold', name: 'Gold', description: '' },
      definition: { kind: 'trait', trait: 'tier', is: { op: 'equals', value: 'gold' } },
    },
    'test',
  );
  const audience = await world.connection(await world.destination(), {
    from: { segment: 'gold' },
    mapping: WHO,
  });
  const told = async () => {
    const delivered = await world.deliver(audience);
    return delivered.map(({ kind, payload }) => `${kind} ${payload.event} ${payload.email}`).sort();
  };
  await world.pipeline.settle();
  expect(await told()).toEqual(['sync Audience Entered kim@old.example']);
  // lea consents, max enters; kim has another address: she is removed by the old one, and added by the new one.
  await world.calls(
    says('lea', {}, true),
    says('max', { tier: 'gold' }),
    says('kim', { email: 'kim@new.example' }),
  );
  expect(await told()).toEqual([
    'entered Audience Entered kim@new.example',
    'entered Audience Entered lea@shop.example',
    'entered Audience Entered max@shop.example',
    'removed Audience Exited kim@old.example',
  ]);
  // kim leaves; lea takes back her consent; nia enters without any.
  await world.calls(says('kim', { tier: 'tin' }), says('lea', {}, false), says('nia', { tier: 'gold' }));
  expect(await told()).toEqual([
    'removed Audience Exited kim@new.example',
    'removed Audience Exited lea@shop.example',
  ]);
  await world.calls(says('nia', { tier: 'tin' }));
  expect(await told()).toEqual([]);
  expect(await world.books(audience)).toMatchObject({ matched: 9, consent_missing: 1, never_added: 1 });
  // Nothing is told twice by comparing again, also by another consumer.
  await world.pipeline.restart();
  await world.pass(25 * 60 * 60_000);
  expect(await told()).toEqual([]);
});

test('two members who are one are not removed; when the one leaves, both are', async () => {
  await world.segments.create(
    {
      ...{ id: 'vip', name: 'VIP', description: '' },
      definition: { kind: 'trait', trait: 'vip', is: { op: 'equals', value: true } },
    },
    'test',
  );
  const audience = await world.connection(await world.destination(), {
    from: { segment: 'vip' },
    mapping: WHO,
  });
  await world.calls(
    says('olf', { email: 'olf@shop.example', vip: true }, true),
    call('', {
      anonymousId: 'a-9',
      type: 'identify',
      traits: { email: 'other@shop.example', vip: true },
      context: consent(true),
    }),
  );
  expect((await world.deliver(audience)).map(({ kind }) => kind)).toEqual(['entered', 'entered']);
  await world.pipeline.perform({
    ...{ kind: 'merge', a: { kind: 'user_id', value: 'olf' }, b: { kind: 'anonymous_id', value: 'a-9' } },
  });
  await world.calls(says('olf', { vip: true }));
  expect(await world.deliver(audience)).toEqual([]);
  await world.calls(says('olf', { vip: false }));
  const removed = await world.deliver(audience);
  expect(removed.map(({ kind, payload }) => `${kind} ${payload.email}`).sort()).toEqual([
    'removed olf@shop.example',
    'removed other@shop.example',
  ]);
});

test('a destination that states another purpose has its audiences compared: who did not consent to it is removed', async () => {
  await world.segments.create(
    {
      ...{ id: 'asked', name: 'Asked', description: '' },
      definition: { kind: 'trait', trait: 'asked', is: { op: 'equals', value: true } },
    },
    'test',
  );
  const destination = await world.destination();
  const audience = await world.connection(destination, { from: { segment: 'asked' }, mapping: WHO });
  await world.calls(
    says('ria', { email: 'ria@shop.example', asked: true }, true),
    call('sam', {
      ...{ type: 'identify', traits: { email: 'sam@shop.example', asked: true } },
      context: { consent: { categoryPreferences: { ads: true, mail: true } } },
    }),
  );
  expect((await world.deliver(audience)).length).toBe(2);
  await world.destinations.change(destination.id, { purposes: ['ads', 'mail'] });
  await world.pipeline.settle();
  expect((await world.deliver(audience)).map(({ kind, payload }) => `${kind} ${payload.email}`)).toEqual([
    'removed ria@shop.example',
  ]);
});

test('what got lost on the way is decided again when the audience is compared', async () => {
  await world.segments.create(
    {
      ...{ id: 'lost', name: 'Lost', description: '' },
      definition: { kind: 'trait', trait: 'lost', is: { op: 'equals', value: true } },
    },
    'test',
  );
  const audience = await world.connection(await world.destination(), {
    from: { segment: 'lost' },
    mapping: WHO,
  });
  await world.calls(
    says('pam', { email: 'pam@shop.example', lost: true }, true),
    says('quin', { email: 'q@shop.example', lost: true }, true),
  );
  const [first] = await world.waiting(audience);
  // One got there; the dead letter of the other was dropped after its time.
  await world.pool.query('UPDATE audience_member SET confirmed_key = key WHERE key <> $1', [first?.key]);
  await world.pool.query('DELETE FROM delivery WHERE connection = $1', [first?.connection]);
  await world.pass(25 * 60 * 60_000);
  const again = await world.waiting(audience);
  expect(again.map(({ kind, payload }) => [kind, payload])).toEqual([['sync', first?.payload]]);
  expect(again[0]?.key).not.toBe(first?.key);
});

/** An audience of those whose trait of its name is true. */
async function audienceOf(segment: string, mapping: JsonObject = WHO): Promise<Connection> {
  await world.segments.create(
    {
      ...{ id: segment, name: segment, description: '' },
      definition: { kind: 'trait', trait: segment, is: { op: 'equals', value: true } },
    },
    'test',
  );
  await world.pipeline.settle();
  return world.connection(await world.destination(), { from: { segment }, mapping });
}

const told = async (audience: Connection) =>
  (await world.deliver(audience)).map(({ kind, payload }) => `${kind} ${payload.email}`);

describe('an address that changes while its person is a member', () => {
  test('is removed before the new one is added, also when nothing of it was sent yet, and once each', async () => {
    const audience = await audienceOf('moved');
    await world.calls(says('tim', { email: 't1@shop.example', moved: true }, true));
    // Nobody sends meanwhile: each word stands behind the one before.
    await world.calls(says('tim', { email: 't2@shop.example' }), says('tim', { email: 't3@shop.example' }));
    await world.calls(says('tim', { email: 't4@shop.example' }), says('tim', { plan: 'x' }));
    expect(await told(audience)).toEqual([
      ...['entered t1@shop.example', 'removed t1@shop.example', 'entered t3@shop.example'],
      ...['removed t3@shop.example', 'entered t4@shop.example'],
    ]);
    await world.pass(25 * 60 * 60_000);
    expect(await told(audience)).toEqual([]);
    await world.calls(says('tim', { moved: false }));
    expect(await told(audience)).toEqual(['removed t4@shop.example']);
  });

  test('and back again is what it was', async () => {
    const audience = await audienceOf('back');
    await world.calls(says('udo', { email: 'u1@shop.example', back: true }, true));
    await world.calls(says('udo', { email: 'u2@shop.example' }));
    await world.calls(says('udo', { email: 'u1@shop.example' }));
    expect((await told(audience)).slice(1)).toEqual([
      ...['removed u1@shop.example', 'entered u2@shop.example'],
      ...['removed u2@shop.example', 'entered u1@shop.example'],
    ]);
    await world.calls(says('udo', { back: false }));
    expect(await told(audience)).toEqual(['removed u1@shop.example']);
  });

  test('whose removal got lost is removed by the next comparison', async () => {
    const audience = await audienceOf('strayed');
    await world.calls(says('vic', { email: 'v1@shop.example', strayed: true }, true));
    await told(audience);
    await world.calls(says('vic', { email: 'v2@shop.example' }));
    const [removal, added] = await world.waiting(audience);
    expect(removal?.kind).toBe('removed');
    await world.pool.query('DELETE FROM delivery WHERE key = $1', [removal?.key]);
    await world.pass(25 * 60 * 60_000);
    expect((await told(audience)).sort()).toEqual(['entered v2@shop.example', 'removed v1@shop.example']);
    expect(added?.payload.email).toBe('v2@shop.example');
  });

  test('says nothing where the mapping reads another thing, or something else changes', async () => {
    const audience = await audienceOf('calm', {
      email: path('$.userId'),
      plan: path('$.profile.traits.plan'),
    });
    await world.calls(says('wim', { email: 'w1@shop.example', calm: true }, true));
    await told(audience);
    await world.calls(says('wim', { email: 'w2@shop.example', plan: 'b' }));
    await world.calls(call('wim', { anonymousId: 'another-device' }));
    expect(await told(audience)).toEqual([]);
  });
});

describe('who is on a suppression list', () => {
  const entry = (value: string, change: Partial<NewSuppression> = {}): NewSuppression => ({
    ...{ kind: 'email', value, channel: 'all', reason: 'manual', purposes: [], source: 'test', proof: null },
    ...change,
  });
  let suppressions: Suppressions;
  beforeAll(() => {
    suppressions = new Suppressions(world.pool);
  });

  test('is removed at once, by any identifier, and added when the last entry is gone', async () => {
    const audience = await audienceOf('listed');
    await world.calls(
      says('xia', { email: 'xia@shop.example', listed: true }, true),
      says('yan', { email: 'yan@shop.example', listed: true }, true),
    );
    await told(audience);
    await suppressions.add([entry('xia@shop.example'), entry('yan', { kind: 'user_id', reason: 'erasure' })]);
    await world.pipeline.settle();
    expect((await told(audience)).sort()).toEqual(['removed xia@shop.example', 'removed yan@shop.example']);
    await suppressions.add([entry('xia@shop.example', { reason: 'complaint' })]);
    await suppressions.remove({ kind: 'email', value: 'xia@shop.example', reason: 'manual' });
    await world.pipeline.settle();
    await world.pass(25 * 60 * 60_000);
    expect(await told(audience)).toEqual([]);
    await suppressions.remove({ kind: 'email', value: 'xia@shop.example' });
    await suppressions.remove({ kind: 'user_id', value: 'yan' });
    await world.pipeline.settle();
    expect((await told(audience)).sort()).toEqual(['sync xia@shop.example', 'sync yan@shop.example']);
  });

  test('is not added, whether the list or the person came first; a list of another channel says nothing', async () => {
    const audience = await audienceOf('barred');
    await suppressions.add([entry('zoe@shop.example'), entry('zed@shop.example', { channel: 'sms' })]);
    await world.calls(
      says('zoe', { email: 'zoe@shop.example', barred: true }, true),
      says('zed', { email: 'zed@shop.example', barred: true }, true),
      says('zia', { email: 'zia@shop.example', barred: true }, true),
    );
    expect((await told(audience)).sort()).toEqual(['entered zed@shop.example', 'entered zia@shop.example']);
    expect(await world.books(audience)).toEqual({ matched: 3, suppressed: 1 });
    // Who gets a suppressed address while a member is removed by the old one, and not added by it.
    await world.calls(says('zia', { email: 'zoe@shop.example' }));
    expect((await told(audience)).filter((word) => word.startsWith('removed'))).toEqual([
      'removed zia@shop.example',
    ]);
  });

  test('stays where another address of theirs is written to', async () => {
    const audience = await audienceOf('partly');
    const { definition, prepared } = audience.newest;
    const version = { definition, prepared: { ...prepared, addressFields: ['email'] } };
    await world.connections.change(audience.id, { version }, 'test');
    await world.calls(says('abe', { email: 'old@shop.example', partly: true }, true));
    await world.calls(says('abe', { email: 'new@shop.example' }));
    await told(audience);
    await suppressions.add([entry('old@shop.example', { reason: 'hard_bounce' })]);
    await world.pipeline.settle();
    expect(await told(audience)).toEqual([]);
    await suppressions.add([entry('new@shop.example')]);
    await world.pipeline.settle();
    expect(await told(audience)).toEqual(['removed new@shop.example']);
  });
});
