/** Computed traits by the API of the real server. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningServer } from '../harness/running-server.js';
import { PRO, SegmentsServer } from '../harness/segments-server.js';

let people: SegmentsServer;
let server: RunningServer;
beforeAll(async () => {
  people = await SegmentsServer.start();
  server = people.server;
});
afterAll(() => server?.remove());

describe('a computed trait', () => {
  const traitsOf = async (ref: string) =>
    server.admin<{ traits: Record<string, unknown>; provenance: Record<string, unknown> }>(
      `/profiles/${ref}`,
    );

  test('is among the traits of everybody', async () => {
    const value = {
      kind: 'events',
      event: 'Order Completed',
      measure: { kind: 'sum', of: 'properties.total' },
    };
    const put = await server.adminAnswer('/computed-traits/spent', { value }, 'PUT');
    expect(put.status).toBe(201);
    expect(await put.json()).toMatchObject({
      name: 'spent',
      value,
      text: expect.any(String),
      english: expect.any(String),
    });
    expect(await traitsOf('user_id:ann')).toMatchObject({
      traits: { spent: 150, plan: 'pro' },
      provenance: { spent: { computed: true }, plan: { messageId: 'ann-id' } },
    });
    expect(await traitsOf('user_id:dan')).toMatchObject({ traits: { spent: 0, plan: null } });
  });

  test('goes before others of its name, and changes the segments that ask for it', async () => {
    await server.admin('/segments', { id: 'by_plan', name: 'By plan', definition: PRO });
    expect(await people.live('by_plan', 3)).toMatchObject({ version: 1 });
    expect(
      (
        await server.adminAnswer(
          '/computed-traits/plan',
          { text: 'most frequent properties.plan of anything' },
          'PUT',
        )
      ).status,
    ).toBe(201);
    expect(await people.live('by_plan', 0)).toMatchObject({ version: 2 });
    expect((await traitsOf('user_id:fay')).traits).toEqual({ spent: 0, plan: 'pro' });
    expect(await server.admin('/computed-traits/plan')).toMatchObject({ usedBy: { segments: ['by_plan'] } });
    expect(await server.admin('/computed-traits/spent')).toMatchObject({ usedBy: { segments: [] } });
    const referred = await people.refusal('/computed-traits/plan', undefined, 'DELETE');
    expect(referred).toMatchObject({ status: 409, detail: expect.stringContaining('by_plan') });
    await people.remove('/segments/by_plan');
    expect(await people.remove('/computed-traits/plan')).toBe(204);
    expect((await server.adminAnswer('/computed-traits/plan')).status).toBe(404);
    expect(await people.remove('/computed-traits/plan')).toBe(404);
  });

  test('is explained before it is made', async () => {
    const explained = await server.admin('/computed-traits/explain', { text: 'count of "Order Completed"' });
    expect(explained).toEqual({
      ...{ value: { kind: 'events', event: 'Order Completed' }, text: 'count of "Order Completed"' },
      english: expect.stringContaining('Order Completed'),
    });
    expect(await people.refusal('/computed-traits/explain', { text: 'count "Order' })).toMatchObject({
      ...{ status: 400, detail: expect.stringMatching(/^Line 1, column/) },
    });
    expect((await server.adminAnswer('/computed-traits/explain')).status).toBe(404);
  });

  test('is read, listed by pages, and refused when it is wrong', async () => {
    await server.admin('/computed-traits/orders', { text: 'count of "Order Completed"' }, 'PUT');
    await server.admin(
      '/computed-traits/__proto__',
      { text: 'days since the last "Order Completed"' },
      'PUT',
    );
    const names = (await people.allOf<{ name: string }>('/computed-traits')).map(({ name }) => name);
    expect(names.sort()).toEqual(['__proto__', 'orders', 'spent']);
    const { traits } = await traitsOf('user_id:cid');
    expect(Object.entries(traits)).toContainEqual(['__proto__', 0]);
    await people.remove('/computed-traits/__proto__');
    expect(
      await people.refusal('/computed-traits/x', { value: { kind: 'ratio', of: {} } }, 'PUT'),
    ).toMatchObject({
      ...{
        status: 400,
        code: 'definition_invalid',
        detail: expect.stringContaining('value.to: must be an object'),
      },
    });
    expect(await people.refusal('/computed-traits/x', {}, 'PUT')).toMatchObject({ status: 400 });
  });
});
