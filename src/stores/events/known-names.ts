import type { ClickHouse } from '../../engines/clickhouse.js';

/** A kind of event that was seen, and what the newest of them carried. */
export interface KnownEvent {
  readonly type: string;
  /** Empty where calls of the type have none. */
  readonly name: string;
  readonly events: number;
  /** Paths below `properties`. */
  readonly properties: readonly string[];
}

/** Names that definitions can refer to. */
export interface Names {
  /** Of most events, most first. */
  readonly events: readonly KnownEvent[];
  /** Paths of traits, those of most people first. */
  readonly traits: readonly string[];
  readonly accountTraits: readonly string[];
  /** Purposes of consent that anybody was asked for. */
  readonly purposes: readonly string[];
}

const EVENTS_MAX = 1_000;
const PATHS_MAX = 500;
/** Properties come from the newest events, traits from some people: names recur, and reading everything for a list of suggestions costs too much. */
const NEWEST_EVENTS = 50_000;
const SOME_PEOPLE = 50_000;
const FRESH_MS = 15_000;

/** Which events, properties, traits and purposes there are, as suggestions for who writes definitions. */
export class KnownNames {
  readonly #clickhouse: ClickHouse;
  #last: { readonly at: number; readonly names: Promise<Names> } | undefined;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** At most some seconds old. @param now milliseconds since 1970 UTC. */
  read(now: number): Promise<Names> {
    if (this.#last !== undefined && now - this.#last.at < FRESH_MS) return this.#last.names;
    const names = this.#ask();
    this.#last = { at: now, names };
    // What failed is not remembered.
    names.catch(() => {
      this.#last = undefined;
    });
    return names;
  }

  async #ask(): Promise<Names> {
    const [events, properties, traits, accountTraits, purposes] = await Promise.all([
      this.#clickhouse.query<{ type: string; name: string; events: number }>(
        `SELECT type, name, toInt64(count()) AS events FROM events GROUP BY type, name ORDER BY events DESC, type, name
         LIMIT {max:UInt32}`,
        { max: EVENTS_MAX },
      ),
      this.#clickhouse.query<{ type: string; name: string; paths: string[] }>(
        `SELECT type, name, arraySort(groupUniqArrayArray(${PATHS_MAX})(JSONAllPaths(properties))) AS paths FROM events
         WHERE offset + {newest:UInt64} >= (SELECT max(offset) FROM events) GROUP BY type, name`,
        { newest: NEWEST_EVENTS },
      ),
      this.#paths('profiles'),
      this.#paths('accounts'),
      this.#clickhouse.query<{ name: string }>(
        `SELECT DISTINCT arrayJoin(arrayConcat(consents, refusals)) AS name FROM (SELECT consents, refusals FROM profiles LIMIT {some:UInt32})
         ORDER BY name LIMIT {max:UInt32}`,
        { some: SOME_PEOPLE, max: PATHS_MAX },
      ),
    ]);
    const carried = new Map(properties.map(({ type, name, paths }) => [`${type} ${name}`, paths]));
    return {
      events: events.map((one) => ({ ...one, properties: carried.get(`${one.type} ${one.name}`) ?? [] })),
      ...{ traits, accountTraits },
      purposes: purposes.map(({ name }) => name),
    };
  }

  async #paths(table: 'profiles' | 'accounts'): Promise<string[]> {
    const rows = await this.#clickhouse.query<{ path: string }>(
      `SELECT arrayJoin(JSONAllPaths(traits)) AS path FROM (SELECT traits FROM ${table} LIMIT {some:UInt32})
       GROUP BY path ORDER BY count() DESC, path LIMIT {max:UInt32}`,
      { some: SOME_PEOPLE, max: PATHS_MAX },
    );
    return rows.map(({ path }) => path);
  }
}
