/** Segments that are in force while the consumer lives and dies, among stores that fail; and who must be in them in the end. */
import type { Pool } from 'pg';
import { membersSql, SegmentCompiler } from '../../src/core/segments/compile.js';
import type { Node } from '../../src/core/segments/definition.js';
import { SqlContext } from '../../src/core/segments/sql/sql-context.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import type { SegmentStores } from '../../src/process/segments/segments.js';
import { askedAt } from '../../src/stores/events/asked-at.js';
import { Segments } from '../../src/stores/state/segments.js';
import { sqlMembers } from '../segments/sql-answers.js';
import { storedMembers } from '../segments/stored-members.js';
import type { Life } from './faulty-life.js';
import { NAMES } from './sent-world.js';
import { connectSegment } from './watched-connections.js';

const [FIRST, SECOND] = NAMES;
const WATCHED: Readonly<Record<string, Node>> = {
  paid: { kind: 'trait', trait: 'plan', is: { op: 'equals', value: 'paid' } },
  spent: {
    ...{ kind: 'events', event: FIRST, measure: { kind: 'sum', of: 'properties.amount' } },
    is: { op: 'gte', value: 600 },
  },
  company: { kind: 'account_members', match: 'any', segment: 'spent' },
  without: { kind: 'not', of: { kind: 'events', event: SECOND } },
  steps: { kind: 'sequence', steps: [{ event: FIRST }, { event: SECOND }] },
  newest: {
    kind: 'events',
    measure: { kind: 'last', of: 'properties.amount' },
    is: { op: 'gt', value: 250 },
  },
  asked: {
    kind: 'any',
    of: [
      { kind: 'consent', purpose: 'ads' },
      { kind: 'segment', segment: 'paid' },
    ],
  },
  group: { kind: 'account', match: 'any', trait: 'email', is: { op: 'exists' } },
};

/** Creates the segment of a place, if there is one left, and connections that are told of it. */
export async function watchNext(pool: Pool, place: number): Promise<void> {
  const [id, definition] = Object.entries(WATCHED)[place] ?? [];
  if (id === undefined || definition === undefined) return;
  await new Segments(pool).create({ id, name: id, description: '', definition }, 'simulation');
  await connectSegment(pool, id);
}

/** The real stores with faults: before the work, or after it, when only its answer is lost. */
export function faultySegments({ state, store }: SegmentStores, life: Life): SegmentStores {
  const around = async <Result>(what: string, work: () => Promise<Result>): Promise<Result> => {
    life.risk(`before ${what}`, 0.04);
    const result = await work();
    life.risk(`after ${what}`, 0.04);
    return result;
  };
  return {
    state: {
      work: () => state.work(),
      facts: () => state.facts(),
      leafNumbers: (keys) => around('numbers of leaves', () => state.leafNumbers(keys)),
      people: (ids) => state.people(ids),
      settledFor: (version, ids) => state.settledFor(version, ids),
      due: (now, limit) => state.due(now, limit),
      tallies: (groupIds) => state.tallies(groupIds),
      accountPeople: (after, limit) => state.accountPeople(after, limit),
      mergedInto: (ids) => state.mergedInto(ids),
      commitCount: (step) => around('a step of counting', () => state.commitCount(step)),
      commitStep: (step) => around('a step of a segment', () => state.commitStep(step)),
      untold: () => state.untold(),
      untoldSeqs: () => around('looking for what is untold', () => state.untoldSeqs()),
      told: (seq) => around('noting what was told', () => state.told(seq)),
    },
    store: {
      mirror: (rows) => around('the rows of people', () => store.mirror(rows)),
      tell: (seq, changes) => around('telling who entered and left', () => store.tell(seq, changes)),
      past: (query) => store.past(query),
      membersAmong: (ids, segmentIds) => store.membersAmong(ids, segmentIds),
      slices: (people) => store.slices(people),
      context: (now, slice, zones) => store.context(now, slice, zones),
      ask: (sql, members, dues) => around('asking a slice', () => store.ask(sql, members, dues)),
      membersIn: (segmentId, slice) => store.membersIn(segmentId, slice),
      changesOf: (segmentId) => store.changesOf(segmentId),
      membersByPrefix: (segmentId, from, until) => store.membersByPrefix(segmentId, from, until),
    },
  };
}

/** Members of the first segments, as `segment profile`: by SQL over everything, by what is remembered of people, and by what ClickHouse was told. */
export async function watchedMembers(
  pool: Pool,
  clickhouse: ClickHouse,
  now: number,
  count: number,
): Promise<Record<'sql' | 'remembered' | 'told', string[]>> {
  const ids = Object.keys(WATCHED).slice(0, count);
  const compiler = new SegmentCompiler({ segments: new Map(Object.entries(WATCHED)), computed: new Map() });
  const context = new SqlContext(await askedAt(clickhouse, now, false));
  const selects = ids.map((id) => membersSql(compiler.segment(WATCHED[id] as Node), context));
  const found = ids.length === 0 ? new Set<string>() : await sqlMembers(clickhouse, context, selects);
  const { remembered, told } = await storedMembers(pool, clickhouse);
  const named = (row: string) => {
    const [person, place] = row.split(' ');
    return `${ids[Number(place)]} ${person}`;
  };
  return { sql: [...found].map(named).sort(), remembered: [...remembered].sort(), told: [...told].sort() };
}
