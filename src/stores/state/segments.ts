import type { Pool, PoolClient } from 'pg';
import { TributaryError } from '../../core/errors.js';
import { SegmentCompiler } from '../../core/segments/compile.js';
import type { Node } from '../../core/segments/definition.js';
import { referrersOf } from '../../core/segments/references.js';
import { connectionsOfSegment } from './connections.js';
import { addVersion, changeDefinitions, readVocabulary, renewDependants } from './definitions.js';

/** See docs/specs/segments.md, 5. */
export type VersionStatus =
  | 'pending'
  | 'backfilling'
  | 'live'
  | 'replaced'
  | 'retiring'
  | 'retired'
  | 'failed';

/** One version of a segment. Times are milliseconds since 1970 UTC. */
export interface SegmentVersion {
  /** Rises over all segments; `version` is that of this segment alone. */
  readonly number: number;
  readonly version: number;
  readonly definition: Node;
  readonly actor: string;
  readonly status: VersionStatus;
  /** Slices of everybody that the backfill is done with, of how many; null before it has begun. */
  readonly slicesDone: number;
  readonly slices: number | null;
  readonly error: string | null;
  readonly createdAt: number;
  readonly liveAt: number | null;
  readonly backfilledAt: number | null;
}

/** A segment, with its newest version. */
export interface Segment {
  readonly id: string;
  /** Gives the order in which they were made. */
  readonly number: number;
  readonly name: string;
  readonly description: string;
  readonly createdAt: number;
  readonly newest: SegmentVersion;
}

/** A segment to be. */
export interface NewSegment {
  /** Made of the name when there is none. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly description: string;
  readonly definition: Node;
}

/** What of a segment may change. */
export interface SegmentChange {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly definition?: Node | undefined;
}

const ms = (column: string) => `round(extract(epoch FROM ${column}) * 1000)::float8`;
const VERSION = `v.number, v.version, v.definition, v.actor, v.status, v.slices_done AS "slicesDone", cardinality(v.slices) AS slices,
  v.error, ${ms('v.created_at')} AS "createdAt", ${ms('v.live_at')} AS "liveAt", ${ms('v.backfilled_at')} AS "backfilledAt"`;
const SEGMENTS = `
  SELECT s.id, s.number, s.name, s.description, ${ms('s.created_at')} AS "createdAt", row_to_json(newest) AS newest
  FROM segment AS s
  CROSS JOIN LATERAL (
    SELECT ${VERSION} FROM segment_version AS v WHERE v.segment_id = s.id ORDER BY v.version DESC LIMIT 1
  ) AS newest
  WHERE s.deleted_at IS NULL`;
const UNIQUE_VIOLATION = '23505';
const ID_CHARS_MAX = 100;

/** Segments and their versions, in PostgreSQL. */
export class Segments {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Those made after one, in the order in which they were made. */
  async list(afterNumber: number, limit: number): Promise<Segment[]> {
    const { rows } = await this.#pool.query<Segment>(
      `${SEGMENTS} AND s.number > $1 ORDER BY s.number LIMIT $2`,
      [afterNumber, limit],
    );
    return rows;
  }

  /** @throws TributaryError `not_found` */
  get(id: string): Promise<Segment> {
    return segmentNamed(this.#pool, id);
  }

  /** All versions of a segment, newest first. */
  async versions(id: string): Promise<SegmentVersion[]> {
    const { rows } = await this.#pool.query<SegmentVersion>(
      `SELECT ${VERSION} FROM segment_version AS v WHERE v.segment_id = $1 ORDER BY v.version DESC`,
      [id],
    );
    return rows;
  }

