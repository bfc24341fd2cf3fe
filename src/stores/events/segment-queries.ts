/** Questions over everybody that a definition asks: how many it means, whom, and what they are like. */
import type { MemberCount } from '../../core/account/member-count.js';
import type { JsonValue } from '../../core/json.js';
import type { CompiledNode, CompiledValue } from '../../core/segments/nodes/compiled-node.js';
import { SqlContext } from '../../core/segments/sql/sql-context.js';
import { type SqlValue, scalarJson, traitText } from '../../core/segments/sql/sql-value.js';
import type { ClickHouse } from '../../engines/clickhouse.js';
import { type AskLimits, askWithinLimits } from './ask-within-limits.js';
import { askedAt } from './asked-at.js';

/** By what the people of a definition are told apart: a trait's keys, or a computed trait. */
export type BrokenBy = { readonly keys: readonly string[] } | { readonly computed: CompiledValue };

/** What a preview is asked. */
export interface PreviewQuestion {
  readonly node: CompiledNode;
  readonly now: number;
  /** Whether the definition looks at the person's own clock. */
  readonly zones: boolean;
  readonly breakdowns: readonly BrokenBy[];
  /** A purpose of consent, to know how many may be reached for it. */
  readonly purpose: string | undefined;
  /** How many people are to be shown. */
  readonly sample: number;
}

/** Accounts whose members are to be counted, and among them those who fulfil a definition. */
export interface MembersQuestion extends Pick<PreviewQuestion, 'node' | 'now' | 'zones'> {
  readonly groupIds: readonly string[];
}

/** How many people have one value of a trait; objects count together, as an empty one. */
export interface ValueCount {
  /** Undefined where nobody said anything. */
  readonly value: JsonValue | undefined;
  readonly people: number;
}

/** What came of it. */
export interface Preview {
  readonly size: number;
  /** Everybody there is. */
  readonly total: number;
  readonly sample: readonly string[];
  /** For each that was asked: the values that most have. */
  readonly breakdowns: ReadonlyArray<readonly ValueCount[]>;
  /** By kind of identifier: how many have one, and how many of those gave consent to the purpose. */
  readonly reach: ReadonlyMap<string, { readonly people: number; readonly consented: number }>;
}

/** Values of a breakdown that are counted one by one: those of most people. */
const VALUES_MAX = 50;
/** What is counted of people; breakdowns follow by their place. */
const [SIZE, KIND, CONSENTED, BROKEN] = [0, 1, 2, 3] as const;

interface Counted {
  readonly facet: number;
  readonly value: string;
  readonly people: number;
  readonly sample: readonly string[];
}

/** Reads everybody for people to look at. */
export class SegmentQueries {
  readonly #clickhouse: ClickHouse;
  readonly #limits: AskLimits;

  constructor(clickhouse: ClickHouse, limits: AskLimits) {
    this.#clickhouse = clickhouse;
    this.#limits = limits;
  }

