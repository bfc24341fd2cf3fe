/** Snapshots of segments, decided by the real pipeline on the real engines; what a tool would take is settled as the deliverer does. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject } from '../../src/core/json.js';
import type { Connection } from '../../src/stores/state/connections.js';
import { sendTogether } from '../../src/stores/state/send-together.js';
import { settleAudience } from '../../src/stores/state/settle-audience.js';
import { Snapshots } from '../../src/stores/state/snapshots.js';
import { Suppressions } from '../../src/stores/state/suppressions.js';
import { ActivationWorld, type Waiting } from './activation-world.js';

const NOON = Date.UTC(2026, 5, 1, 12);
const HOUR_MS = 3_600_000;
const ROW = { who: { '@path': '$.userId' }, plan: { '@path': '$.profile.traits.plan' } };

let world: ActivationWorld;
let snapshots: Snapshots;
beforeAll(async () => {
  world = await ActivationWorld.start(NOON);
  snapshots = new Snapshots(world.pool);
});
afterAll(() => world?.stop());

let ids = 0;
async function says(userId: string, traits: JsonObject, ads = true): Promise<void> {
  ids += 1;
  const context = { consent: { categoryPreferences: { ads } } };
  await world.calls({
    ...{ type: 'identify', messageId: `m-${ids}`, userId, traits, context },
    timestamp: new Date(world.pipeline.now).toISOString(),
  });
}

/** A segment of those whose trait of its name is true, and a connection that takes snapshots of it. */
async function taking(segment: string, snapshot: JsonObject): Promise<Connection> {
  await world.segments.create(
    {
      ...{ id: segment, name: segment, description: '' },
      definition: { kind: 'trait', trait: segment, is: { op: 'equals', value: true } },
    },
    'test',
  );
  const definition = { from: { segment, snapshot }, mapping: ROW };
  return world.connection(await world.destination(), definition);
}

async function ask(connection: Connection): Promise<void> {
  await snapshots.ask(connection.number);
  await world.pipeline.settle();
}

/** Lets the tool take the rows, and then the marker. @returns the rows, as texts, and what the marker told. */
async function finished(
  connection: Connection,
): Promise<{ rows: string[]; manifest: JsonObject | undefined }> {
  const taken = await world.deliver(connection);
  await world.pipeline.settle();
  taken.push(...(await world.deliver(connection)));
  await world.pipeline.settle();
  const rows = taken.filter(({ kind }) => kind !== 'closing');
  const manifest = taken.find(({ kind }) => kind === 'closing')?.payload.manifest as JsonObject | undefined;
  return { rows: rows.map(textOf).sort(), manifest };
}

function textOf({ kind, payload: { who, plan } }: Waiting): string {
  return `${kind} ${String(who)} ${String(plan)}`;
}

const newest = async ({ number }: Connection) =>
  (await snapshots.list(number, Number.MAX_SAFE_INTEGER, 1))[0];

test('all rows of a moment, with the marker after the last of them, and each counted once', async () => {
  await says('ann', { whole: true, plan: 'a' });
  await says('bob', { whole: true, plan: 'b' });
  await says('cid', { whole: true, plan: 'c' }, false);
  const connection = await taking('whole', {});
  await ask(connection);
  expect(await newest(connection)).toMatchObject({ state: 'sending', people: 3, looked: 3, sent: 2 });
  expect((await world.waiting(connection)).map(({ kind }) => kind)).toEqual(['row', 'row']);
  // While it is at work none other begins, and who comes meanwhile is in the next.
  await expect(snapshots.ask(connection.number)).rejects.toMatchObject({ code: 'conflict' });
  await says('dan', { whole: true });
  const { rows, manifest } = await finished(connection);
  expect(rows).toEqual(['row ann a', 'row bob b']);
  const { id } = (await newest(connection)) ?? {};
  expect(manifest).toMatchObject({ snapshot_id: id, rows: 'all', previous_id: null, people: 3, written: 2 });
  expect(await newest(connection)).toMatchObject({
    state: 'complete',
    outcome: { delivered: 2, filtered: { consent_refused: 1 }, dead: 0 },
  });
  expect(await world.books(connection)).toEqual({ matched: 4, consent_refused: 1 });
  await ask(connection);
  expect((await finished(connection)).rows).toEqual(['row ann a', 'row bob b', 'row dan undefined']);
});

