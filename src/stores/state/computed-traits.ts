import type { Pool } from 'pg';
import { TributaryError } from '../../core/errors.js';
import { SegmentCompiler } from '../../core/segments/compile.js';
import type { ComputedValue } from '../../core/segments/definition.js';
import { referrersOf } from '../../core/segments/references.js';
import { changeDefinitions, readVocabulary, renewDependants } from './definitions.js';
import { refuseReferred } from './segments.js';

/** A computed trait. */
export interface ComputedTrait {
  readonly name: string;
  readonly value: ComputedValue;
  readonly description: string;
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
}

/** Each costs every look at a profile, and every person in a segment that asks for it. */
const COMPUTED_TRAITS_MAX = 500;
const COLUMNS = `name, value, description, round(extract(epoch FROM created_at) * 1000)::float8 AS "createdAt"`;

/** Computed traits, in PostgreSQL. */
export class ComputedTraits {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Those after a name, in the order of names. */
  async list(after: string, limit: number): Promise<ComputedTrait[]> {
    const { rows } = await this.#pool.query<ComputedTrait>(
      `SELECT ${COLUMNS} FROM computed_trait WHERE name > $1 ORDER BY name LIMIT $2`,
      [after, limit],
    );
    return rows;
  }

  /** @throws TributaryError `not_found` */
  async get(name: string): Promise<ComputedTrait> {
    const { rows } = await this.#pool.query<ComputedTrait>(
      `SELECT ${COLUMNS} FROM computed_trait WHERE name = $1`,
      [name],
    );
    const [trait] = rows;
    if (!trait) throw new TributaryError('not_found', `There is no computed trait ${name}.`);
    return trait;
  }

  /**
   * Makes a computed trait, or gives it another value, which is a new version of all segments that ask for it.
   * @returns whether it is a new one.
   */
  put(given: Omit<ComputedTrait, 'createdAt'>, actor: string): Promise<{ made: boolean }> {
    const { name, value, description } = given;
    return changeDefinitions(this.#pool, async (db) => {
      const { segments, computed } = await readVocabulary(db);
      const before = computed.get(name);
      if (before === undefined && computed.size >= COMPUTED_TRAITS_MAX)
        throw new TributaryError('conflict', `There are ${computed.size} computed traits, the most allowed.`);
      const after = { segments, computed: new Map([...computed, [name, value]]) };
      new SegmentCompiler(after).trait(value);
      await db.query(
        `INSERT INTO computed_trait (name, value, description) VALUES ($1, $2, $3)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value, description = excluded.description`,
        [name, JSON.stringify(value), description],
      );
      if (JSON.stringify(before) !== JSON.stringify(value))
        await renewDependants(db, { trait: name }, after, actor);
      return { made: before === undefined };
    });
  }

  /** @throws TributaryError `not_found`; `conflict` when segments ask for it. */
  async remove(name: string): Promise<void> {
    await this.get(name);
    await changeDefinitions(this.#pool, async (db) => {
      const { segments } = await readVocabulary(db);
      refuseReferred(`The computed trait ${name}`, referrersOf({ trait: name }, segments));
      await db.query('DELETE FROM computed_trait WHERE name = $1', [name]);
    });
  }
}