  /** @throws TributaryError `definition_too_costly` */
  async preview(question: PreviewQuestion): Promise<Preview> {
    const { node, now, zones, breakdowns, purpose, sample } = question;
    const sql = new SqlContext(await askedAt(this.#clickhouse, now, zones));
    const condition = node.sql(sql);
    const parts = breakdowns.map((by, index) => breakdownSql(sql, by, index));
    const consented = purpose === undefined ? 'false' : `has(p.consents, ${sql.text(purpose)})`;
    const groups = [
      'p.identifier_kinds AS kinds',
      `${consented} AS consented`,
      ...parts.map(({ value }, index) => `${value} AS value${index}`),
    ];
    const facets = [
      `[(${SIZE}, '')]`,
      `arrayMap(kind -> (${KIND}, kind), kinds)`,
      `arrayMap(kind -> (${CONSENTED}, kind), if(consented, kinds, []))`,
      ...parts.map((_, index) => `[(${BROKEN + index}, value${index})]`),
    ];
    const most = sql.bind(Math.max(1, sample), 'UInt32');
    // One pass over everybody. People who are alike are counted together first: there are few kinds of them.
    const rows = await askWithinLimits<Counted>(
      this.#clickhouse,
      `SELECT pair.1 AS facet, pair.2 AS value, sum(alike) AS people,
         arrayMap(id -> toString(id), groupArrayArrayIf(${most})(ids, facet = ${SIZE})) AS sample
       FROM (
         SELECT alike, ids, arrayJoin(arrayConcat(${facets.join(', ')})) AS pair FROM (
           SELECT ${groups.join(', ')}, count() AS alike, groupArraySample(${most}, 1)(p.profile_id) AS ids
           FROM profiles AS p FINAL ${parts.map(({ join }) => join).join(' ')}
           WHERE NOT p.deleted AND ${condition}
           GROUP BY kinds, consented${parts.map((_, index) => `, value${index}`).join('')}
         )
       )
       GROUP BY facet, value ORDER BY people DESC, value LIMIT ${VALUES_MAX} BY facet`,
      sql.params,
      this.#limits,
    );
    return { ...previewOf(rows, breakdowns.length, sample), total: await this.total() };
  }

  /** By account. @throws TributaryError `definition_too_costly` */
  async countMembers({ node, groupIds, now, zones }: MembersQuestion): Promise<Map<string, MemberCount>> {
    const sql = new SqlContext(await askedAt(this.#clickhouse, now, zones));
    const groups = sql.bind([...groupIds], 'Array(String)');
    const isIn = node.sql(sql);
    const rows = await askWithinLimits<{ groupId: string; members: number; inside: number }>(
      this.#clickhouse,
      `SELECT groupId, count() AS members, countIf(isIn) AS inside FROM (
         SELECT arrayJoin(arrayIntersect(p.accounts, ${groups})) AS groupId, ${isIn} AS isIn FROM ${sql.people(`hasAny(p.accounts, ${groups})`)}
       ) GROUP BY groupId`,
      sql.params,
      this.#limits,
    );
    return new Map(rows.map(({ groupId, members, inside }) => [groupId, { members, inside }]));
  }

  /** How many people there are. */
  async total(): Promise<number> {
    const [row] = await this.#clickhouse.query<{ people: number }>(
      'SELECT count() AS people FROM profiles FINAL WHERE NOT deleted',
    );
    return row?.people ?? 0;
  }
}

/** The value of each person as JSON text, nothing where it is missing; and what must be joined for it. */
function breakdownSql(sql: SqlContext, by: BrokenBy, index: number): { value: string; join: string } {
  if ('keys' in by) return { value: traitText(sql, 'p', by.keys), join: '' };
  const { rows, value } = by.computed.group(sql);
  const name = `b${index}`;
  // Marked, to tell those who have none of the events from those whose figure is missing.
  const figures = `SELECT person, concat('=', ${jsonText(value)}) AS figure FROM ${rows} GROUP BY person`;
  const { empty } = by.computed;
  const nothing = sql.text(empty === undefined ? '' : JSON.stringify(empty));
  return {
    value: `if(${name}.figure = '', ${nothing}, substring(${name}.figure, 2))`,
    join: `LEFT ANY JOIN (${figures}) AS ${name} ON ${name}.person = p.profile_id`,
  };
}

function jsonText(value: SqlValue): string {
  return `ifNull(coalesce(${value.array}, ${scalarJson(value)}), '')`;
}

function previewOf(rows: readonly Counted[], breakdowns: number, sample: number): Omit<Preview, 'total'> {
  const of = (facet: number) => rows.filter((row) => row.facet === facet);
  const [size] = of(SIZE);
  const consented = new Map(of(CONSENTED).map(({ value, people }) => [value, people]));
  return {
    size: size?.people ?? 0,
    sample: size?.sample.slice(0, sample) ?? [],
    breakdowns: Array.from({ length: breakdowns }, (_, index) =>
      of(BROKEN + index).map(({ value, people }) => ({
        value: value === '' ? undefined : (JSON.parse(value) as JsonValue),
        people,
      })),
    ),
    reach: new Map(
      of(KIND).map(({ value, people }) => [value, { people, consented: consented.get(value) ?? 0 }]),
    ),
  };
}