test('differences tell who is new, other and gone, also by a withdrawal; and follow from the last that is whole', async () => {
  for (const name of ['eva', 'fay', 'gus', 'hal']) await says(name, { part: true, plan: 'a' });
  const connection = await taking('part', { rows: 'differences' });
  await ask(connection);
  const first = await finished(connection);
  expect(first.rows).toEqual(['added eva a', 'added fay a', 'added gus a', 'added hal a']);
  expect(first.manifest).toMatchObject({ rows: 'all', previous_id: null });
  await says('fay', { plan: 'b' });
  await says('gus', { part: false, plan: 'c' });
  await says('hal', {}, false);
  await says('ida', { part: true, plan: 'a' });
  await ask(connection);
  const second = await finished(connection);
  expect(second.rows).toEqual(['added ida a', 'changed fay b', 'removed gus a', 'removed hal a']);
  expect(second.manifest).toMatchObject({
    ...{ rows: 'differences', previous_id: first.manifest?.snapshot_id, people: 4, unchanged: 1, written: 4 },
    filtered: { consent_refused: 1 },
  });
  await ask(connection);
  expect(await finished(connection)).toMatchObject({ rows: [], manifest: { unchanged: 3, written: 0 } });
});

test('who comes on a suppression list is removed, also where the door held a newer row back', async () => {
  const suppressions = new Suppressions(world.pool);
  await says('pia', { barred: true, plan: 'a', email: 'pia@shop.example' });
  const connection = await taking('barred', { rows: 'differences' });
  await ask(connection);
  expect((await finished(connection)).rows).toEqual(['added pia a']);
  await says('pia', { plan: 'b' });
  await ask(connection);
  const [held] = await world.waiting(connection);
  expect(held?.kind).toBe('changed');
  await suppressions.add([
    {
      ...{ kind: 'email', value: 'pia@shop.example', channel: 'all', reason: 'manual' },
      ...{ purposes: [], source: 'test', proof: null },
    },
  ]);
  // As the deliverer settles what the door holds back.
  const client = await world.pool.connect();
  await client.query('DELETE FROM delivery WHERE key = $1', [held?.key]);
  await sendTogether(client, (run) => settleAudience(run, [], [held?.key ?? '']));
  client.release();
  await finished(connection);
  await ask(connection);
  expect(await finished(connection)).toMatchObject({
    ...{ rows: ['removed pia b'], manifest: { rows: 'differences', filtered: { suppressed: 1 } } },
  });
});

test('what lacks a row gets no marker, and the next one has all rows again', async () => {
  await says('kim', { torn: true, plan: 'a' });
  await says('lea', { torn: true, plan: 'a' });
  const connection = await taking('torn', { rows: 'differences' });
  await ask(connection);
  const [one] = await world.waiting(connection);
  await world.pool.query(`UPDATE delivery SET state = 'dead' WHERE key = $1`, [one?.key]);
  await world.pipeline.settle();
  expect(await newest(connection)).toMatchObject({ state: 'sending' });
  await world.pool.query(`DELETE FROM delivery WHERE connection = $1 AND state = 'pending'`, [
    one?.connection,
  ]);
  await world.pipeline.settle();
  expect(await newest(connection)).toMatchObject({ state: 'incomplete', outcome: { dead: 1 } });
  await world.pool.query('DELETE FROM delivery WHERE key = $1', [one?.key]);
  await ask(connection);
  expect(await finished(connection)).toMatchObject({
    rows: ['added kim a', 'added lea a'],
    manifest: { rows: 'all', previous_id: null },
  });
});

test('a plan is kept by the clock of its zone, and what was missed is made up for once', async () => {
  await says('max', { timed: true });
  const connection = await taking('timed', { cron: '0 6 * * *', zone: 'Europe/Berlin' });
  // The store planned by its own clock.
  await world.pool.query('UPDATE snapshot_plan SET due_at = $2 WHERE connection = $1', [
    ...[connection.number, NOON + 16 * HOUR_MS],
  ]);
  await world.pass(15 * HOUR_MS);
  expect(await newest(connection)).toBeUndefined();
  await world.pass(5 * 24 * HOUR_MS);
  await world.pipeline.restart();
  await finished(connection);
  expect(await snapshots.list(connection.number, Number.MAX_SAFE_INTEGER, 9)).toMatchObject([
    { state: 'complete' },
  ]);
  // 06:00 in Berlin in summer.
  expect(await snapshots.nextAt(connection.number)).toBe(Date.UTC(2026, 5, 7, 4));
});

test('an edit ends what is at work without a marker', async () => {
  await says('nia', { edited: true });
  const connection = await taking('edited', {});
  await ask(connection);
  const { definition, prepared } = connection.newest;
  const version = { definition: { ...definition, mapping: { who: 'x' } }, prepared };
  await world.connections.change(connection.id, { version }, 'test');
  await world.pipeline.settle();
  expect(await newest(connection)).toMatchObject({ state: 'abandoned' });
  expect((await world.deliver(connection)).map(({ kind }) => kind)).toEqual(['row']);
  await world.pipeline.settle();
  expect(await world.waiting(connection)).toEqual([]);
});
