/** Connections of every form while the consumer lives and dies, among stores that fail; and what must have been decided in the end. Nobody sends. */
import type { Pool } from 'pg';
import { expect } from 'vitest';
import { NOBODY } from '../../src/core/identity/resolve.js';
import type { JsonObject } from '../../src/core/json.js';
import { decodeProfile } from '../../src/core/profile/codec.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import type { ActivationStores } from '../../src/process/activation/activation.js';
import { Connections } from '../../src/stores/state/connections.js';
import { preparedOf } from '../activation/prepared-of.js';
import type { Life } from './faulty-life.js';
import { NAMES } from './sent-world.js';

const [, ORDERED] = NAMES;
const SOURCE = 'src_web';
const MAPPING = {
  id: { '@path': '$.messageId' },
  event: { '@path': '$.event' },
  email: { '@path': '$.context.traits.email' },
};

/** Those that are there from the beginning: of events. */
const OF_EVENTS: Readonly<
  Record<string, { readonly purposes: readonly string[]; readonly definition: JsonObject }>
> = {
  large: {
    purposes: [],
    definition: {
      events: `"${ORDERED}" where properties.amount > 250`,
      mapping: { ...MAPPING, amount: { '@path': '$.properties.amount' } },
    },
  },
  web: { purposes: ['ads'], definition: { from: { sources: [SOURCE] }, events: 'track', mapping: MAPPING } },
};

/** Makes the sources, the destinations, and the connections of events. */
export async function connectEvents(pool: Pool): Promise<void> {
  await pool.query(
    `INSERT INTO source (id, name, kind, write_key) VALUES ($1, $1, 'web', $1) ON CONFLICT DO NOTHING`,
    [SOURCE],
  );
  for (const [name, { purposes, definition }] of Object.entries(OF_EVENTS))
    await connect(pool, name, purposes, definition);
}

/** Makes an audience, both triggers, and a snapshot that is due at once, of a segment. */
export async function connectSegment(pool: Pool, segment: string): Promise<void> {
  await connect(pool, `audience of ${segment}`, ['ads'], { from: { segment }, mapping: MAPPING });
  for (const when of ['entered', 'left']) {
    await connect(pool, `${when} ${segment}`, ['ads'], { from: { segment, when }, mapping: MAPPING });
  }
  await connect(pool, `snapshot of ${segment}`, ['ads'], {
    from: { segment, snapshot: {} },
    mapping: MAPPING,
  });
  await pool.query('UPDATE snapshot_plan SET due_at = 0');
}

async function connect(
  pool: Pool,
  name: string,
  purposes: readonly string[],
  definition: JsonObject,
): Promise<void> {
  await pool.query(
    `INSERT INTO destination (id, name, kind, purposes, consent_not_required, channel) VALUES ($1, $1, 'webhook', $2, $3, 'other')`,
    [name, purposes, purposes.length === 0 ? 'simulated' : null],
  );
  await new Connections(pool).create(
    { destinationId: name, name, enabled: true, ...preparedOf(definition) },
    'simulation',
  );
}

/** The real stores with faults: before the work, or after it, when only its answer is lost. */
export function faultyActivation({ state, snapshots, log }: ActivationStores, life: Life): ActivationStores {
  const around = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
    life.risk(`before ${what}`, 0.04);
    const result = await work();
    life.risk(`after ${what}`, 0.04);
    return result;
  };
  return {
    state: {
      work: () => state.work(),
      connections: () => state.connections(),
      membersOf: (holders) => around('whom audiences hold', () => state.membersOf(holders)),
      membersAfter: (connection, after, limit) => state.membersAfter(connection, after, limit),
      waiting: () => state.waiting(),
      suppressions: (identifiers) => around('suppression lists', () => state.suppressions(identifiers)),
      suppressionChanges: (limit) => state.suppressionChanges(limit),
      commitSuppressions: (step) =>
        around('a look at suppressed people', () => state.commitSuppressions(step)),
      commitSync: (step) => around('a step of an audience', () => state.commitSync(step)),
      untold: () => state.untold(),
      told: (seq) => around('noting what was filtered', () => state.told(seq)),
    },
    snapshots: {
      beginSnapshot: (begin) => around('beginning a snapshot', () => snapshots.beginSnapshot(begin)),
      slice: (id) => snapshots.slice(id),
      keptWithin: (...asked) => snapshots.keptWithin(...asked),
      openRows: (id) => snapshots.openRows(id),
      commitSnapshot: (step) => around('a step of a snapshot', () => snapshots.commitSnapshot(step)),
    },
    log: {
      write: (attempts) => around('telling what was filtered', () => log.write(attempts)),
      delivered: (destinationId, asked) => log.delivered(destinationId, asked),
      ofSnapshot: (...asked) => log.ofSnapshot(...asked),
    },
  };
}

