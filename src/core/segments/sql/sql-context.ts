/** What a question to ClickHouse gathers while it is written: parameters, and which of the person's places matter. */

/** What the answer depends on beside the stored data. */
export interface AskedAt {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Zones that events name, for conditions on the person's own clock. */
  readonly zones: readonly string[];
  /** Whether any profile was merged, and any single event placed elsewhere: else nothing needs to be looked up. */
  readonly merged: boolean;
  readonly moved: boolean;
  /** Only these people; events of others may be among the rows. */
  readonly slice?: Slice;
}

/** A part of all people: ids from one (included) to another (excluded), in ClickHouse's order; undefined is no end. */
export interface Slice {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Rows of events with the person that each belongs to. */
export interface EventRows {
  /** Expressions over the columns of `events`, by name. */
  readonly columns: Readonly<Record<string, string>>;
  readonly where: string;
}

/** Writes one question. */
export class SqlContext {
  readonly at: AskedAt;
  readonly params: Record<string, unknown>;
  readonly #names: { count: number };

  /** @param whole what it is a part of. */
  constructor(at: AskedAt, whole?: SqlContext) {
    this.at = at;
    this.params = whole?.params ?? {};
    this.#names = whole === undefined ? { count: 0 } : whole.#names;
  }

  /** A part of the same question that asks everybody, where the question itself asks the people of a slice. */
  ofEverybody(): SqlContext {
    const { slice: _, ...at } = this.at;
    return new SqlContext(at, this);
  }

  /** Binds a value; answers what stands for it. */
  bind(value: unknown, type: string): string {
    // The driver takes whole numbers up to 2^53 alone.
    if (type === 'Float64' && isLong(value)) return `toFloat64(${this.bind(String(value), 'String')})`;
    if (type === 'Array(Float64)' && Array.isArray(value) && value.some(isLong))
      return `arrayMap(n -> toFloat64(n), ${this.bind(value.map(String), 'Array(String)')})`;
    this.#names.count += 1;
    const name = `p${this.#names.count}`;
    this.params[name] = value;
    return `{${name}:${type}}`;
  }

  text(value: string): string {
    return this.bind(value, 'String');
  }

  number(value: number): string {
    return this.bind(value, 'Float64');
  }

  /** A moment, to be compared with the columns of times. */
  moment(ms: number): string {
    return `fromUnixTimestamp64Milli(${this.bind(ms, 'Int64')})`;
  }

  /** A name that no other part of the question uses. */
  name(prefix: string): string {
    this.#names.count += 1;
    return `${prefix}${this.#names.count}`;
  }

  /** What follows FROM where all people are asked, as rows `p`, or those who fulfil a condition. */
  people(condition = 'true'): string {
    const { slice } = this.at;
    const isIn = slice === undefined ? '' : ` AND ${this.#within('p.profile_id', slice)}`;
    return `profiles AS p FINAL WHERE NOT p.deleted${isIn} AND ${condition}`;
  }

  #within(column: string, { from, to }: Slice): string {
    const ends = [
      ...(from === undefined ? [] : [`${column} >= ${this.bind(from, 'UUID')}`]),
      ...(to === undefined ? [] : [`${column} < ${this.bind(to, 'UUID')}`]),
    ];
    return ends.length === 0 ? 'true' : `(${ends.join(' AND ')})`;
  }

  /** A condition on rows of `events` that may belong to people of the slice. */
  #mayBeIn(slice: Slice): string {
    const { merged, moved } = this.at;
    const ways = [this.#within('profile_id', slice)];
    if (merged)
      ways.push(
        `profile_id IN (SELECT from_id FROM profile_override WHERE ${this.#within('into_id', slice)})`,
      );
    if (moved) ways.push('events.offset IN (SELECT offset FROM event_override)');
    return `(${ways.join(' OR ')})`;
  }

  /** A subquery of the chosen events: the columns, and `person`, whose events they are now. */
  rows({ columns, where: chosen }: EventRows): string {
    const { merged, moved, slice } = this.at;
    const where = slice === undefined ? chosen : `${this.#mayBeIn(slice)} AND (${chosen})`;
    const wanted = Object.entries(columns).map(([name, sql]) => `${sql} AS ${name}`);
    if (!merged && !moved)
      return `(SELECT ${['profile_id AS person', ...wanted].join(', ')} FROM events WHERE ${where})`;
    const inner = `SELECT ${['profile_id AS written', 'events.offset AS log_offset', ...wanted].join(', ')} FROM events WHERE ${where}`;
    const placed = 'if(moved.version > 0, moved.profile_id, chosen.written)';
    const names = Object.keys(columns).map((name) => `chosen.${name} AS ${name}`);
    const placing = `SELECT ${[`${placed} AS placed`, ...names].join(', ')} FROM (${inner}) AS chosen
      LEFT ANY JOIN (SELECT offset, profile_id, version FROM event_override FINAL) AS moved ON chosen.log_offset = moved.offset`;
    const rest = Object.keys(columns).map((name) => `placing.${name} AS ${name}`);
    return `(SELECT ${['if(merged.version > 0, merged.into_id, placing.placed) AS person', ...rest].join(', ')}
      FROM (${placing}) AS placing
      LEFT ANY JOIN (SELECT from_id, into_id, version FROM profile_override FINAL) AS merged ON placing.placed = merged.from_id)`;
  }
}

function isLong(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
}

/** A name or a key as SQL takes it. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
