import type { Pool } from 'pg';
import type { Channel } from '../../core/delivery/channel.js';
import type { Identifier } from '../../core/identity/identifier.js';
import { decodeContact } from '../../core/profile/codec.js';
import { uuidArray } from '../../engines/postgres.js';
import type { PeopleAtDoor, PersonAtDoor } from './people-at-door.js';
import { Suppressions } from './suppressions.js';

const PEOPLE = `
  SELECT asked.id, state FROM unnest($1::uuid[]) AS asked (id)
  LEFT JOIN profile_merge ON from_id = asked.id JOIN profile ON profile.id = coalesce(into_id, asked.id)`;

/** People at the door, from PostgreSQL. */
export class PostgresPeopleAtDoor implements PeopleAtDoor {
  readonly #pool: Pool;
  readonly #suppressions: Suppressions;

  constructor(pool: Pool) {
    this.#pool = pool;
    this.#suppressions = new Suppressions(pool);
  }

  async people(ids: readonly string[]): Promise<ReadonlyMap<string, PersonAtDoor>> {
    const { rows } = await this.#pool.query<{ id: string; state: string }>({
      name: 'people-at-door',
      text: PEOPLE,
      values: [uuidArray(ids)],
    });
    return new Map(rows.map(({ id, state }) => [id, decodeContact(state)]));
  }

  async suppressed(channel: Channel, identifiers: readonly Identifier[]): Promise<ReadonlySet<string>> {
    return new Set((await this.#suppressions.suppressedAmong(channel, identifiers)).keys());
  }
}