  /** Names by id, of deleted segments too. */
  async names(ids: readonly string[]): Promise<Map<string, string>> {
    const { rows } = await this.#pool.query<{ id: string; name: string }>(
      'SELECT id, name FROM segment WHERE id = ANY ($1)',
      [[...ids]],
    );
    return new Map(rows.map(({ id, name }) => [id, name]));
  }

  /** @throws TributaryError `conflict` when the id or the name is taken; what the compiler throws of the definition. */
  create(given: NewSegment, actor: string): Promise<Segment> {
    return this.#change(given.name, async (db) => {
      new SegmentCompiler(await readVocabulary(db)).segment(given.definition);
      const id = given.id ?? (await freeId(db, given.name));
      const { rowCount } = await db.query(
        'INSERT INTO segment (id, name, description) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING',
        [id, given.name, given.description],
      );
      if (rowCount === 0)
        throw new TributaryError(
          'conflict',
          `The id ${id} is taken, maybe by a deleted segment, whose history keeps it. Give another.`,
        );
      await addVersion(db, id, given.definition, actor);
      return segmentNamed(db, id);
    });
  }

  /**
   * Changes what is given. Another definition is a new version, of this segment and of those that refer to it.
   * @throws TributaryError `not_found`, `conflict`; what the compiler throws of the definition.
   */
  change(id: string, { name, description, definition }: SegmentChange, actor: string): Promise<Segment> {
    return this.#change(name ?? '', async (db) => {
      const before = await segmentNamed(db, id);
      await db.query(
        'UPDATE segment SET name = coalesce($2, name), description = coalesce($3, description) WHERE id = $1',
        [id, name ?? null, description ?? null],
      );
      const isOther = JSON.stringify(definition) !== JSON.stringify(before.newest.definition);
      if (definition !== undefined && (isOther || before.newest.status === 'failed')) {
        const { segments, computed } = await readVocabulary(db);
        const after = { segments: new Map([...segments, [id, definition]]), computed };
        new SegmentCompiler(after).segment({ kind: 'segment', segment: id });
        await addVersion(db, id, definition, actor);
        await renewDependants(db, { segment: id }, after, actor);
      }
      return segmentNamed(db, id);
    });
  }

  /** Deletes a segment: the consumer sees its members out. @throws TributaryError `not_found`; `conflict` when others refer to it. */
  remove(id: string, actor: string): Promise<void> {
    return this.#change('', async (db) => {
      const { newest } = await segmentNamed(db, id);
      const { segments } = await readVocabulary(db);
      refuseReferred(`The segment ${id}`, referrersOf({ segment: id }, segments));
      // Changes of connections wait for this one: none comes to refer to it meanwhile.
      await db.query('SELECT 1 FROM activation_epoch FOR UPDATE');
      const connections = await connectionsOfSegment(db, id);
      refuseReferred(
        `The segment ${id}`,
        connections.map(({ name }) => name),
      );
      await db.query('UPDATE segment SET deleted_at = now() WHERE id = $1', [id]);
      // A version of its own: whatever the consumer does for the one before meanwhile, this one comes after it.
      await addVersion(db, id, newest.definition, actor, 'retiring');
    });
  }

  async #change<Result>(name: string, change: (db: PoolClient) => Promise<Result>): Promise<Result> {
    try {
      return await changeDefinitions(this.#pool, change);
    } catch (error) {
      if ((error as { code?: unknown }).code !== UNIQUE_VIOLATION) throw error;
      throw new TributaryError('conflict', `There is a segment named ${name} already.`, { cause: error });
    }
  }
}

/** Refuses to delete what segments refer to. @throws TributaryError `conflict` that names them. */
export function refuseReferred(what: string, referrers: readonly string[]): void {
  if (referrers.length === 0) return;
  throw new TributaryError(
    'conflict',
    `${what} is referred to by ${referrers.join(', ')}. Change or delete those first.`,
  );
}

async function segmentNamed(db: Pool | PoolClient, id: string): Promise<Segment> {
  const { rows } = await db.query<Segment>(`${SEGMENTS} AND s.id = $1`, [id]);
  const [segment] = rows;
  if (!segment) throw new TributaryError('not_found', `There is no segment ${id}.`);
  return segment;
}

/** The name in small letters and digits, with a number behind it where that is taken. */
async function freeId(db: PoolClient, name: string): Promise<string> {
  const words = name
    .normalize('NFKD')
    .toLowerCase()
    .match(/[a-z0-9]+/g) ?? ['segment'];
  const base = words.join('_').slice(0, ID_CHARS_MAX - 10);
  const { rows } = await db.query<{ id: string }>('SELECT id FROM segment WHERE starts_with(id, $1)', [base]);
  const taken = new Set(rows.map(({ id }) => id));
  let id = base;
  for (let next = 2; taken.has(id); next += 1) id = `${base}_${next}`;
  return id;
}