interface Decided {
  readonly connection: string;
  readonly kind: string;
  readonly key: string;
  readonly offset: number;
  readonly profileId: string;
  readonly payload: JsonObject;
}

/** Checks all that was decided against the events and the segments as they are stored, which others check. @param members lines of a segment's id and a profile's. */
export async function checkDecided(
  { pool, clickhouse }: { readonly pool: Pool; readonly clickhouse: ClickHouse },
  members: readonly string[],
  hint: string,
): Promise<void> {
  const decided = await decidedRows(pool);
  const filtered = await clickhouse.query<{
    connection: string;
    key: string;
    offset: number;
    reason: string;
    profileId: string;
  }>(
    `SELECT connection_id AS connection, toString(key) AS key, log_offset AS offset, reason, toString(profile_id) AS profileId FROM deliveries FINAL WHERE attempt = 0`,
  );
  const ids = await pool.query<{ id: string; name: string }>('SELECT id, name FROM connection');
  const nameOf = new Map(ids.rows.map(({ id, name }) => [id, name]));
  const refused = filtered.map((row) => ({ ...row, connection: nameOf.get(row.connection) ?? '' }));
  await checkEvents(clickhouse, decided, refused, hint);
  expect(await booksOf(pool), hint).toEqual(countedBooks(decided, refused));
  expect(new Set([...decided, ...refused].map(({ key }) => key)).size, hint).toBe(
    decided.length + refused.length,
  );
  const { rows: segments } = await pool.query<{ id: string }>('SELECT id FROM segment');
  for (const { id } of segments) {
    const inIt = members.filter((line) => line.startsWith(`${id} `)).map((line) => line.slice(id.length + 1));
    await checkAudience(pool, decided, id, inIt, hint);
    await checkSnapshot(pool, decided, refused, id, hint);
  }
}

/** Each event that a connection takes was decided, once. */
async function checkEvents(
  clickhouse: ClickHouse,
  decided: readonly Decided[],
  refused: ReadonlyArray<{ readonly connection: string; readonly offset: number }>,
  hint: string,
): Promise<void> {
  const events = await clickhouse.query<{
    offset: number;
    source: string;
    name: string;
    id: string;
    amount: number | null;
  }>(
    `SELECT offset, source_id AS source, name, message_id AS id, properties.amount.:Int64 AS amount FROM events
     WHERE type = 'track' AND profile_id != {nobody:UUID} ORDER BY offset`,
    { nobody: NOBODY },
  );
  const large = events.filter(({ name, amount }) => name === ORDERED && (amount ?? 0) > 250);
  expect(
    decided
      .filter(({ connection }) => connection === 'large')
      .map(({ payload: { id, event, amount } }) => ({ id, event, amount })),
    hint,
  ).toEqual(large.map(({ id, name, amount }) => ({ id, event: name, amount: String(amount) })));
  const ofWeb = [...decided, ...refused]
    .filter(({ connection }) => connection === 'web')
    .map(({ offset }) => offset);
  expect(
    ofWeb.sort((a, b) => a - b),
    hint,
  ).toEqual(events.filter(({ source }) => source === SOURCE).map(({ offset }) => offset));
}

