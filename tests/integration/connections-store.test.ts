import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConnection } from '../../src/core/delivery/connection.js';
import { openPool } from '../../src/engines/postgres.js';
import { migrate } from '../../src/stores/migrate.js';
import { secretKey } from '../../src/stores/secret-key.js';
import { Connections, type NewConnection } from '../../src/stores/state/connections.js';
import { type DestinationGiven, Destinations } from '../../src/stores/state/destinations.js';
import { Segments } from '../../src/stores/state/segments.js';
import type { FreshStores } from '../support/fresh-stores.js';
import { startFreshStores } from '../support/fresh-stores.js';

let stores: FreshStores;
let pool: Pool;
let destinations: Destinations;
let connections: Connections;
beforeAll(async () => {
  stores = await startFreshStores();
  pool = openPool(stores.postgres, { name: 'test', max: 3 });
  await migrate(pool, stores.clickhouse);
  destinations = new Destinations(pool, secretKey(randomBytes(32)));
  connections = new Connections(pool);
});
afterAll(async () => {
  await pool?.end();
  await stores?.remove();
});

let made = 0;
function given(change: Partial<DestinationGiven> = {}): DestinationGiven {
  made += 1;
  return {
    ...{
      name: `Tool ${made}`,
      kind: 'webhook',
      settings: { url: 'https://tool.example' },
      secrets: { key: 'whsec_1' },
    },
    ...{ purposes: ['advertising'], consentNotRequired: null, channel: 'other', delivery: {}, enabled: true },
    ...change,
  };
}

function connection(destinationId: string, definition: object): NewConnection {
  made += 1;
  return {
    ...{ destinationId, name: `Connection ${made}`, enabled: true },
    definition: readConnection({ action: 'send', ...definition }),
    prepared: { mapping: {}, fields: {}, holdsLate: false, needsGiven: false },
  };
}

async function epoch(): Promise<number> {
  const { rows } = await pool.query<{ epoch: number }>('SELECT epoch FROM activation_epoch');
  return rows[0]?.epoch ?? 0;
}

async function syncs(): Promise<unknown[]> {
  return (await pool.query('SELECT connection, due_at AS "dueAt" FROM audience_sync ORDER BY 1')).rows;
}

test('secrets are encrypted in the row, named, kept through changes, and opened for whom sends', async () => {
  const before = await epoch();
  const destination = await destinations.create(given({ secrets: { key: 'whsec_SECRET', other: 'x' } }));
  expect(destination.secretNames).toEqual(['key', 'other']);
  expect(JSON.stringify(destination)).not.toContain('SECRET');
  const { rows } = await pool.query('SELECT * FROM destination WHERE id = $1', [destination.id]);
  expect(Buffer.concat([rows[0].secrets, Buffer.from(JSON.stringify(rows[0]))]).includes('whsec_')).toBe(
    false,
  );
  expect(await destinations.settings(destination.id)).toEqual({
    url: 'https://tool.example',
    key: 'whsec_SECRET',
    other: 'x',
  });
  await destinations.change(destination.id, { settings: { url: 'https://other.example' } });
  const changed = await destinations.change(destination.id, { secrets: { other: null } });
  expect(changed).toMatchObject({ secretNames: ['key'], settings: { url: 'https://other.example' } });
  expect(await destinations.settings(destination.id)).toEqual({
    url: 'https://other.example',
    key: 'whsec_SECRET',
  });
  expect(await epoch()).toBe(before + 3);
  // A copy of one row's secrets opens nowhere else.
  const another = await destinations.create(given());
  await pool.query(
    'UPDATE destination SET secrets = (SELECT secrets FROM destination WHERE id = $1) WHERE id = $2',
    [...[destination.id, another.id]],
  );
  await expect(destinations.settings(another.id)).rejects.toThrow('encrypted with another key');
});

test('a destination without purposes must say why; a name is taken until its destination is deleted', async () => {
  const one = given();
  await expect(destinations.create({ ...one, purposes: [] })).rejects.toThrow('check constraint');
  await destinations.create({ ...one, purposes: [], consentNotRequired: 'Order confirmations only' });
  await expect(destinations.create(one)).rejects.toMatchObject({ code: 'conflict' });
  const [made] = (await destinations.list(0, 100)).filter(({ name }) => name === one.name);
  await destinations.remove(made?.id ?? '');
  await expect(destinations.get(made?.id ?? '')).rejects.toMatchObject({ code: 'not_found' });
  await destinations.create(one);
});

test('an edit of a connection is a new version; the same again is none', async () => {
  const { id } = await destinations.create(given());
  const first = connection(id, { events: '"Order Completed"' });
  const created = await connections.create(first, 'test');
  expect(created.newest).toMatchObject({
    version: 1,
    definition: { events: [{ event: 'Order Completed' }] },
  });
  const same = await connections.change(created.id, { version: first }, 'test');
  expect(same.newest.number).toBe(created.newest.number);
  const changed = await connections.change(
    created.id,
    { name: 'Renamed', version: connection(id, {}) },
    'test',
  );
  expect(changed).toMatchObject({ name: 'Renamed', newest: { version: 2 } });
  expect((await connections.versions(created.id)).map(({ version }) => version)).toEqual([2, 1]);
  await connections.remove(created.id);
  expect(await connections.list(0, 100, id)).toEqual([]);
});

test('an audience is compared with its segment from the start, and again when it is changed', async () => {
  const { id } = await destinations.create(given());
  await expect(
    connections.create(connection(id, { from: { segment: 'vip' } }), 'test'),
  ).rejects.toMatchObject({
    code: 'definition_invalid',
    message: 'definition: there is no segment vip. Create it first.',
  });
  const definition = { kind: 'consent', purpose: 'advertising' } as const;
  const segments = new Segments(pool);
  await segments.create({ id: 'vip', name: 'VIP', description: '', definition }, 'test');
  const audience = await connections.create(connection(id, { from: { segment: 'vip' } }), 'test');
  const trigger = await connections.create(
    connection(id, { from: { segment: 'vip', when: 'entered' } }),
    'test',
  );
  expect(await syncs()).toEqual([{ connection: audience.number, dueAt: 0 }]);
  await expect(
    connections.change(
      audience.id,
      { version: connection(id, { from: { segment: 'vip', when: 'left' } }) },
      'test',
    ),
  ).rejects.toMatchObject({ code: 'definition_invalid' });
  await expect(segments.remove('vip', 'test')).rejects.toThrow(`${audience.name}, ${trigger.name}`);
  await connections.change(audience.id, { enabled: false }, 'test');
  expect(await syncs()).toEqual([]);
  await connections.change(audience.id, { enabled: true }, 'test');
  expect(await syncs()).toEqual([{ connection: audience.number, dueAt: 0 }]);
  await destinations.remove(id);
  expect(await syncs()).toEqual([]);
  await segments.remove('vip', 'test');
});
