/** Uploaded lists by the API of the real server: events like all others, and so are undone, merged and counted like them. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { balances, type RunningServer } from '../harness/running-server.js';
import { SegmentsServer } from '../harness/segments-server.js';

let people: SegmentsServer;
let server: RunningServer;
beforeAll(async () => {
  people = await SegmentsServer.start();
  server = people.server;
  await server.admin('/segments', { id: 'invited', name: 'Invited', text: 'on list vip' });
  await server.admin('/lists', { id: 'vip', name: 'Very important' });
});
afterAll(() => server?.remove());

const fill = async (body: object) => {
  const answer = await server.adminAnswer('/lists/vip/members', body);
  expect(answer.status).toBe(202);
  await server.settled();
};
const members = async () =>
  (await people.allOf<{ id: string }>('/segments/invited/members')).map(({ id }) => id).sort();
/** Waits until these people, and no others, are on the list. */
async function expectMembers(...names: string[]): Promise<void> {
  const ids = JSON.stringify(await idsOf(...names));
  await people.until(members, (found) => JSON.stringify(found) === ids);
}
const idsOf = async (...names: string[]) =>
  (await Promise.all(names.map((name) => people.idOf(`user_id:${name}`)))).sort();

test('people are put on a list by any of their identifiers, and taken off', async () => {
  await fill({
    add: [
      { kind: 'email', value: ' ANN@mail.example' },
      { kind: 'user_id', value: 'bob' },
      { kind: 'phone', value: '+49 30 901820' },
      { kind: 'user_id', value: 'new-one' },
    ],
  });
  await expectMembers('ann', 'bob', 'eve', 'new-one');
  await fill({
    add: [{ kind: 'user_id', value: 'cid' }],
    remove: [{ kind: 'email', value: 'bob@mail.example' }],
  });
  await expectMembers('ann', 'cid', 'eve', 'new-one');
  await fill({ add: [{ kind: 'user_id', value: 'cid' }], remove: [{ kind: 'user_id', value: 'cid' }] });
  await expectMembers('ann', 'eve', 'new-one');
  const { data } = await server.admin<{ data: Array<{ name: string; properties: object }> }>(
    '/profiles/user_id:bob/events?name=List%20Left',
  );
  expect(data).toMatchObject([
    { name: 'List Left', properties: { list_id: 'vip', list_name: 'Very important' } },
  ]);
});

test('whoever is merged with somebody on the list is on it', async () => {
  await server.admin('/profiles/merge', { into: 'user_id:dan', from: 'user_id:ann' }, 'POST');
  const dan = await people.idOf('user_id:dan');
  await people.until(members, (ids) => ids.includes(dan));
});

test('the ledger counts them as events of their own source, and balances', async () => {
  const { sources, total } = await server.ledger();
  expect(balances(total)).toBe(true);
  const { data } = await server.admin<{ data: Array<{ id: string; name: string }> }>('/sources');
  const own = data.find(({ name }) => name === 'tributary-lists');
  expect(sources.find(({ sourceId }) => sourceId === own?.id)).toMatchObject({
    received: 8,
    processed: 8,
    pending: 0,
  });
});

test('what is wrong is named, and then nothing is done', async () => {
  const before = await server.ledger();
  const refused = (add: unknown) => people.refusal('/lists/vip/members', { add });
  const fine = { kind: 'user_id', value: 'x' };
  expect(await refused([fine, { kind: 'shoe', value: '42' }])).toMatchObject({
    ...{ status: 400, detail: 'add[1].kind: must be one of user_id, email, phone, anonymous_id.' },
  });
  expect(await refused([{ kind: 'email', value: 'nobody' }])).toMatchObject({
    ...{ status: 400, detail: 'add[0].value: "nobody" is not a valid email.' },
  });
  expect(await refused([{ kind: '__proto__', value: 'x' }])).toMatchObject({ status: 400 });
  expect(await refused([{ kind: 'user_id', value: 'a\u0000b' }])).toMatchObject({ status: 400 });
  expect(await refused(Array.from({ length: 10_001 }, () => fine))).toMatchObject({ status: 400 });
  expect(await people.refusal('/lists/vip/members', {})).toMatchObject({ status: 400 });
  expect(await people.refusal('/lists/none/members', { add: [fine] })).toMatchObject({ status: 404 });
  expect(await people.refusal('/lists', { id: 'vip', name: 'Again' })).toMatchObject({ status: 409 });
  expect(await server.ledger()).toEqual(before);
});

test('lists are listed by pages', async () => {
  for (const id of ['a', 'b']) await server.admin('/lists', { id, name: id });
  expect((await people.allOf<{ id: string }>('/lists')).map(({ id }) => id)).toEqual(['a', 'b', 'vip']);
});