/** The tool was told to have exactly those who are in the segment and consent; each word of it waits. */
async function checkAudience(
  pool: Pool,
  decided: readonly Decided[],
  segment: string,
  members: readonly string[],
  hint: string,
): Promise<void> {
  const { rows } = await pool.query<{ holder: string; profileId: string; key: string; isAdded: boolean }>(
    `SELECT holder, profile_id AS "profileId", key, is_added AS "isAdded" FROM audience_member
     WHERE connection = (SELECT number FROM connection WHERE name = $1)`,
    [`audience of ${segment}`],
  );
  const consenting = await consentingAmong(pool, members);
  const held = new Set(rows.filter(({ isAdded }) => isAdded).map(({ holder }) => holder));
  expect([...held].sort(), `${segment}; ${hint}`).toEqual(consenting);
  // Nothing is told twice: each word changes whom the tool has.
  const words = decided.filter(({ connection }) => connection === `audience of ${segment}`);
  const removals = words.filter(({ kind }) => kind === 'removed').length;
  expect(words.length - 2 * removals, `${segment}; ${hint}`).toBe(
    rows.filter(({ isAdded }) => isAdded).length,
  );
  const byKey = new Map(decided.map((one) => [one.key, one]));
  for (const { key, isAdded } of rows) {
    const kind = byKey.get(key)?.kind;
    expect(isAdded ? kind === 'entered' || kind === 'sync' : kind === 'removed', hint).toBe(true);
  }
}

/** One snapshot was begun, and everybody of its list was decided of once; as nobody sends, its rows wait. */
async function checkSnapshot(
  pool: Pool,
  decided: readonly Decided[],
  refused: ReadonlyArray<{ readonly connection: string; readonly profileId: string }>,
  segment: string,
  hint: string,
): Promise<void> {
  const name = `snapshot of ${segment}`;
  const { rows } = await pool.query<{
    state: string;
    people: number;
    looked: number;
    sent: number;
    left: number;
  }>(
    `SELECT state, people, looked, sent, (SELECT count(*) FROM snapshot_slice WHERE snapshot = s.id)::int AS left
     FROM snapshot s JOIN connection c ON c.number = s.connection WHERE c.name = $1`,
    [name],
  );
  const sent = decided.filter(({ connection, kind }) => connection === name && kind === 'row');
  const ofIt = [...sent, ...refused.filter(({ connection }) => connection === name)];
  const [one] = rows;
  expect(rows.length, `${name}; ${hint}`).toBe(1);
  // A list without anybody who consents has its marker at once, and that waits.
  expect(one, `${name}; ${hint}`).toEqual({
    ...{ state: sent.length > 0 ? 'sending' : 'closing', people: ofIt.length, looked: ofIt.length },
    ...{ sent: sent.length, left: 0 },
  });
  expect(new Set(ofIt.map(({ profileId }) => profileId)).size, `${name}; ${hint}`).toBe(ofIt.length);
}

async function consentingAmong(pool: Pool, ids: readonly string[]): Promise<string[]> {
  const { rows } = await pool.query<{ id: string; state: string }>(
    'SELECT id, state FROM profile WHERE id = ANY ($1::uuid[])',
    [[...ids]],
  );
  return rows
    .filter(({ id, state }) => decodeProfile(id, state).consent.get('ads')?.value === true)
    .map(({ id }) => id)
    .sort();
}

async function decidedRows(pool: Pool): Promise<Decided[]> {
  const { rows } = await pool.query<Omit<Decided, 'payload'> & { readonly payload: string }>(
    `SELECT c.name AS connection, d.kind, d.key, d.log_offset AS offset, d.profile_id AS "profileId", d.payload
     FROM delivery d JOIN connection_version v ON v.number = d.connection JOIN connection c ON c.id = v.connection_id ORDER BY d.log_offset, d.seq`,
  );
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as JsonObject }));
}

type Books = Record<string, number>;

async function booksOf(pool: Pool): Promise<Books> {
  const { rows } = await pool.query<{ name: string; deliveries: number }>(
    `SELECT c.name || ' ' || b.outcome || ' ' || b.reason AS name, b.deliveries FROM delivery_balance b
     JOIN connection_version v ON v.number = b.connection JOIN connection c ON c.id = v.connection_id`,
  );
  return Object.fromEntries(rows.map(({ name, deliveries }) => [name, deliveries]));
}

/** The books as they must be: all that waits and all that was filtered matched. */
function countedBooks(
  decided: readonly Decided[],
  refused: ReadonlyArray<{ readonly connection: string; readonly reason: string }>,
): Books {
  const books: Books = {};
  const count = (name: string) => {
    books[name] = (books[name] ?? 0) + 1;
  };
  for (const { connection } of decided) count(`${connection} matched `);
  for (const { connection, reason } of refused) {
    count(`${connection} matched `);
    count(`${connection} filtered ${reason}`);
  }
  return books;
}
