/**
 * What asking about everybody costs: the size of twelve definitions, each beside SQL written by hand for the same question, in turn
 * and in one run. `--people` and `--events` say over how much; `--keep DIR` uses a folder again.
 *
 * With `--backfill`, instead, how long one new segment takes to be filled over as much while events come in; with `--timers`, how late timers
 * of `--people` people fire that are all due within a minute.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { membersSql, SegmentCompiler } from '../../src/core/segments/compile.js';
import { SqlContext } from '../../src/core/segments/sql/sql-context.js';
import type { ClickHouse } from '../../src/engines/clickhouse.js';
import { openClickHouse } from '../../src/engines/clickhouse.js';
import { readMigrations, statementsOf } from '../../src/stores/migrate.js';
import { benchBackfill } from './backfill.js';
import { fillWorld, WORLD_END } from './bench-world.js';
import { PREVIEW_CASES } from './preview-cases.js';
import { benchTimers } from './timers.js';

const ROUNDS = 3;
const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '2000000' },
    events: { type: 'string', default: '20000000' },
    keep: { type: 'string' },
    backfill: { type: 'boolean', default: false },
    timers: { type: 'boolean', default: false },
  },
});

const [people, events] = [Number(values.people), Number(values.events)];
if (values.backfill) await benchBackfill(people, events);
else if (values.timers) await benchTimers(people);
else await main(people, events);

async function main(people: number, events: number): Promise<void> {
  const path = values.keep ?? (await mkdtemp(join(tmpdir(), 'tributary-bench-')));
  const clickhouse = await openClickHouse({
    path,
    memoryBytesMax: 4 * 1024 ** 3,
    threadsMax: 2,
    role: 'reader',
  });
  for (const { sql } of await readMigrations('events'))
    for (const statement of statementsOf(sql)) await clickhouse.command(statement);
  const [stored] = await clickhouse.query<{ n: number }>('SELECT count() AS n FROM events');
  if (stored?.n !== events) await fillWorld(clickhouse, people, events);
  await comparePreviews(clickhouse);
  await clickhouse.close();
  if (values.keep === undefined) await rm(path, { recursive: true, force: true });
}

async function comparePreviews(clickhouse: ClickHouse): Promise<void> {
  console.log('definition               people        ours s   by hand s   ratio');
  for (const { name, node, sql } of PREVIEW_CASES) {
    const compiled = new SegmentCompiler({ segments: new Map(), computed: new Map() }).segment(node);
    const asked = new SqlContext({ now: WORLD_END, zones: [], merged: false, moved: false });
    const ours = `SELECT count() AS size FROM (${membersSql(compiled, asked)})`;
    const best = { ours: Number.POSITIVE_INFINITY, hand: Number.POSITIVE_INFINITY };
    const sizes = new Set<number>();
    for (let round = 0; round < ROUNDS; round += 1) {
      best.ours = Math.min(best.ours, await timed(clickhouse, ours, asked.params, sizes));
      best.hand = Math.min(best.hand, await timed(clickhouse, sql, {}, sizes));
    }
    const same = sizes.size === 1 ? '' : `  DIFFERENT: ${[...sizes].join(' and ')}`;
    console.log(
      `${name.padEnd(22)} ${String([...sizes][0]).padStart(9)} ${best.ours.toFixed(2).padStart(11)} ${best.hand.toFixed(2).padStart(11)} ${(best.ours / best.hand).toFixed(2).padStart(7)}${same}`,
    );
  }
}

async function timed(
  clickhouse: ClickHouse,
  sql: string,
  params: Readonly<Record<string, unknown>>,
  sizes: Set<number>,
): Promise<number> {
  const began = performance.now();
  const [row] = await clickhouse.query<{ size: number }>(sql, params);
  sizes.add(row?.size ?? 0);
  return (performance.now() - began) / 1000;
}
