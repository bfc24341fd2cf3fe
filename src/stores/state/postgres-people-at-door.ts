import type { Pool } from 'pg';
import type { Channel } from '../../core/delivery/channel.js';
import { decodeProfile } from '../../core/profile/codec.js';
import { uuidArray } from '../../engines/postgres.js';
import type { Address, PeopleAtDoor, PersonAtDoor } from './people-at-door.js';

const PEOPLE = `
  SELECT asked.id, state FROM unnest($1::uuid[]) AS asked (id)
  LEFT JOIN profile_merge ON from_id = asked.id JOIN profile ON profile.id = coalesce(into_id, asked.id)`;

/** People at the door, from PostgreSQL. */
export class PostgresPeopleAtDoor implements PeopleAtDoor {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async people(ids: readonly string[]): Promise<ReadonlyMap<string, PersonAtDoor>> {
    const { rows } = await this.#pool.query<{ id: string; state: string }>({
      name: 'people-at-door',
      text: PEOPLE,
      values: [uuidArray(ids)],
    });
    return new Map(
      rows.map(({ id, state }) => {
        const { consent, identifiers } = decodeProfile(id, state);
        return [id, { consent, identifiers: [...identifiers.values()] }];
      }),
    );
  }

  async suppressed(_channel: Channel, _addresses: readonly Address[]): Promise<ReadonlySet<string>> {
    return new Set();
  }
}
